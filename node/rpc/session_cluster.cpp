// A session's calls about the whole cluster: for admins of everything.
#include "actors/service/cluster.hpp"
#include "node/peer/peer_values.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

using actors::scope;

/// Otherwise it is answered already.
template <class Context>
bool session_server::may_manage(Context& context) {
  const auto may = edge_.check_everywhere(who_, scope::admin);
  if (!may) answer_error(edge_, context, may.error());
  return may.has_value();
}

kj::Promise<void> session_server::cluster(ClusterContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  return answer<actors::cluster_info>(
      edge_, context, [&](auto reply) { edge_.service().cluster.cluster(std::move(reply)); },
      [](auto result, const actors::cluster_info& seen) { encode(seen, result.initOk()); });
}

kj::Promise<void> session_server::leave(LeaveContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  edge_.log().warn("node", "asked to leave the cluster for good", {{"by", who_.key_id}});
  return answer<void>(
      edge_, context, [&](auto reply) { edge_.service().cluster.leave(std::move(reply)); },
      [](auto result) { result.setOk(); });
}

kj::Promise<void> session_server::retire(RetireContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  const auto asked = context.getParams();
  const auto member = decode_hash(asked.getMember());
  if (!member) {
    answer_error(edge_, context, {base::errc::invalid_argument, "member"});
    return kj::READY_NOW;
  }
  edge_.log().warn("node", "asked to retire a member",
                   {{"member", member->hex()}, {"by", who_.key_id}});
  return answer<void>(
      edge_, context,
      [&](auto reply) {
        edge_.service().cluster.retire(base::store_id{*member}, asked.getDead(), std::move(reply));
      },
      [](auto result) { result.setOk(); });
}

kj::Promise<void> session_server::plan(PlanContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  const auto change = decode(context.getParams().getChange());
  if (!change) {
    answer_error(edge_, context, change.error());
    return kj::READY_NOW;
  }
  return answer<actors::topology_plan>(
      edge_, context, [&](auto reply) { edge_.service().cluster.plan(*change, std::move(reply)); },
      [](auto result, const actors::topology_plan& plan) { encode(plan, result.initOk()); });
}

kj::Promise<void> session_server::repair(RepairContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  const auto space = decode(context.getParams().getSpace());
  edge_.log().info("node", "asked to compare replicas", {{"space", space}, {"by", who_.key_id}});
  return answer<std::vector<actors::space_comparison>>(
      edge_, context, [&](auto reply) { edge_.service().cluster.repair(space, std::move(reply)); },
      [](auto result, const std::vector<actors::space_comparison>& found) {
        auto list = result.initOk(static_cast<unsigned>(found.size()));
        for (unsigned i = 0; i < list.size(); ++i) encode(found[i], list[i]);
      });
}

kj::Promise<void> session_server::upgrade(UpgradeContext context) {
  if (!may_manage(context)) return kj::READY_NOW;
  edge_.log().warn("node", "asked to raise the feature level", {{"by", who_.key_id}});
  return answer<std::uint32_t>(
      edge_, context, [&](auto reply) { edge_.service().cluster.upgrade(std::move(reply)); },
      [](auto result, std::uint32_t level) { result.setLevel(level); });
}

} // namespace engram::node
