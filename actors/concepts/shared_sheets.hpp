#pragma once
// What this node knows of all spaces by their sheets, its own replicas' and those that others
// passed on: gossips them (membership/concepts) and reads answers from them. Owner: concept_host.
// Any thread may call.
//
// Invariant: where nothing is shared nothing is sent.

#include "actors/cluster_values.hpp"
#include "actors/compute_pool.hpp"
#include "actors/concepts/consolidated.hpp"
#include "actors/core/exchange.hpp"
#include "actors/ports.hpp"
#include "membership/concepts/concept_gossip.hpp"
#include "membership/directory.hpp"

#include <map>
#include <mutex>

namespace engram::actors {

class shared_sheets {
public:
  struct parts {
    compute_pool& pool;
    const base::clock& clock;
    base::registry& registry;
    peer_net* net; // none: nobody to share with
    base::store_id self;
    membership::concept_rules rules;
    std::uint64_t seed;
    std::function<bool(const base::space_id&)> is_dropped;
  };
  explicit shared_sheets(parts with);

  // -- of spaces that lie here; `covered`: entries behind it --
  membership::sheet_version publish(const base::space_id& space, std::uint64_t covered,
                                    std::vector<membership::sheet_record> records);
  /// The space shares no more, which is an entry like any other: a newer sheet, without records.
  void withdraw(const base::space_id& space, std::uint64_t covered);
  void confirm(const base::space_id& space, const membership::sheet_version& version);

  // -- among others --
  void arrived(const base::store_id& from, std::string message);
  void set_members(const std::vector<member_info>& members);
  void tick();

  // -- what they tell --
  bool has(const base::space_id& space);
  /// nullopt: none is here, or it knows nothing.
  std::optional<concepts_reply> list(const membership::space_row& of, const concepts_ask& asked);
  std::optional<knowledge> know(const membership::space_row& about, const memory::cue& cue);
  knowing_reply know_all(const std::vector<membership::space_row>& of, const memory::cue& cue,
                         std::uint32_t limit);

private:
  void send(membership::concept_gossip::effects effects);
  std::shared_ptr<const sheet_view> view_of(const base::space_id& space);
  const memory::analyser& words_of(const std::string& language);

  const parts with_;

  std::mutex mutex_; // guards the four below
  membership::concept_gossip gossip_;
  std::map<base::store_id, std::string> addresses_;
  struct read_sheet {
    membership::sheet_version version;
    std::shared_ptr<const sheet_view> view;
  };
  std::map<base::space_id, read_sheet> read_;
  std::map<std::string, std::unique_ptr<memory::analyser>> analysers_;

  base::counter& sent_;
  base::counter& received_;
  base::counter& malformed_;
  base::gauge& sheets_;
  base::gauge& sheet_bytes_;
};

} // namespace engram::actors
