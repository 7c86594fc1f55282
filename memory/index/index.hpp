#pragma once
// The writer's side of a space's published state: takes memories, what changes about them, and
// explicit associations, and publishes immutable snapshots. One owner, one thread (the
// partition's); snapshots are read by any thread without locks while the writer goes on. Invariant:
// what a snapshot answers is a function of the set of calls' final effects: not of their order, of
// how they were batched between publish() calls, nor of how segments were merged. Ordinals alone
// name arrival; they never reach a rank.

#include "memory/index/snapshot.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace engram::memory {

struct access_record;

/// One memory on its way into the index. Nothing of `what` but ids and keys stays in memory.
struct addition {
  base::memory_key key;
  base::hash128 content; // content hash: tells versions of one id apart
  std::shared_ptr<const episode> what;
  std::shared_ptr<const analysed> words; // of analyser::analyse(*what), made on any thread
  base::hlc stored_at;
  std::int64_t order = 0; // position within (when, session)
};

class index {
public:
  explicit index(const space_config& config);
  ~index();
  index(const index&) = delete;
  index& operator=(const index&) = delete;

  /// Requires: `ordinal` is the number of memories added so far. The memory is visible.
  void add(std::uint32_t ordinal, addition memory);
  /// The merged (least) stamp and order of a memory that arrived again.
  void amend(std::uint32_t ordinal, base::hlc stored_at, std::int64_t order);
  void set_visible(std::uint32_t ordinal, bool visible);
  /// nullptr: never accessed.
  void set_access(std::uint32_t ordinal, std::shared_ptr<const access_record> record);
  /// Adds or replaces; weight 0 removes. Either end may be unknown: it takes effect when both came.
  void set_edge(const base::memory_key& source, const base::memory_key& target,
                std::string_view kind, base::q32 weight);

  /// Everything above so far, as readers see it from now on.
  std::shared_ptr<const snapshot> publish();
  /// When it is quiet: merges the two neighbouring segments that are smallest together, while there
  /// are more than recalls need. Work is bounded by SETTLED_MAX memories. False: nothing to do.
  /// What snapshots answer stays the same; the next one reads fewer segments.
  bool settle();

  std::uint32_t size() const noexcept;
  /// Bytes held by the last published snapshot and by what waits to be published.
  std::size_t memory_bytes() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace engram::memory
