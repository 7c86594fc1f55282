#pragma once
// A node and its cluster as a test describes them.

#include "actors/service/cluster.hpp"
#include "node/testing/fake_memories.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engram::node {

class fake_cluster : public actors::cluster_service {
public:
  explicit fake_cluster(const fake_memories& held) : held_(held) {}

  bool ready = true;

  void status(actors::reply<actors::node_status> done) override {
    actors::node_status now;
    now.ready = now.accepting_writes = ready;
    now.verdict = ready ? "serving" : "opening";
    for (const auto& [name, each] : held_.spaces) now.spaces.push_back(each.info);
    done(now);
  }
  actors::cluster_info known_cluster;
  bool may_leave = false;
  int times_left = 0;
  void cluster(actors::reply<actors::cluster_info> done) override { done(known_cluster); }
  void leave(actors::reply<void> done) override {
    if (!may_leave) return done(base::error{base::errc::too_few_replicas, "the last copy"});
    ++times_left;
    done(base::success());
  }
  std::vector<std::pair<base::store_id, bool>> retired;
  void retire(base::store_id member, bool dead, actors::reply<void> done) override {
    retired.emplace_back(member, dead);
    done(base::success());
  }
  actors::topology_plan planned;
  std::vector<actors::topology_change> plans_asked;
  void plan(actors::topology_change change, actors::reply<actors::topology_plan> done) override {
    plans_asked.push_back(change);
    done(planned);
  }
  std::vector<actors::space_comparison> compared;
  void repair(std::string name,
              actors::reply<std::vector<actors::space_comparison>> done) override {
    auto out = compared;
    if (!name.empty())
      std::erase_if(out, [&](const actors::space_comparison& one) { return one.space != name; });
    done(std::move(out));
  }
  void upgrade(actors::reply<std::uint32_t> done) override { done(known_cluster.level); }

private:
  const fake_memories& held_;
};

} // namespace engram::node
