#pragma once
// Does to the cluster what a schedule says, and undoes it. Each step is a line of the history.
// Thread: the nemesis's own. Invariant: after heal() nothing of what was done is left.

#include "jepsen/nemesis/members.hpp"
#include "jepsen/nemesis/schedule.hpp"
#include "jepsen/stage/cluster.hpp"

#include <functional>
#include <map>
#include <set>

namespace engram::jepsen {

class nemesis {
public:
  /// `count_copies`: asks every node, while all are cut off from each other.
  nemesis(cluster& on, recorder& book, std::string folder, int spare,
          std::function<void()> count_copies)
      : cluster_(on), book_(book), folder_(std::move(folder)),
        count_copies_(std::move(count_copies)), members_(on, spare) {}

  void act(const step& what);
  /// Ends everything, starts every node that does not run, and writes the line "healed".
  void heal();

private:
  void begin(const step& what, json& told);
  void end(const step& what, json& told);
  void relink();
  void bring_up(int node, json& told);
  void fill(int node, json& told);
  void corrupt(int node, const step& what, json& told);
  void cut_power(int node, const step& what, json& told);
  void damage(int node, const step& what, json& told);
  bool copy(int node, const std::string& to);
  void put_back(int node, json& told);
  void start_clone(int node, json& told);

  cluster& cluster_;
  recorder& book_;
  const std::string folder_;
  const std::function<void()> count_copies_;
  members members_;
  std::vector<json> partitions_; // active ones, latest last
  std::vector<int> losses_;
  bool all_are_cut_ = false;
  std::map<int, int> down_; // node -> faults that keep it down
  std::set<int> paused_, filled_, copied_, shifted_, clones_, failing_;
};

} // namespace engram::jepsen
