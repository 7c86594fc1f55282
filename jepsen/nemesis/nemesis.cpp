#include "jepsen/nemesis/nemesis.hpp"

#include "jepsen/stage/clock.hpp"
#include "jepsen/stage/folder.hpp"

#include <algorithm>

namespace engram::jepsen {

namespace {

constexpr std::chrono::milliseconds STOP_PATIENCE{20'000};
constexpr std::chrono::milliseconds SETTLES_IN{1'500}; // a node that was started
constexpr int SETTLES_AFTER_HEAL = 60;                 // times half a second

std::vector<int> nodes_of(const step& what) { return what.how.value("nodes", std::vector<int>{}); }

} // namespace

void nemesis::act(const step& what) {
  op line;
  line.type = op_type::info;
  line.f = what.fault;
  line.more["does"] = what.starts ? "start" : "stop";
  json told = what.how;
  if (what.starts)
    begin(what, told);
  else
    end(what, told);
  line.value = std::move(told);
  book_.add(std::move(line));
  if (what.starts && what.fault == "census") count_copies_();
}

void nemesis::begin(const step& what, json& told) {
  const auto& fault = what.fault;
  if (fault == "partition") {
    partitions_.push_back(what.how["cut"]);
    relink();
  } else if (fault == "loss") {
    losses_.push_back(what.how["permille"]);
    relink();
  } else if (fault == "census") {
    all_are_cut_ = true;
    relink();
  }
  for (const int node : nodes_of(what)) {
    if (fault == "kill" || fault == "restart-all") {
      ++down_[node];
      cluster_.kill(node);
    } else if (fault == "stop") {
      ++down_[node];
      told["status"][std::to_string(node)] = cluster_.stop(node, STOP_PATIENCE);
    } else if (fault == "pause") {
      paused_.insert(node);
      cluster_.suspend(node);
    } else if (fault == "full-disk") {
      fill(node, told);
    } else if (fault == "corrupt") {
      corrupt(node, what, told);
    } else if (fault == "power") {
      cut_power(node, what, told);
    } else if (fault == "io-error") {
      failing_.insert(node);
      cluster_.set_disk_fault(node, what.how["kind"].get<std::string>().at(0));
    } else if (fault == "damage") {
      damage(node, what, told);
    } else if (fault == "replace") {
      ++down_[node];
      members_.lose(node, told);
    } else if (fault == "leave" || fault == "decommission") {
      members_.retire(node, fault == "decommission", told);
    } else if (fault == "restore") {
      if (copy(node, folder_ + "/copy" + std::to_string(node))) copied_.insert(node);
    } else if (fault == "clone") {
      start_clone(node, told);
    } else if (fault == "clock") {
      shifted_.insert(node);
      cluster_.set_clock(node, std::chrono::milliseconds(what.how["offset_ms"]));
    }
  }
}

void nemesis::end(const step& what, json& told) {
  const auto& fault = what.fault;
  if (fault == "partition") {
    std::erase(partitions_, what.how["cut"]);
    relink();
  } else if (fault == "loss") {
    const auto found = std::find(losses_.begin(), losses_.end(), what.how["permille"].get<int>());
    if (found != losses_.end()) losses_.erase(found);
    relink();
  } else if (fault == "census") {
    all_are_cut_ = false;
    relink();
  }
  for (const int node : nodes_of(what)) {
    if (fault == "replace") {
      down_[node] = 0;
      members_.replace(node, told);
    } else if (fault == "io-error") {
      failing_.erase(node);
      cluster_.set_disk_fault(node, ' ');
      cluster_.watch();
      if (!cluster_.runs(node) && down_[node] <= 0) bring_up(node, told);
    } else if (fault == "leave" || fault == "decommission") {
      members_.rejoin(node, told);
    } else if (fault == "kill" || fault == "restart-all" || fault == "stop" || fault == "corrupt" ||
               fault == "damage" || fault == "power") {
      if (--down_[node] <= 0) bring_up(node, told);
    } else if (fault == "pause") {
      paused_.erase(node);
      cluster_.resume(node);
    } else if (fault == "full-disk") {
      filled_.erase(node);
      free_disk(cluster_.data(node));
      if (!cluster_.runs(node) && down_[node] <= 0) bring_up(node, told);
    } else if (fault == "restore" && copied_.erase(node) > 0) {
      put_back(node, told);
    } else if (fault == "clone" && clones_.erase(node) > 0) {
      cluster_.kill(cluster_.size() + node);
      empty_folder(cluster_.data(cluster_.size() + node));
    } else if (fault == "clock") {
      shifted_.erase(node);
      cluster_.set_clock(node, std::chrono::milliseconds(0));
    }
  }
}

void nemesis::relink() {
  links wanted = all_are_cut_ ? all_cut(cluster_.size()) : links{};
  for (const auto& each : partitions_)
    for (const auto& cut : each) wanted.cut.emplace(cut[0].get<int>(), cut[1].get<int>());
  const int most = losses_.empty() ? 0 : *std::max_element(losses_.begin(), losses_.end());
  for (int a = 1; most > 0 && a <= cluster_.size(); ++a)
    for (int b = 1; b <= cluster_.size(); ++b)
      if (a != b) wanted.loss_permille[{a, b}] = most;
  (void)cluster_.set_links(wanted); // it worked when the run began
}

void nemesis::bring_up(int node, json& told) {
  down_[node] = 0;
  if (const auto started = cluster_.start(node); !started)
    told["failed"][std::to_string(node)] = started.error().message();
}

void nemesis::fill(int node, json& told) {
  filled_.insert(node);
  const auto taken = fill_disk(cluster_.data(node), 0);
  told["filled"][std::to_string(node)] = taken ? json(*taken) : json(taken.error().message());
}

void nemesis::corrupt(int node, const step& what, json& told) {
  ++down_[node];
  cluster_.kill(node);
  cluster_.mark_harmed(node);
  base::random draw(what.how["seed"]);
  const auto where = what.fault == "damage" ? flips::in_state : flips::anywhere;
  for (const auto& each : flip_bits(cluster_.data(node), what.how["bits"], where, draw))
    told["flipped"].push_back({{"node", node}, {"file", each.file}, {"offset", each.offset}});
}

void nemesis::cut_power(int node, const step& what, json& told) {
  ++down_[node];
  base::random draw(what.how["seed"].get<std::uint64_t>() + static_cast<std::uint64_t>(node));
  for (const auto& each : cluster_.cut_power(node, draw))
    told["cut"].push_back(
        {{"node", node}, {"file", each.file}, {"was", each.was}, {"is", each.is}});
}

/// What it wrote is in tables once it was started; then it is damaged there, where no log of writes
/// makes up for it.
void nemesis::damage(int node, const step& what, json& told) {
  cluster_.kill(node);
  (void)cluster_.start(node);
  pause_for(SETTLES_IN);
  corrupt(node, what, told);
}

/// What a snapshot of the disk at one moment holds.
bool nemesis::copy(int node, const std::string& to) {
  cluster_.suspend(node);
  const auto copied = copy_folder(cluster_.data(node), to);
  if (!paused_.contains(node)) cluster_.resume(node);
  return copied.has_value();
}

void nemesis::put_back(int node, json& told) {
  cluster_.kill(node);
  empty_folder(cluster_.data(node));
  if (!copy_folder(folder_ + "/copy" + std::to_string(node), cluster_.data(node)))
    told["failed"][std::to_string(node)] = "copy";
  if (down_[node] <= 0) bring_up(node, told);
}

void nemesis::start_clone(int node, json& told) {
  const int clone = cluster_.size() + node; // a machine of its own
  if (!copy(node, cluster_.data(clone))) return;
  clones_.insert(node);
  told["clone"] = clone;
  (void)cluster_.start(clone);
}

void nemesis::heal() {
  partitions_.clear();
  losses_.clear();
  all_are_cut_ = false;
  relink();
  json told = json::object();
  for (const int node : shifted_) cluster_.set_clock(node, std::chrono::milliseconds(0));
  for (const int node : failing_) cluster_.set_disk_fault(node, ' ');
  for (const int node : filled_) free_disk(cluster_.data(node));
  for (const int node : clones_) cluster_.kill(cluster_.size() + node);
  for (int node = 1; node <= cluster_.size(); ++node) {
    cluster_.resume(node);
    cluster_.watch();
    if (cluster_.is_harmed(node) && !cluster_.runs(node) && down_[node] <= 0) {
      cluster_.renew(node); // it refused its damaged folder: a new member instead
      told["replaced"].push_back(node);
    }
    bring_up(node, told);
    told["nodes"].push_back(node);
  }
  for (int i = 0; i < SETTLES_AFTER_HEAL && !members_.settle(told); ++i)
    pause_for(std::chrono::milliseconds(500));
  op line;
  line.type = op_type::info;
  line.f = "healed";
  line.value = std::move(told);
  book_.add(std::move(line));
}

} // namespace engram::jepsen
