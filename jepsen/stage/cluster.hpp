#pragma once
// The nodes of a run: real processes of the shipped binary, each on its own loopback address, data
// folder and log. What is done to them is told to the recorder, and so is a node that ends unasked,
// whose data and log are kept as they were then.
// Thread: any; one change at a time. Invariant: a process that ended was waited for.

#include "jepsen/history/recorder.hpp"
#include "jepsen/stage/firewall.hpp"
#include "jepsen/stage/folder.hpp"
#include "jepsen/stage/process.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engram::jepsen {

struct stage_options {
  std::string binary; // engram
  std::string folder; // of the run: data and logs below it
  int nodes = 5;
  std::vector<std::string> flags;     // for every node
  std::uint64_t small_disk_bytes = 0; // 0: the folder's own file system
  bool disk_faults = false;           // power that goes, reads and writes that fail
  bool clock_faults = false;          // times of day that jump
};

class cluster {
public:
  cluster(stage_options options, recorder& book);
  ~cluster();

  int size() const noexcept { return options_.nodes; }
  std::string rpc(int node) const { return address_of(node) + ":7433"; }
  std::string data(int node) const { return options_.folder + "/n" + std::to_string(node); }
  std::string log(int node) const { return data(node) + ".log"; }

  base::result<void> prepare();
  /// Starts it unless it runs. Nodes above size() are strangers that join like the others.
  base::result<void> start(int node, const std::vector<std::string>& more = {});
  /// SIGKILL and wait. Nothing when it does not run.
  void kill(int node);
  /// SIGTERM and wait, at most `patience`, then SIGKILL; its status.
  std::string stop(int node, std::chrono::milliseconds patience);
  void suspend(int node);
  void resume(int node);
  bool runs(int node);
  /// Memory and descriptors of the nodes that run, into the history.
  void tell_usage();

  /// Its folder is emptied: the next start makes a new member, which founds no cluster.
  void renew(int node);
  /// Its data was damaged on purpose: it may refuse to start (exit 1) from now on.
  void mark_harmed(int node);
  bool is_harmed(int node);

  /// SIGKILL, and what was not synced is gone.
  std::vector<cut_file> cut_power(int node, base::random& draw);
  /// From now on all of a kind fail in its folder: 's'(yncs), 'w'(rites), 'r'(eads); ' ': none.
  void set_disk_fault(int node, char what);
  void set_clock(int node, std::chrono::milliseconds offset);
  base::result<void> set_links(const links& wanted) { return apply(wanted); }
  /// Looks for nodes that ended unasked and tells the recorder.
  void watch();

private:
  launch launch_of(int node, const std::vector<std::string>& more) const;
  std::string clock_file(int node) const { return data(node) + ".clock"; }
  std::string synced_file(int node) const { return data(node) + ".synced"; }
  std::string eio_file(int node) const { return data(node) + ".eio"; }
  std::string stop_within(int node, std::chrono::milliseconds patience);
  bool may_end_so(int node, int status) const;
  void told(int node, int status, bool expected);
  json keep_remains(int node);

  const stage_options options_;
  recorder& book_;
  std::mutex mutex_;
  std::map<int, process> running_;
  std::set<int> harmed_, renewed_, stopping_, kept_;
};

} // namespace engram::jepsen
