#include "jepsen/check/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace engram::jepsen {

std::string_view to_string(validity value) noexcept {
  switch (value) {
  case validity::valid:
    return "valid";
  case validity::unknown:
    return "unknown";
  case validity::invalid:
    return "INVALID";
  }
  return "unknown";
}

void verdict::blame(std::string what, std::vector<std::uint64_t> ops) {
  is = validity::invalid;
  ++findings_count;
  if (findings.size() < FINDINGS_MAX) findings.push_back({std::move(what), std::move(ops)});
}

void verdict::doubt(const std::string& why) {
  if (is == validity::valid) is = validity::unknown;
  facts["unknown"] = why;
}

json to_json(const verdict& from) {
  json found = json::array();
  for (const auto& each : from.findings) found.push_back({{"what", each.what}, {"ops", each.ops}});
  return {{"checker", from.checker},
          {"verdict", to_string(from.is)},
          {"findings", found},
          {"findings_count", from.findings_count},
          {"facts", from.facts}};
}

validity worst(const std::vector<verdict>& of) noexcept {
  auto found = validity::valid;
  for (const auto& each : of) found = std::max(found, each.is);
  return found;
}

std::uint64_t last_index(const operation& of) noexcept {
  return of.done ? of.done->index : of.invoked->index;
}

json quantiles_ms(std::vector<std::chrono::nanoseconds> of) {
  if (of.empty()) return {{"count", 0}};
  std::sort(of.begin(), of.end());
  const auto at = [&of](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(of.size())));
    const auto taken = of[std::max<std::size_t>(rank, 1) - 1];
    return std::round(static_cast<double>(taken.count()) / 1e3) / 1e3;
  };
  return {
      {"count", of.size()}, {"p50", at(0.5)}, {"p95", at(0.95)}, {"p99", at(0.99)}, {"max", at(1)}};
}

} // namespace engram::jepsen
