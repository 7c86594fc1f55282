#include "jepsen/run/probe.hpp"

#include "jepsen/workload/workload.hpp"

#include <algorithm>

namespace engram::jepsen {

namespace {

bool is_alive(const client::cluster_info& in, const std::string& store) {
  return std::any_of(in.members.begin(), in.members.end(), [&](const client::member_info& each) {
    return each.store == store && each.state == client::member_state::alive;
  });
}

/// Living replicas of the placement; 0: the asked node's store is none of them.
std::size_t replicas_beside(const client::cluster_info& in, const std::string& space) {
  for (const auto& row : in.spaces) {
    if (row.name != space) continue;
    std::size_t living = 0;
    bool is_own = false;
    for (const auto& each : row.replicas) {
      if (!each.placed) continue;
      is_own = is_own || each.store == in.self;
      living += each.store == in.self || is_alive(in, each.store);
    }
    return is_own ? living : 0;
  }
  return 0;
}

/// A recall's token is the vector of the replica that answered.
std::string vector_of(client_side& through, const client::space& of) {
  client::recall_query query;
  query.cue.text = "nothing in particular";
  query.limit = 1;
  query.spread = false;
  query.with_content = false;
  const auto got = through.wait(of.recall(query));
  return got ? name_of_token(got->token) : "";
}

} // namespace

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
