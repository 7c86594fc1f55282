#include "jepsen/history/op.hpp"

#include <istream>
#include <map>
#include <ostream>

namespace engram::jepsen {

namespace {

constexpr const char* OWN_FIELDS[] = {"index", "time", "process", "type", "f", "value"};

base::result<op_type> type_named(std::string_view name) {
  for (const auto type : {op_type::invoke, op_type::ok, op_type::fail, op_type::info})
    if (to_string(type) == name) return type;
  return {base::errc::malformed_message, "type '" + std::string(name) + "'"};
}

} // namespace

std::string op::text(const char* field, const std::string& otherwise) const {
  const auto found = more.find(field);
  return found != more.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::int64_t op::number(const char* field, std::int64_t otherwise) const {
  const auto found = more.find(field);
  return found != more.end() && found->is_number() ? found->get<std::int64_t>() : otherwise;
}

bool op::flag(const char* field) const {
  const auto found = more.find(field);
  return found != more.end() && found->is_boolean() && found->get<bool>();
}

std::string_view to_string(op_type type) noexcept {
  switch (type) {
  case op_type::invoke:
    return "invoke";
  case op_type::ok:
    return "ok";
  case op_type::fail:
    return "fail";
  case op_type::info:
    return "info";
  }
  return "info";
}

op_type type_of(const base::error& why) noexcept {
  return why.certainty() == base::certainty::definite ? op_type::fail : op_type::info;
}

op completed(const op& invoked, json value) {
  op done = invoked;
  done.type = op_type::ok;
  done.value = std::move(value);
  return done;
}

op completed(const op& invoked, const base::error& why) {
  op done = invoked;
  done.type = type_of(why);
  done.more["error"] = std::string(base::info(why.code).name);
  if (!why.context.empty()) done.more["context"] = why.context;
  return done;
}

json to_json(const op& from) {
  json to = from.more;
  to["index"] = from.index;
  to["time"] = from.time.count();
  to["process"] = from.process == NEMESIS ? json("nemesis") : json(from.process);
  to["type"] = to_string(from.type);
  to["f"] = from.f;
  to["value"] = from.value;
  return to;
}

base::result<op> op_from_json(const json& from) {
  try {
    op to;
    to.index = from.at("index").get<std::uint64_t>();
    to.time = std::chrono::nanoseconds(from.at("time").get<std::int64_t>());
    const auto& process = from.at("process");
    to.process = process.is_string() ? NEMESIS : process.get<int>();
    TRY_ASSIGN(to.type, type_named(from.at("type").get<std::string>()));
    to.f = from.at("f").get<std::string>();
    to.value = from.value("value", json());
    to.more = from;
    for (const char* field : OWN_FIELDS) to.more.erase(field);
    return to;
  } catch (const json::exception& wrong) {
    return base::error{base::errc::malformed_message, wrong.what()};
  }
}

base::result<history> read_history(std::istream& from) {
  history to;
  std::string line;
  for (std::size_t number = 1; std::getline(from, line); ++number) {
    if (line.empty()) continue;
    const json parsed = json::parse(line, nullptr, false);
    auto read = parsed.is_discarded() ? base::result<op>(base::errc::malformed_message, "not JSON")
                                      : op_from_json(parsed);
    if (!read)
      return base::error{base::errc::malformed_message,
                         "line " + std::to_string(number) + ": " + read.error().context};
    to.push_back(*std::move(read));
  }
  return to;
}

void write_history(const history& from, std::ostream& to) {
  for (const op& each : from) to << to_json(each).dump() << '\n';
}

namespace {

void write_edn(const json& from, std::ostream& to) {
  if (from.is_null()) {
    to << "nil";
  } else if (from.is_array()) {
    const char* between = "";
    to << '[';
    for (const auto& each : from) {
      to << between;
      write_edn(each, to);
      between = " ";
    }
    to << ']';
  } else if (from.is_object()) {
    const char* between = "";
    to << '{';
    for (const auto& [name, each] : from.items()) {
      to << between << ':' << name << ' ';
      write_edn(each, to);
      between = ", ";
    }
    to << '}';
  } else {
    to << from.dump(); // numbers, booleans and strings are written as in JSON
  }
}

} // namespace

void write_edn(const history& from, std::ostream& to) {
  for (const op& each : from) {
    to << "{:index " << each.index << ", :time " << each.time.count() << ", :process ";
    if (each.process == NEMESIS)
      to << ":nemesis";
    else
      to << each.process;
    to << ", :type :" << to_string(each.type) << ", :f :" << each.f << ", :value ";
    write_edn(each.value, to);
    for (const auto& [name, field] : each.more.items()) {
      to << ", :" << name << ' ';
      write_edn(field, to);
    }
    to << "}\n";
  }
}

std::vector<operation> pair(const history& of) {
  std::vector<operation> found;
  std::map<int, std::size_t> open; // process -> its operation under way
  for (const op& each : of) {
    if (each.process == NEMESIS) continue;
    if (each.type == op_type::invoke) {
      open[each.process] = found.size();
      found.push_back({&each, nullptr});
    } else if (const auto at = open.find(each.process); at != open.end()) {
      found[at->second].done = &each;
      open.erase(at);
    }
  }
  return found;
}

std::vector<operation> pair(const history& of, std::string_view f) {
  auto found = pair(of);
  std::erase_if(found, [f](const operation& each) { return each.invoked->f != f; });
  return found;
}

history within(const history& of, std::string_view prefix) {
  history found;
  for (const op& each : of)
    if (each.process == NEMESIS || each.text("space").starts_with(prefix)) found.push_back(each);
  return found;
}

} // namespace engram::jepsen
