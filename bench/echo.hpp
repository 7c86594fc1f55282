#pragma once
// The cheapest call that this architecture allows: client -> TCP loopback -> KJ loop -> CAF actor
// -> KJ loop -> client, with the bytes carried there and back and nothing done to them. The floor
// that the node's calls are compared with.

#include <kj/async-io.h>

#include <cstdint>
#include <memory>
#include <string>

namespace engram::bench {

/// A KJ thread of its own and an actor system with two workers, as the node has.
class echo_server {
public:
  echo_server();
  ~echo_server();
  std::uint16_t port() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// One connection on the loop of the calling thread, which must outlive it.
class echo_client {
public:
  echo_client(kj::AsyncIoContext& io, std::uint16_t port);
  ~echo_client();
  void call(const std::string& bytes);
  /// `count` calls, `depth` of them under way at any time.
  void call_many(int count, int depth, const std::string& bytes);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace engram::bench
