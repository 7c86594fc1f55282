#pragma once
// Reads one JSON object field by field. Like base::reader it fails for good and is asked once at
// the end: finish() names the first wrong field, or a field that nobody asked for (a typing error
// would otherwise be an option silently ignored). Included by .cpp files only: the JSON library is
// heavy.

#include "base/result.hpp"
#include "base/time.hpp"
#include "memory/types.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <set>

namespace engram::node {

class json_reader {
public:
  /// Requires: `object` outlives the reader. Something else than an object is a failure.
  json_reader(const nlohmann::json& object, std::string where);

  bool has(const char* name) const;
  /// The field, or null when it is absent; counts as asked for.
  const nlohmann::json* raw(const char* name);
  void fail(base::errc code, const std::string& what);

  std::string text(const char* name);
  std::vector<std::string> texts(const char* name); // a string counts as a list of one
  bool flag(const char* name, bool standard);
  double number(const char* name, double standard);
  std::int64_t integer(const char* name, std::int64_t standard);
  std::uint32_t count(const char* name, std::uint32_t standard);
  std::optional<base::instant> time(const char* name); // text in any form we read, or milliseconds
  std::optional<memory::embedding> vector(const char* name); // numbers; quantised here

  base::result<void> finish();

private:
  const nlohmann::json* typed(const char* name, bool (nlohmann::json::*is)() const noexcept,
                              const char* wanted);

  const nlohmann::json& object_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<base::error> failure_;
};

/// errc::malformed_message names the position of the first fault.
base::result<nlohmann::json> parse_json(std::string_view text);

} // namespace engram::node
