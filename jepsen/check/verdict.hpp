#pragma once
// What a checker says of a history. Pure values.

#include "jepsen/history/op.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::jepsen {

/// unknown: the history does not hold what is needed to judge.
enum class validity : std::uint8_t { valid, unknown, invalid };

std::string_view to_string(validity value) noexcept;

/// One broken promise and the operations that show it.
struct finding {
  std::string what;
  std::vector<std::uint64_t> ops; // indexes in the history

  friend bool operator==(const finding&, const finding&) = default;
};

inline constexpr std::size_t FINDINGS_MAX = 16; // kept; all are counted

struct verdict {
  explicit verdict(std::string by) : checker(std::move(by)) {}

  std::string checker;
  validity is = validity::valid;
  std::vector<finding> findings;
  std::uint64_t findings_count = 0;
  json facts = json::object();

  /// The promise is broken.
  void blame(std::string what, std::vector<std::uint64_t> ops = {});
  /// Nothing can be said, unless something is broken already.
  void doubt(const std::string& why);
};

json to_json(const verdict& from);

/// The worst of all: invalid before unknown before valid.
validity worst(const std::vector<verdict>& of) noexcept;

/// Index of an operation's last line.
std::uint64_t last_index(const operation& of) noexcept;

/// {"p50":…,"p95":…,"p99":…,"max":…,"count":…} in milliseconds.
json quantiles_ms(std::vector<std::chrono::nanoseconds> of);

} // namespace engram::jepsen
