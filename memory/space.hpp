#pragma once
// The state of one space, as a function of the set of entries applied to it. Owner and thread: the
// space's partition; what other threads read is published(). Knows no disk: it says which state
// items change, under keys relative to the space, and is rebuilt from them.
//
// Invariants: apply() never fails, and its effect on what readers and the state hash see does not
// depend on what else has arrived, or when. Ordinals and payload references alone are local.
// How each field merges: memory_state.hpp.

#include "memory/pending.hpp"
#include "memory/prepare.hpp"
#include "memory/published.hpp"
#include "memory/state_hash.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engram::memory {

/// fresh: hand it to the log. known: answer success now. in_flight: the same operation is pending;
/// answer `known` once everything pending before this moment is durable.
enum class admission : std::uint8_t { fresh, known, in_flight };

struct verdict {
  memory::admission admission = memory::admission::fresh;
  base::hlc stamp; // known: of the memory
};

struct applied {
  enum class effect : std::uint8_t { created, merged, changed, nothing } what = effect::nothing;
  std::uint32_t ordinal = 0; // created, merged
};

/// To be written with the vector that covers the entries, in one batch. Order does not matter: no
/// key appears twice.
struct state_changes {
  struct put {
    std::string key, value;
  };
  std::vector<put> puts;
  std::vector<std::string> erases;
  std::vector<payload_ref> payload_erases; // bodies of what was deleted
  bool empty() const noexcept { return puts.empty() && erases.empty() && payload_erases.empty(); }
};

/// One state item as it lies on disk, with the payload it refers to (see payload_of).
struct stored_item {
  std::string key, value;             // key relative to the space
  std::optional<std::string> payload; // nullopt: none needed, or unreadable
};
struct staged; // stored items, decoded and analysed

struct load_report {
  std::uint64_t items = 0, memories = 0;
  std::vector<std::uint16_t> mismatched; // buckets whose stored sum differs from the recomputed
  std::vector<std::string> damaged;      // what is damaged, by name; at most 1,000
  std::uint64_t damaged_count = 0;
  bool clean() const noexcept { return damaged_count == 0 && mismatched.empty(); }
};

class space {
public:
  explicit space(space_config config);
  ~space();
  space(const space&) = delete;
  space& operator=(const space&) = delete;

  // -- writing --

  /// May it happen? Errors are definite: conflict, deleted, unknown_memory (forget of an id that is
  /// neither here nor pending, associations from or to one).
  base::result<verdict> check(const prepared& p, const pending_set& pending) const;

  /// Requires: every entry once, in its origin's order, and after it became durable. An entry whose
  /// payload was erased needs no call: it has no effect beyond the vector.
  applied apply(const entry_meta& meta, const prepared& p);

  /// Everything that changed since the last call.
  state_changes drain();

  /// A view of all that was applied. Cheap when nothing was.
  std::shared_ptr<const published> publish();
  /// When it is quiet: a bounded step towards fewer segments. True: publish() gives a view that is
  /// read faster and answers the same; there may be more to do.
  bool settle();

  // -- opening --

  /// Which payload an 'E' item refers to; nullopt: none.
  static std::optional<payload_ref> payload_of(std::string_view key) noexcept;
  /// Decodes and analyses. Pure; call it on many threads with slices of the items.
  static std::shared_ptr<const staged> stage(std::vector<stored_item> items,
                                             const space_config& config, const analyser& words);
  /// Owner. Before the first apply(); in any order.
  void take(const staged& items);
  /// Compares recomputed hash buckets with the stored ones. What the store could not read at all
  /// (`unreadable`, by name) shows here too.
  load_report finish_load(std::vector<std::string> unreadable = {});

  // -- looking --

  const space_config& config() const noexcept;
  space_counts counts() const;
  base::hash128 hash() const;
  const base::hash128& hash_bucket(std::size_t i) const noexcept;

  struct state; // its tables; private to memory/space*.cpp

private:
  std::unique_ptr<state> state_;
};

} // namespace engram::memory
