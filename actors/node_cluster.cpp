// The node among others: who they are, what they send, what they ask.

#include "actors/node.hpp"

#include <algorithm>

namespace engram::actors {

void node::set_members(std::vector<member_info> members) {
  std::sort(members.begin(), members.end(), [](const member_info& a, const member_info& b) {
    return a.address != b.address ? a.address < b.address : a.store < b.store;
  });
  std::vector<membership::member> placed;
  for (const auto& m : members) placed.push_back({m.store, {}, m.state});
  {
    const std::lock_guard lock(members_mutex_);
    members_ = std::move(members);
  }
  router_.set_members(std::move(placed));
}

void node::message_arrived(const peer_identity&, channel, std::string) {}

void node::asked(const peer_identity&, std::shared_ptr<ask> what, reply<answer> done) {
  replica_.send(store_, std::move(what), std::move(done));
}

void node::cluster(reply<cluster_info> done) {
  cluster_info out;
  out.cluster = cluster_;
  out.self = store_;
  {
    const std::lock_guard lock(members_mutex_);
    out.members = members_;
  }
  for (const auto& row :
       directory_->read([](const membership::directory& d) { return d.resolvable(); })) {
    const auto placed = router_.find(row.identity).placed;
    placement_info info{row.what.name, row.identity, placed.factor, placed.quorum, {}};
    for (const auto& replica : placed.replicas) info.replicas.push_back({replica, true, {}, {}});
    out.spaces.push_back(std::move(info));
  }
  out.verdict = verdict();
  done(std::move(out));
}

void node::leave(reply<void> done) {
  if (ports_.membership == nullptr)
    return refuse(done, {base::errc::unavailable, "a cluster of one"});
  ports_.membership->leave(std::move(done));
}

} // namespace engram::actors
