#pragma once
// The event loop of RPC and HTTP on a thread of its own. Owner: node::node; any thread may call it,
// one at a time. After stop() no connection and no thread is left.

#include "node/edge.hpp"
#include "node/rpc/session.hpp"

#include <memory>
#include <thread>

namespace engram::node {

class edge_server {
public:
  /// Binds both ports and serves. errc::unavailable: a port cannot be bound;
  /// errc::invalid_argument: a certificate or key cannot be used.
  static base::result<std::unique_ptr<edge_server>> start(edge& owner, node_identity identity);
  ~edge_server();
  edge_server(const edge_server&) = delete;
  edge_server& operator=(const edge_server&) = delete;

  /// As bound, with the ports that were free where 0 was asked for.
  const address& rpc() const { return rpc_; }
  const address& http() const { return http_; }

  /// Closes the ports, lets calls under way end for at most `longest`. The edge already refuses new
  /// ones.
  void drain(base::duration longest);
  void stop();

private:
  struct loop_state;
  edge_server() = default;

  address rpc_, http_;
  std::unique_ptr<loop_state> state_; // what other threads reach the loop by
  std::thread thread_;
};

} // namespace engram::node
