#include "jepsen/workload/replica.hpp"

#include "jepsen/workload/workload.hpp"

#include <algorithm>

namespace engram::jepsen {

namespace {

bool is_alive(const client::cluster_info& in, const std::string& store) {
  return std::any_of(in.members.begin(), in.members.end(), [&](const client::member_info& each) {
    return each.store == store && each.state == client::member_state::alive;
  });
}

} // namespace

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

std::string vector_of(client_side& through, const client::space& of) {
  client::recall_query query;
  query.cue.text = "nothing in particular";
  query.limit = 1;
  query.spread = false;
  query.with_content = false;
  const auto got = through.wait(of.recall(query));
  return got ? name_of_token(got->token) : "";
}

} // namespace engram::jepsen
