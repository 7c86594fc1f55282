#pragma once
// What every port shares: the service behind it, who may do what, how much may be under way. Owner:
// node::node; outlives the servers. Thread: any, except where a member says otherwise.
//
// Invariant: no call reaches the service without a passed check() for its space and scope, made on
// the arrival of that very call.

#include "actors/service/keys.hpp"
#include "actors/service/services.hpp"
#include "actors/service/spaces.hpp"
#include "base/random.hpp"
#include "node/config/config.hpp"
#include "node/log.hpp"
#include "node/metrics.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

namespace engram::node {

class edge;

/// A place among the calls under way; gives itself back.
class call_slot {
public:
  explicit call_slot(edge& owner);
  call_slot(call_slot&& other) noexcept
      : owner_(std::exchange(other.owner_, nullptr)), since_(other.since_) {}
  call_slot& operator=(call_slot&&) = delete;
  ~call_slot();

private:
  edge* owner_;
  std::chrono::nanoseconds since_;
};

class edge {
public:
  struct parts {
    actors::services service;
    edge_metrics& metrics;
    engram::node::log& log;
    base::registry& registry;
    const base::clock& clock;
    base::entropy& entropy;
    const config& settings;
    bool anonymous_allowed = false; // every port is bound to loopback
  };
  explicit edge(parts from) : parts_(from) {}

  const actors::services& service() const { return parts_.service; }
  edge_metrics& metrics() { return parts_.metrics; }
  engram::node::log& log() { return parts_.log; }
  base::registry& registry() { return parts_.registry; }
  const base::clock& clock() const { return parts_.clock; }
  base::entropy& entropy() { return parts_.entropy; }
  const config& settings() const { return parts_.settings; }

  /// Who a caller without a key is: somebody with every right, or errc::unauthenticated.
  base::result<actors::authority> anonymous() const;
  /// Still in force, scope wide enough, space (if any) among those it names.
  base::result<void> check(const actors::authority& who, actors::scope needed,
                           std::string_view space) const;
  /// To read several: who may not read a name hears so, whether or not there is such a space.
  base::result<void> check(const actors::authority& who, const actors::space_selector& which) const;
  /// For what concerns every space: keys.
  base::result<void> check_everywhere(const actors::authority& who, actors::scope needed) const;
  static bool covers(const actors::authority& who, std::string_view space);

  /// errc::overloaded above calls_max, errc::shutting_down while draining.
  base::result<call_slot> enter();
  std::int64_t calls() const { return calls_.load(); }

  void start_draining() { draining_ = true; }
  bool is_draining() const { return draining_; }

private:
  friend class call_slot;
  base::result<void> check_in_force(const actors::authority& who, actors::scope needed) const;

  parts parts_;
  std::atomic<std::int64_t> calls_{0};
  std::atomic<bool> draining_{false};
};

} // namespace engram::node
