#pragma once
// A whole node in one object: builds everything in order, stops it in reverse. main() runs one,
// tests and benchmarks run one in process with every port 0. Owner: one thread; start(), drain()
// and stop() block.
//
//   TRY_ASSIGN(auto running, node::node::start(settings, log, on_fatal));
//   connect_to(running->rpc());
//   running->stop();

#include "actors/service.hpp"
#include "node/config/config.hpp"
#include "node/log.hpp"

#include "base/counters.hpp"

#include <functional>
#include <future>
#include <memory>

namespace engram::node {

class node {
public:
  /// Called at most once, from any thread: the store can no longer be trusted (a failed sync).
  using fatal = std::function<void(const base::error&)>;

  /// errc::data_in_use, errc::insecure_binding, errc::unavailable (a port, a folder), or what the
  /// store found.
  /// `give_up`: when it is ready, an empty folder stops waiting for a seed (errc::shutting_down).
  static base::result<std::unique_ptr<node>> start(config settings, log& to, fatal on_fatal,
                                                   std::shared_future<void> give_up = {});
  /// Opens the folder, makes an admin key for all spaces and closes the folder again: for the first
  /// key of a node that is to be reachable, and for whoever lost the last. Who may read the folder
  /// owns what is in it. Returns the secret.
  static base::result<std::string> create_admin_key(const config& settings, log& to);

  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  const address& rpc() const;
  const address& http() const;
  const address& gossip() const;
  actors::service& service();
  const base::registry& metrics() const;

  /// Refuses what is new, answers what is under way (drain_ms at most), makes all of it durable and
  /// ends every thread. The error is the store's.
  base::result<void> stop();

private:
  struct parts;
  explicit node(std::unique_ptr<parts> built);

  std::unique_ptr<parts> parts_;
};

} // namespace engram::node
