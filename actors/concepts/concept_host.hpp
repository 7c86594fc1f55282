#pragma once
// Concepts on this node: consolidates open spaces on a thread of its own, made at first use; lists
// what replicas have, and publishes it where the space shares. Owner: node. Any thread may call.
//
// Invariants: one consolidation at a time, and of its own accord at most a twentieth of one thread;
// only replicas of a space publish, what others hear is never published again; where nothing is
// shared no thread is made.

#include "actors/compute_pool.hpp"
#include "actors/concepts/settings.hpp"
#include "actors/concepts/shared_sheets.hpp"
#include "actors/space/space_slot.hpp"
#include "memory/concepts/consolidator.hpp"

#include <map>
#include <mutex>

namespace engram::actors {

class concept_host {
public:
  struct parts {
    compute_pool& pool;
    const base::clock& clock;
    base::registry& registry;
    peer_net* net; // none: nobody to share with
    base::store_id self;
    concept_settings rules;
    std::uint64_t seed;
    std::function<bool(const base::space_id&)> is_dropped, is_replica;
    std::function<std::vector<std::shared_ptr<space_slot>>()> open_slots;
  };
  explicit concept_host(parts with);
  ~concept_host() { stop(); }

  /// A concepts_ask or a consolidate_ask, of a space that lies here.
  void take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);

  /// The concepts of what a space that lies here holds now, with the view that they are of.
  void conceive(std::shared_ptr<space_slot> slot, nanoseconds deadline, reply<conceived_view> done);

  void tick();
  /// What is known of any space, wherever it lies.
  shared_sheets& sheets() noexcept { return sheets_; }

  /// Runs no more. Jobs that wait are answered.
  void stop();

private:
  /// What is kept of a space that lies here.
  struct local {
    std::weak_ptr<space_slot> slot; // of this opening; ordinals belong to it
    version_vector at;
    std::shared_ptr<memory::consolidator> engine; // the consolidation thread's
    memory::concept_config told;                  // what the engine was made with
    std::shared_ptr<const consolidated> made;
    std::optional<membership::sheet_version> published;
    nanoseconds not_before{0};
    bool is_queued = false;
  };
  struct outcome {
    std::shared_ptr<const consolidated> made;
    consolidation_report report;
  };

  base::result<void> queue(std::function<void()> work);
  base::result<outcome> consolidate(const std::shared_ptr<space_slot>& slot,
                                    const space_view& view);
  std::shared_ptr<memory::consolidator> engine_of(const std::shared_ptr<space_slot>& slot,
                                                  const memory::concept_config& told);
  std::shared_ptr<const consolidated> last_made(const base::space_id& space);
  void tell(space_slot& slot, const space_view& view, const consolidated* before,
            const outcome& now) const;
  base::result<answer> carry_out(const std::shared_ptr<space_slot>& slot, const ask& what);
  std::shared_ptr<const consolidated> current(const std::shared_ptr<space_slot>& slot,
                                              const space_view& view);
  answer answer_from(const consolidated& made, const space_slot& slot, const space_view& view,
                     const concepts_ask& asked, base::instant now) const;
  void look(const std::shared_ptr<space_slot>& slot);
  void run_due(const std::shared_ptr<space_slot>& slot);
  void publish(const space_slot& slot, const space_view& view, const consolidated& made);
  void keep_alive();

  const parts with_;

  shared_sheets sheets_;

  std::mutex mutex_; // guards the three below
  std::map<base::space_id, local> locals_;
  std::unique_ptr<compute_pool> thread_;
  std::atomic<bool> stopping_{false};

  base::counter& consolidations_;
  base::histogram& consolidation_us_;
};

} // namespace engram::actors
