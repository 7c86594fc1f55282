#pragma once
// Changes of who the members are, as an operator makes them: a lost disk's member is replaced, a
// member goes after it has handed over, and a new one comes on its address. What nobody can be told
// just now (a partition, a majority that is down) is said again later.
// Thread: the nemesis's. Invariant: the folder of a member that is still to hand over stays.

#include "jepsen/stage/cluster.hpp"
#include "jepsen/workload/client_side.hpp"

#include <map>
#include <set>

namespace engram::jepsen {

class members {
public:
  /// At most `spare` are on their way out at a time: the others are to hold all replicas.
  members(cluster& on, int spare);

  /// Its disk is gone with all that was on it.
  void lose(int node, json& told);
  /// A new member on its address, which replaces the one that was lost there.
  void replace(int node, json& told);
  /// It is to hand over and go: it is asked itself, or another is (`by_others`).
  void retire(int node, bool by_others, json& told);
  /// Whoever has gone comes again, with an empty folder.
  void rejoin(int node, json& told);

  /// What could not be said or was not over, once more; false: something still is not.
  bool settle(json& told);

private:
  std::string store_of(int node);
  /// Says it at any node but `node`.
  bool say_elsewhere(int node, const std::string& store, bool dead);
  bool has_left(int node, const std::string& store);

  cluster& cluster_;
  const std::size_t spare_;
  client_side through_;
  std::map<int, std::string> stores_;          // as last heard
  std::set<std::pair<int, std::string>> lost_; // and nobody told yet that it will not come back
  std::map<int, std::string> going_, asked_;   // node -> store; asked to go, to be asked again
  std::set<int> returning_;                    // as soon as they have gone
};

} // namespace engram::jepsen
