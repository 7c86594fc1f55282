#pragma once
// One place of the simulated cluster: a machine with its disk and clock, on which a member runs or
// not.

#include "tests/simulation/cluster_world.hpp"

namespace engram::simulation {

class seeded_entropy final : public base::entropy {
public:
  explicit seeded_entropy(std::uint64_t seed) : random_(seed) {}
  base::hash128 draw() override { return random_.hash(); }

private:
  base::random random_;
};

struct cluster_world::slot {
  slot(std::size_t i, std::uint64_t seed)
      : index(i), id{{0, i + 1}}, disk(std::make_unique<storage::memory_store>()), entropy(seed) {}

  membership::member_record record() const {
    membership::member_record out;
    out.id = id;
    out.gossip_address = out.peer_address = std::to_string(index);
    out.incarnation = 1;
    return out;
  }

  std::size_t index;
  base::store_id id;
  std::unique_ptr<storage::memory_store> disk, backup;
  std::uint64_t generation = 0, copies = 0;
  base::instant since; // of this disk
  seeded_entropy entropy;
  std::unique_ptr<cluster_node> node;
  std::uint64_t incarnation = 0;                     // on its disk
  std::vector<membership::member_record> remembered; // so too
  base::instant paused_until, goes_at, swim_at, tick_at, drift_since;
  std::int64_t skew_ms = 0, drifted_ms = 0, drift_ppm = 0;
  bool joined = false, retiring = false, left = false, gone = false, given_up = false;
  std::vector<std::pair<base::space_id, std::string>> graves; // deletes applied on this disk
};

} // namespace engram::simulation
