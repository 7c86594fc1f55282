#include "jepsen/run/probe.hpp"

#include "jepsen/workload/replica.hpp"

#include <algorithm>

namespace engram::jepsen {

bool is_whole(client_side& through) {
  for (int node = 1; node <= through.nodes(); ++node) {
    const auto at = through.at(node);
    if (!at) return false;
    const auto seen = through.wait((*at)->cluster());
    if (!seen) return false;
    const auto living =
        std::count_if(seen->members.begin(), seen->members.end(),
                      [](const auto& each) { return each.state == client::member_state::alive; });
    if (living < through.nodes()) return false;
  }
  return true;
}

op read_state(client_side& through, const op& asked) {
  const auto node = static_cast<int>(asked.number("node"));
  const auto space = asked.text("space");
  const auto at = through.at(node);
  if (!at) return completed(asked, at.error());
  const auto seen = through.wait((*at)->cluster());
  if (!seen) return completed(asked, seen.error());
  const auto replicas = replicas_beside(*seen, space);
  if (replicas == 0) return completed(asked, base::error{base::errc::unknown_space, "no replica"});
  const auto own = (*at)->open_space(space);
  const auto before = vector_of(through, own);
  const auto info = through.wait(own.info());
  if (!info) return completed(asked, info.error());
  json state{{"hash", info->state_hash},
             {"memories", info->memories},
             {"graves", info->graves},
             {"damaged", info->damaged},
             {"replicas", replicas}};
  if (!before.empty() && before == vector_of(through, own)) state["vector"] = before;
  return completed(asked, std::move(state));
}

} // namespace engram::jepsen
