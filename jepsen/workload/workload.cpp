#include "jepsen/workload/workload.hpp"

#include "base/hash.hpp"

#include <charconv>
#include <functional>
#include <map>

namespace engram::jepsen {

namespace {

constexpr std::uint32_t PAGE = 1'000;

using maker = std::function<std::unique_ptr<workload>(const workload_options&)>;

const std::map<std::string, maker>& makers() {
  static const std::map<std::string, maker> all{
      {"set", make_set},           {"forget", make_forget},   {"causal", make_causal},
      {"register", make_register}, {"counter", make_counter}, {"recall", make_recall},
      {"spaces", make_spaces},     {"stream", make_stream},   {"concepts", make_concepts},
  };
  return all;
}

} // namespace

const std::vector<std::string>& workload_names() {
  static const auto names = [] {
    std::vector<std::string> found;
    for (const auto& [name, make] : makers()) found.push_back(name);
    return found;
  }();
  return names;
}

base::result<std::unique_ptr<workload>> make_workload(const std::string& name,
                                                      const workload_options& options) {
  const auto found = makers().find(name);
  if (found != makers().end()) return found->second(options);
  std::string all;
  for (const auto& each : workload_names()) all += (all.empty() ? "" : ", ") + each;
  return base::error{base::errc::invalid_argument,
                     "workload '" + name + "' is none of " + all + ", mixed"};
}

op invocation(const std::string& f, const std::string& space, json value, int node) {
  op made;
  made.f = f;
  made.value = std::move(value);
  made.more = {{"space", space}, {"node", node}};
  return made;
}

client::durability durability_of(const op& invoked) {
  const auto wanted = invoked.text("durability", "quorum");
  if (wanted == "local") return client::durability::local;
  return wanted == "all" ? client::durability::all : client::durability::quorum;
}

op remember_one(const op& invoked, client_side& through, client::episode what, json value,
                std::string* token) {
  auto space = through.space_at(static_cast<int>(invoked.number("node")), invoked.text("space"));
  if (!space) return completed(invoked, space.error());
  const auto got = through.wait(space->remember({std::move(what)}, durability_of(invoked)));
  if (!got) return completed(invoked, got.error());
  if (got->items.size() != 1)
    return completed(invoked, base::error{base::errc::internal, "no receipt"});
  if (!got->items[0]) return completed(invoked, got->items[0].error());
  if (token) *token = got->token;
  auto done = completed(invoked, std::move(value));
  done.more["copies"] = (*got->items[0]).copies;
  return done;
}

std::int64_t number_of(const std::string& id) {
  std::int64_t number = -1;
  if (id.size() > 1) std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return number;
}

std::string padded(std::string text, std::size_t bytes) {
  while (text.size() < bytes) text += " and so on";
  return text;
}

op read_all(const op& invoked, client_side& through, const std::string& prefix) {
  auto space = through.space_at(static_cast<int>(invoked.number("node")), invoked.text("space"));
  if (!space) return completed(invoked, space.error());
  json found = json::array();
  std::string cursor;
  do {
    auto page = through.wait(space->scan(cursor, PAGE));
    if (!page) return completed(invoked, page.error());
    for (const auto& each : page->records)
      if (!each.suppressed && each.what.id.starts_with(prefix))
        found.push_back(number_of(each.what.id));
    cursor = page->cursor;
  } while (!cursor.empty());
  return completed(invoked, std::move(found));
}

std::string name_of_token(const std::string& token) {
  return token.empty() ? "" : base::fast_hash128(token).hex();
}

} // namespace engram::jepsen
