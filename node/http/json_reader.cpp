#include "node/http/json_reader.hpp"

#include "base/quantise.hpp"

#include <limits>

namespace engram::node {

using nlohmann::json;

json_reader::json_reader(const json& object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (!object_.is_object()) fail(base::errc::invalid_argument, "wanted an object");
}

void json_reader::fail(base::errc code, const std::string& what) {
  if (!failure_) failure_ = base::error{code, where_ + ": " + what};
}

bool json_reader::has(const char* name) const {
  return object_.is_object() && object_.contains(name);
}

const json* json_reader::raw(const char* name) {
  if (!object_.is_object()) return nullptr;
  asked_.insert(name);
  auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const json* json_reader::typed(const char* name, bool (json::*is)() const noexcept,
                               const char* wanted) {
  const json* found = raw(name);
  if (!found || (found->*is)()) return found;
  fail(base::errc::invalid_argument, std::string(name) + ": wanted " + wanted);
  return nullptr;
}

std::string json_reader::text(const char* name) {
  const json* found = typed(name, &json::is_string, "a string");
  return found ? found->get<std::string>() : std::string();
}

std::vector<std::string> json_reader::texts(const char* name) {
  const json* found = raw(name);
  if (!found) return {};
  if (found->is_string()) return {found->get<std::string>()};
  std::vector<std::string> all;
  bool fits = found->is_array();
  if (fits) {
    for (const auto& each : *found) {
      fits = fits && each.is_string();
      if (fits) all.push_back(each.get<std::string>());
    }
  }
  if (!fits) fail(base::errc::invalid_argument, std::string(name) + ": wanted a list of strings");
  return all;
}

bool json_reader::flag(const char* name, bool standard) {
  const json* found = typed(name, &json::is_boolean, "true or false");
  return found ? found->get<bool>() : standard;
}

double json_reader::number(const char* name, double standard) {
  const json* found = typed(name, &json::is_number, "a number");
  return found ? found->get<double>() : standard;
}

std::int64_t json_reader::integer(const char* name, std::int64_t standard) {
  const json* found = typed(name, &json::is_number_integer, "a whole number");
  if (!found) return standard;
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    fail(base::errc::invalid_argument, std::string(name) + ": too large");
    return standard;
  }
  return found->get<std::int64_t>();
}

std::uint32_t json_reader::count(const char* name, std::uint32_t standard) {
  auto value = integer(name, standard);
  if (value >= 0 && value <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(value);
  }
  fail(base::errc::invalid_argument, std::string(name) + ": wanted 0 to 4294967295");
  return standard;
}

std::optional<base::instant> json_reader::time(const char* name) {
  const json* found = raw(name);
  if (!found) return std::nullopt;
  if (found->is_number_integer()) return base::instant{integer(name, 0)};
  std::optional<base::instant> parsed;
  if (found->is_string()) parsed = base::parse_time(found->get_ref<const std::string&>());
  if (!parsed) {
    fail(base::errc::invalid_time, std::string(name) +
                                       ": wanted a time as 2023-05-08T13:56:00Z, or "
                                       "milliseconds since 1970");
  }
  return parsed;
}

std::optional<memory::embedding> json_reader::vector(const char* name) {
  const json* found = typed(name, &json::is_array, "a list of numbers");
  if (!found || found->empty()) return std::nullopt;
  std::vector<float> values;
  values.reserve(found->size());
  for (const auto& each : *found) {
    if (!each.is_number()) {
      fail(base::errc::invalid_argument, std::string(name) + ": wanted a list of numbers");
      return std::nullopt;
    }
    values.push_back(each.get<float>());
  }
  auto made = base::quantise(values);
  if (!made) {
    fail(made.error().code, std::string(name) + ": " + made.error().context);
    return std::nullopt;
  }
  return memory::embedding{std::move(made->values), made->scale};
}

base::result<void> json_reader::finish() {
  if (failure_) return *failure_;
  for (const auto& [name, value] : object_.items()) {
    if (!asked_.count(name)) {
      return base::error{base::errc::invalid_argument, where_ + ": no such field: " + name};
    }
  }
  return base::success();
}

base::result<json> parse_json(std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::exception& failure) {
    return base::error{base::errc::malformed_message, failure.what()};
  }
}

} // namespace engram::node
