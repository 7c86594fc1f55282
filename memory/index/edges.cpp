#include "memory/index/edges.hpp"

#include "memory/index/edge_rows.hpp"

#include <algorithm>
#include <tuple>

namespace engram::memory {
namespace {

bool same_edge(const edge& a, const edge& b) {
  return a.kind == b.kind && a.source == b.source && a.target == b.target;
}

/// What newer runs say replaces what older ones said; `found` lists runs oldest first.
void keep_newest(std::vector<edge>& found, std::size_t begin) {
  std::vector<edge> kept;
  for (std::size_t i = found.size(); i > begin; --i) {
    const edge& e = found[i - 1];
    const bool known =
        std::any_of(kept.begin(), kept.end(), [&](const edge& k) { return same_edge(k, e); });
    if (!known) kept.push_back(e);
  }
  found.resize(begin);
  for (const edge& e : kept)
    if (e.weight.raw > 0) found.push_back(e);
}

struct by_source_key {
  bool operator()(const edge& e, const base::memory_key& k) const { return e.source < k; }
  bool operator()(const base::memory_key& k, const edge& e) const { return k < e.source; }
};

} // namespace

void edge_runs::out_of(const base::memory_key& source, std::vector<edge>& to) const {
  const std::size_t begin = to.size();
  std::size_t runs_found = 0;
  for (const auto& run : runs) {
    const auto [first, last] =
        std::equal_range(run->by_source.begin(), run->by_source.end(), source, by_source_key{});
    if (first != last) ++runs_found;
    to.insert(to.end(), first, last);
  }
  if (runs_found > 1)
    keep_newest(to, begin);
  else
    std::erase_if(to, [](const edge& e) { return e.weight.raw <= 0; });
}

void edge_runs::into(const base::memory_key& target, std::vector<edge>& to) const {
  const std::size_t begin = to.size();
  std::size_t runs_found = 0;
  for (const auto& run : runs) {
    const auto& edges = run->by_source;
    auto at = std::lower_bound(
        run->by_target.begin(), run->by_target.end(), target,
        [&](std::uint32_t i, const base::memory_key& k) { return edges[i].target < k; });
    if (at != run->by_target.end() && edges[*at].target == target) ++runs_found;
    for (; at != run->by_target.end() && edges[*at].target == target; ++at)
      to.push_back(edges[*at]);
  }
  if (runs_found > 1)
    keep_newest(to, begin);
  else
    std::erase_if(to, [](const edge& e) { return e.weight.raw <= 0; });
}

namespace {

bool source_order(const edge& a, const edge& b) {
  return std::tie(a.source, a.kind, a.target) < std::tie(b.source, b.kind, b.target);
}

} // namespace

std::shared_ptr<const edge_run> build_edge_run(std::vector<edge> edges) {
  std::stable_sort(edges.begin(), edges.end(), source_order);
  auto run = std::make_shared<edge_run>();
  for (edge& e : edges) { // the last word about an association stands
    if (!run->by_source.empty() && same_edge(run->by_source.back(), e))
      run->by_source.back() = e;
    else
      run->by_source.push_back(e);
  }
  run->by_target.resize(run->by_source.size());
  for (std::uint32_t i = 0; i < run->by_target.size(); ++i) run->by_target[i] = i;
  std::sort(run->by_target.begin(), run->by_target.end(), [&](std::uint32_t i, std::uint32_t j) {
    const edge &a = run->by_source[i], &b = run->by_source[j];
    return std::tie(a.target, a.kind, a.source) < std::tie(b.target, b.kind, b.source);
  });
  return run;
}

std::shared_ptr<const edge_run> merge_edge_runs(const edge_run& older, const edge_run& newer) {
  std::vector<edge> all = older.by_source;
  all.insert(all.end(), newer.by_source.begin(), newer.by_source.end());
  std::inplace_merge(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(older.by_source.size()),
                     all.end(), source_order);
  return build_edge_run(std::move(all));
}

const edge_rows* edge_runs::rows_of(std::uint32_t ordinal) const noexcept {
  return rows && ordinal < rows->size() && !stale.test(ordinal) ? rows.get() : nullptr;
}

std::size_t edge_runs::bytes() const noexcept {
  std::size_t sum = stale.bytes() + (rows ? rows->bytes() : 0);
  for (const auto& run : runs)
    sum += run->by_source.capacity() * sizeof(edge) +
           run->by_target.capacity() * sizeof(std::uint32_t);
  return sum;
}

} // namespace engram::memory
