#pragma once
// The writer's side of explicit associations: collects them into runs and keeps the rows compiled
// from those runs fresh enough. Rows that a change has touched are marked stale and read from the
// runs until the next compilation; what readers find is the same either way. One owner, one thread
// (the index's).

#include "memory/index/edge_rows.hpp"
#include "memory/index/edges.hpp"

#include <string_view>
#include <vector>

namespace engram::memory {

class edge_table {
public:
  using segment_list = std::vector<std::shared_ptr<const segment>>;

  edge_table();

  /// Adds or replaces; weight 0 removes. Ends may come later.
  void set(const base::memory_key& source, const base::memory_key& target, std::string_view kind,
           base::q32 weight);
  /// A segment of new memories, the last of `segments`: what was associated before they came.
  void arrived(const segment& fresh, const segment_list& segments);
  /// Makes everything so far visible to share(). Requires: `size` memories in `segments`.
  void publish(const segment_list& segments, std::uint32_t size);
  /// When it is quiet: compiles what many reads would do the long way. False: nothing to do.
  bool settle(const segment_list& segments, std::uint32_t size);

  edge_runs share();
  std::size_t pending_bytes() const noexcept { return pending_.size() * sizeof(edge); }

private:
  void seal();
  void mark(const base::memory_key& end, const segment_list& segments);
  void mark_pending(const segment_list& segments);
  void compile(const segment_list& segments, std::uint32_t size);
  std::size_t edges() const noexcept;

  std::vector<edge> pending_;
  edge_runs runs_;
  std::size_t compiled_ = 0; // edges that the last compilation saw
  std::size_t changed_ = 0;  // and how many were set since
};

} // namespace engram::memory
