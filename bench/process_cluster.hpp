#pragma once
// Nodes as processes of the shipped binary on free loopback ports, and what they cost the machine.
// Owner and thread: the benchmark's.

#include "bench/must.hpp"
#include "client/connection.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace engram::bench {

class process_cluster {
public:
  /// Starts `size` nodes of `binary`, the first alone, the others joining it, and returns when each
  /// sees all.
  process_cluster(client::event_loop& loop, std::string binary, std::string folder,
                  std::size_t size, std::vector<std::string> flags = {});
  ~process_cluster();
  process_cluster(const process_cluster&) = delete;
  process_cluster& operator=(const process_cluster&) = delete;

  std::size_t size() const { return nodes_.size(); }
  client::connection connect(client::event_loop& loop, std::size_t i) const;
  void kill(std::size_t i); // SIGKILL
  void start(std::size_t i);
  /// Of all nodes together since they were started, user and system.
  double cpu_seconds() const;
  /// From the first start to the last node seeing all.
  double seconds_to_form() const { return formed_s_; }

private:
  struct node {
    pid_t process = 0;
    std::string folder, rpc, http, gossip;
  };
  void await_members(client::event_loop& loop) const;

  std::string binary_;
  std::vector<std::string> flags_;
  std::vector<node> nodes_;
  double formed_s_ = 0;
};

} // namespace engram::bench
