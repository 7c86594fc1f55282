#pragma once
// Runs the processes of a local cluster until all have ended: merges what they write, tells when
// they serve and when one dies, and hands SIGINT, SIGTERM and SIGHUP on as SIGTERM; a second such
// signal kills. Thread: the event loop's, the only one of its program. Invariant: run() returns
// only when no process of it is left.

#include "client/connection.hpp"
#include "client/dev/child_process.hpp"
#include "client/dev/dev_plan.hpp"
#include "client/dev/line_splitter.hpp"

#include <kj/async-unix.h>

#include <memory>
#include <vector>

namespace engram::client {

/// What the cluster tells while it runs. `node` counts from 0.
class dev_listener {
public:
  virtual ~dev_listener() = default;
  virtual void said(std::size_t node, std::string_view line) = 0;
  /// No node is starting any more; `serving` of them serve.
  virtual void settled(const std::vector<std::size_t>& serving) = 0;
  virtual void died(std::size_t node, const std::string& how) = 0;
  virtual void stopping(std::size_t nodes) = 0;
  virtual void killing() = 0;
};

class dev_cluster final : private kj::TaskSet::ErrorHandler {
public:
  dev_cluster(event_loop& loop, std::vector<dev_node> plan, dev_listener& listener);
  ~dev_cluster();

  /// True: every process ended with exit code 0 after it was asked to. An error: one could not be
  /// started; those that were are stopped again.
  base::result<bool> run(const std::string& executable);

private:
  struct process;

  base::result<void> start(const std::string& executable, std::size_t node);
  kj::Promise<void> read(process& of);
  kj::Promise<void> wait_until_serving(process& of);
  kj::Promise<void> watch_signal(int signal);
  void ended(process& of, int wait_status);
  void settle();
  void stop();
  void send(int signal);
  void taskFailed(kj::Exception&& why) override;

  event_loop& loop_;
  std::vector<dev_node> plan_;
  dev_listener& listener_;
  std::vector<std::unique_ptr<process>> processes_;
  std::size_t alive_ = 0;
  bool settled_ = false, stopping_ = false, clean_ = true;
  kj::Own<kj::PromiseFulfiller<void>> all_ended_;
  kj::TaskSet tasks_;
};

} // namespace engram::client
