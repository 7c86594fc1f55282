#include "jepsen/check/reads.hpp"

namespace engram::jepsen {

std::vector<element> elements_of(const json& list) {
  std::vector<element> found;
  if (!list.is_array()) return found;
  for (const auto& each : list)
    if (each.is_number_integer()) found.push_back(each.get<element>());
  return found;
}

std::vector<set_read> set_reads(const history& of) {
  std::vector<set_read> reads;
  for (const auto& each : pair(of, "read")) {
    if (!each.is(op_type::ok)) continue;
    reads.push_back({each, elements_of(each.done->value), each.invoked->flag("final")});
    std::sort(reads.back().found.begin(), reads.back().found.end());
  }
  return reads;
}

std::chrono::nanoseconds healed_at(const history& of) {
  auto found = std::chrono::nanoseconds::max();
  for (const auto& each : of)
    if (each.process == NEMESIS && each.f == "healed") found = each.time;
  return found;
}

} // namespace engram::jepsen
