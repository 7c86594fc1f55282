#pragma once
// One worker's connections: to each node one, made when it is needed. Whether a call that fails is
// made again at other nodes is decided once for all of them.
// Thread: the worker's; the event loop is bound to it.

#include "client/connection.hpp"
#include "jepsen/stage/clock.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace engram::jepsen {

class client_side {
public:
  /// `servers`: of node 1, 2 ... `retries`: at the other nodes, for a moment.
  client_side(std::vector<std::string> servers, bool retries,
              base::duration call_timeout = base::duration{5'000});

  int nodes() const noexcept { return static_cast<int>(servers_.size()); }
  /// Connected to that node first.
  base::result<client::connection*> at(int node);
  base::result<client::space> space_at(int node, const std::string& name);
  client::event_loop& loop() noexcept { return loop_; }
  template <class T>
  base::result<T> wait(client::promise<T> what) {
    const auto before = thread_cpu();
    auto got = loop_.wait(kj::mv(what));
    library_cpu_ += thread_cpu() - before;
    return got;
  }
  /// Processor time of the client library, as far as it works while it is waited for: all but the
  /// making of requests.
  std::chrono::nanoseconds library_cpu() const noexcept { return library_cpu_; }

private:
  const std::vector<std::string> servers_;
  const bool retries_;
  const base::duration call_timeout_;
  std::chrono::nanoseconds library_cpu_{0};
  client::event_loop loop_;
  std::map<int, client::connection> open_; // gone before the loop
};

} // namespace engram::jepsen
