#pragma once
// This node as a replica: answers what any coordinator asks of a space it holds. Reads run on the
// compute pool against the published view, those known to be quick on the caller's thread while it
// is alone; writes are prepared there and go to the partition. The same asks will come from peers.

#include "actors/compute_pool.hpp"
#include "actors/core/exchange.hpp"
#include "actors/space/space_slot.hpp"
#include "memory/limits.hpp"

#include "base/random.hpp"

namespace engram::actors {

class local_replica final : public exchange {
public:
  /// Opens the space if need be, and says how that went.
  using opener = std::function<void(const base::space_id&, reply<std::shared_ptr<space_slot>>)>;

  /// What is durable here of a space, from a thread that must not be blocked.
  using durable_vector = std::function<void(const base::space_id&, reply<version_vector>)>;

  struct parts {
    const storage::store& store;
    compute_pool& pool;
    const base::clock& clock;
    base::entropy& entropy; // any thread
    base::origin_id self;
    memory::limits bounds;
    opener open;
    durable_vector durable;
    /// Takes asks about concepts, which have a thread of their own.
    std::function<void(std::shared_ptr<space_slot>, std::shared_ptr<ask>, reply<answer>)> conceive;
    /// The concepts of what the space holds, made if need be before the deadline.
    std::function<void(std::shared_ptr<space_slot>, nanoseconds deadline, reply<conceived_view>)>
        concepts;
    /// Takes watch_asks, likewise.
    std::function<void(std::shared_ptr<space_slot>, std::shared_ptr<ask>, reply<answer>)> watch;
    /// Writes what a statement works, as any client would.
    std::function<void(const base::space_id&, std::vector<memory::operation>, reply<write_reply>)>
        commit;
    /// Takes purge_asks, likewise.
    std::function<void(std::shared_ptr<space_slot>, std::shared_ptr<ask>, reply<answer>)> purge;
  };
  explicit local_replica(parts with) : with_(std::move(with)) {}

  void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) override;

private:
  void read(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);
  void look(std::shared_ptr<space_slot> slot, const ask& what, reply<answer> done);
  void read_on(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);
  void compute(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, conceived_view on,
               reply<answer> done);
  void work_out(const base::space_id& space, query_reply answered, reply<answer> done);
  void write(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);
  void hand_over(const std::shared_ptr<space_slot>& slot, std::shared_ptr<write_job> job,
                 int attempts_left);
  std::vector<base::result<write_item>> prepare(const space_slot& slot, write_ask& asked);
  bool is_quick(const space_slot& slot, const ask& what) const;
  base::result<answer> answer_read(space_slot& slot, const ask& what,
                                   const conceived_view& on) const;

  parts with_;
  std::atomic<std::uint32_t> reads_{0}; // running now
};

} // namespace engram::actors
