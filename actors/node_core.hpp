#pragma once
// A node without its edge: everything behind RPC and HTTP, built from ports. Owner: node/. start()
// opens the store's catalog and the directory; spaces open on first use. After stop() no thread of
// it is left and nothing it was given is touched again.
//
//   TRY_ASSIGN(auto core, actors::node_core::start(config, ports));
//   core->remember(...);            // service.hpp
//   core->drain([&] { ... });       // SIGTERM: refuse writes, finish what is under way
//   TRY(core->stop());

#include "actors/concepts/settings.hpp"
#include "actors/ports.hpp"
#include "actors/replication/rules.hpp"
#include "actors/service.hpp"
#include "base/counters.hpp"
#include "base/random.hpp"
#include "storage/store.hpp"
#include "storage/trim.hpp"

#include <functional>
#include <memory>

namespace engram::actors {

/// When logs are cut back, and to what.
struct trim_rules {
  storage::trim_limits limits;
  std::uint64_t written_min = 16ull << 20; // bytes of log since the last time
  std::chrono::nanoseconds interval = std::chrono::minutes(1);
};

struct node_config {
  /// Of a request that names none, and the most one may ask for.
  base::duration deadline{10'000};
  base::duration deadline_max{120'000};
  /// How long stop() waits for requests under way before it closes over them.
  base::duration drain_max{10'000};
  /// Recalls, analysis and disk reads; 0 = cores - 1, at least 1.
  std::uint32_t compute_threads = 0;
  /// Jobs that may wait for a compute thread; more is refused with `overloaded`. Raising it buys
  /// throughput at bursts for latency.
  std::uint32_t compute_queue_max = 4'096;
  /// Actor workers; 0 = 2.
  std::uint32_t actor_threads = 0;
  /// Bytes of writes accepted and not yet acknowledged; more is refused with `overloaded`.
  std::uint64_t write_bytes_max = 64ull << 20;
  /// Space kept free on the store's file system: writes that would eat into it are refused.
  std::uint64_t disk_reserve_bytes = 64ull << 20;
  /// Of open spaces together; the longest unused are closed above it. 0 = no bound.
  std::uint64_t memory_budget_bytes = 0;
  /// Most bytes of one episode's text.
  std::uint32_t text_bytes_max = 1u << 20;
  trim_rules trim;
  /// Of a new folder that is to join others; ignored by one that has a cluster already.
  std::optional<base::hash128> cluster;
  /// A new folder that is to join others: requests wait, refused, until the directory has come.
  bool joining = false;
  /// Replicas of a space, as far as there are members.
  std::uint32_t replication_factor = 3;
  replication_rules replication;
  concept_settings concepts;
  /// The highest feature level that this version knows.
  std::uint32_t feature_max = 0xFFFF;
  /// Draw a new store id: for a copied folder that is to live beside its original.
  bool new_identity = false;
  /// Step of the internal clock that ends requests at their deadline; 0 = the owner calls tick().
  base::duration tick{20};
};

struct node_ports {
  storage::store& store;
  const base::clock& clock;
  base::entropy& entropy;
  base::registry& registry;
  /// The store can no longer be trusted (a failed sync): the process has to end. Called once, from
  /// any thread; may return, and then every further write is refused. Must not call back into the
  /// node core.
  std::function<void(const base::error&)> fatal;
  /// The other members; none: a cluster of one for ever.
  peer_net* peers = nullptr;
  member_port* membership = nullptr;
};

class node_core : public service {
public:
  static base::result<std::unique_ptr<node_core>> start(node_config config, node_ports ports);

  /// Ends requests whose deadline has passed, closes idle spaces, refreshes what is counted.
  virtual void tick() = 0;
  /// Refuses new writes with `shutting_down`; `done` is called when none is under way.
  virtual void drain(std::function<void()> done) = 0;
  /// Drains for at most drain_max, makes the applied state durable, ends every thread. Blocks.
  virtual base::result<void> stop() = 0;

  /// Whom the peer port's links speak to. Valid until stop() returns.
  virtual peer_sink& sink() = 0;
  /// Whenever membership changed: all that are known, this node too. Thread: any.
  virtual void set_members(std::vector<member_info> members) = 0;
};

} // namespace engram::actors
