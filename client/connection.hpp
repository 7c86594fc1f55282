#pragma once
// A connection to a cluster through one node at a time, on Cap'n Proto RPC. Everything happens on
// the thread that made the event loop; nothing here may be shared with another thread.
//
//   client::event_loop loop;
//   auto node = client::connection::open(loop, {.server = "127.0.0.1:7433"});
//   if (!node) return report(node.error());
//   auto notes = node->open_space("notes");
//   auto receipt = loop.wait(notes.remember({{.text = "We saw a heron"}}));
//
// A call is a promise of a result: the error arm is what the node refused or what happened to the
// call. Errors whose advice is to try again (overloaded, lost connection, timed out …) are tried
// again until `patience` is used up: over a fresh connection where needed, at the next server where
// several are named. Errors whose advice is another node are tried at each server once. That is
// safe because every operation has its id before its first attempt.

#include "client/live_timer.hpp"
#include "client/space.hpp"
#include "client/space_set.hpp"
#include "client/types.hpp"

#include <kj/async-io.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engram::client {

inline constexpr const char* DEFAULT_SERVER = "127.0.0.1:7433";

struct connection_options {
  std::string server = DEFAULT_SERVER;   // HOST:PORT, or several with commas; the port may be left
                                         // out (7433). The first that answers is used.
  std::string key;                       // empty: anonymous, which nodes grant on loopback only
  std::string tls_ca;                    // PEM file; empty: no TLS
  std::string tls_name;                  // name in the nodes' certificates; empty: HOST
  base::duration connect_timeout{5'000}; // for each server
  base::duration call_timeout{60'000};
  base::duration patience{3'000}; // how long a failed call is tried again; 0: never
};

/// Owns the event loop of the calling thread; at most one per thread.
class event_loop {
public:
  event_loop() : io_(kj::setupAsyncIo()), timer_(io_.provider->getTimer()) {}
  kj::AsyncIoContext& io() noexcept { return io_; }
  kj::Timer& timer() noexcept { return timer_; }
  /// Runs the loop until `what` is there.
  template <class T>
  base::result<T> wait(promise<T> what) {
    return what.wait(io_.waitScope);
  }
  void sleep(base::duration how_long) {
    timer_.afterDelay(how_long.count() * kj::MILLISECONDS).wait(io_.waitScope);
  }

private:
  kj::AsyncIoContext io_;
  live_timer timer_;
};

/// Makes one fresh byte stream to the node. A failed dial throws a kj::Exception.
using dialer = std::function<kj::Promise<kj::Own<kj::AsyncIoStream>>()>;

/// Owner: the caller; it, its spaces and its promises must be gone before the event loop is. A
/// moved or copied handle is the same connection.
class connection {
public:
  /// Dials, says hello and authenticates, within connect_timeout, one server after another.
  /// errc::disconnected: nobody is there; incompatible, unauthenticated: somebody is.
  static base::result<connection> open(event_loop& loop, const connection_options& options);
  /// The same over any streams, at least one. `timer` outlives the connection.
  static promise<connection> open(std::vector<dialer> servers, kj::Timer& timer,
                                  connection_options options);

  /// What the node said that was reached last.
  const peer_info& peer() const;

  space open_space(std::string name) const;
  space_set open_spaces(space_selector which) const;
  promise<space_info> create_space(const space_spec& spec) const;
  promise<std::vector<space_info>> list_spaces() const;
  promise<void> drop_space(const std::string& name) const;

  promise<new_key> create_key(const key_spec& spec) const; // not tried again: each try is a key
  promise<std::vector<key_info>> list_keys() const;
  promise<void> revoke_key(const std::string& id) const;

  promise<node_status> status() const;
  /// What statements the node understands.
  promise<client::language> language() const;
  promise<cluster_info> cluster() const;
  /// The node leaves its cluster for good. Not tried again: whoever asked looks first.
  promise<void> leave() const;
  /// `member` as in cluster_info. Again: the same.
  promise<void> retire(const std::string& member, bool dead) const;
  /// What a change of the members would move; nothing happens.
  promise<topology_plan> plan(const topology_change& change) const;
  /// Every replica of a space, or of all (""), read anew and compared; what is wrong begins to be
  /// rebuilt. Again: how far that is.
  promise<std::vector<space_comparison>> repair(const std::string& space) const;
  /// The feature level, raised to what all members know.
  promise<std::uint32_t> upgrade() const;

private:
  explicit connection(std::shared_ptr<link> shared) : link_(std::move(shared)) {}

  std::shared_ptr<link> link_;
};

} // namespace engram::client
