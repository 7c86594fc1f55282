#pragma once
// Explicit associations of a snapshot: immutable runs, newest last; a newer run's word about
// (source, target, kind) replaces an older one's. Ends are named by key, so an association may come
// before the memories it joins.

#include "base/id.hpp"
#include "base/math.hpp"
#include "memory/index/kind_names.hpp"
#include "memory/index/pages.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace engram::memory {

struct edge {
  base::memory_key source, target;
  std::uint32_t kind = 0; // index into edge_runs::kinds
  base::q32 weight;
};

struct edge_run {
  std::vector<edge> by_source; // ascending by (source, kind, target)
  std::vector<std::uint32_t>
      by_target; // indexes into by_source, ascending by (target, kind, source)
};

class edge_rows;

class edge_runs {
public:
  std::vector<std::shared_ptr<const edge_run>> runs;
  std::shared_ptr<const kind_names> kinds;
  std::shared_ptr<const edge_rows> rows; // compiled from the runs; may be none
  bit_pages stale;                       // memories whose rows are not what the runs say now

  /// Appends, in no order that means anything; replaced and removed ones are left out.
  void out_of(const base::memory_key& source, std::vector<edge>& to) const;
  void into(const base::memory_key& target, std::vector<edge>& to) const;
  /// Holds the rows of this memory; nullptr: ask the runs.
  const edge_rows* rows_of(std::uint32_t ordinal) const noexcept;
  bool empty() const noexcept { return runs.empty(); }
  std::size_t bytes() const noexcept;
};

/// Of several edges with the same ends and kind the last stands.
std::shared_ptr<const edge_run> build_edge_run(std::vector<edge> edges);
std::shared_ptr<const edge_run> merge_edge_runs(const edge_run& older, const edge_run& newer);

} // namespace engram::memory
