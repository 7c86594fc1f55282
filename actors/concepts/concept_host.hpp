#pragma once
// Concepts on this node: consolidates open spaces on a thread of its own, made at first use; lists
// what replicas have; holds all spaces' sheets (membership/concepts) and passes them on. Owner:
// node. Any thread may call.
//
// Invariants: one consolidation at a time, and of its own accord at most a twentieth of one thread;
// only replicas of a space publish, what others hear is never published again; where nothing is
// shared nothing is sent and no thread is made.

#include "actors/compute_pool.hpp"
#include "actors/concepts/consolidated.hpp"
#include "actors/concepts/settings.hpp"
#include "actors/core/exchange.hpp"
#include "actors/ports.hpp"
#include "actors/space/space_slot.hpp"
#include "membership/concepts/concept_gossip.hpp"
#include "membership/directory.hpp"
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

  void arrived(const base::store_id& from, std::string message);
  void set_members(const std::vector<member_info>& members);
  void tick();

  bool has_sheet(const base::space_id& space);
  /// From sheets. nullopt: none is here, or it knows nothing.
  std::optional<concepts_reply> list(const membership::space_row& of, const concepts_ask& asked);
  std::optional<knowledge> know(const membership::space_row& about, const memory::cue& cue);
  knowing_reply know_all(const std::vector<membership::space_row>& of, const memory::cue& cue,
                         std::uint32_t limit);

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
  void withdraw(const space_slot& slot, const space_view& view);
  void keep_alive();
  void send(membership::concept_gossip::effects effects);
  std::shared_ptr<const sheet_view> sheet_of(const base::space_id& space);
  const memory::analyser& words_of(const std::string& language);

  const parts with_;

  std::mutex gossip_mutex_; // guards the four below
  membership::concept_gossip gossip_;
  std::map<base::store_id, std::string> addresses_;
  struct read_sheet {
    membership::sheet_version version;
    std::shared_ptr<const sheet_view> view;
  };
  std::map<base::space_id, read_sheet> read_;
  std::map<std::string, std::unique_ptr<memory::analyser>> analysers_;

  std::mutex mutex_; // guards the rest
  std::map<base::space_id, local> locals_;
  std::unique_ptr<compute_pool> thread_;
  std::atomic<bool> stopping_{false};

  base::counter& consolidations_;
  base::histogram& consolidation_us_;
  base::counter& sent_;
  base::counter& received_;
  base::counter& malformed_;
  base::gauge& sheets_;
  base::gauge& sheet_bytes_;
};

} // namespace engram::actors
