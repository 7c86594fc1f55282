#include "memory/index/edge_table.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr std::size_t RUN_MAX = 1 << 18;
/// A batch of more is an import: finding out what it makes stale would cost more than reads gain.
constexpr std::size_t TRICKLE_MAX = 256;
/// Fewer changes are not worth a compilation.
constexpr std::size_t CHANGES_MIN = 1024;

} // namespace

edge_table::edge_table() { runs_.kinds = std::make_shared<const kind_names>(); }

void edge_table::set(const base::memory_key& source, const base::memory_key& target,
                     std::string_view kind, base::q32 weight) {
  std::uint32_t number = runs_.kinds->find(kind);
  if (number == kind_names::none) { // readers hold those before: copy them
    auto kinds = std::make_shared<kind_names>(*runs_.kinds);
    number = kinds->add(kind);
    runs_.kinds = std::move(kinds);
  }
  pending_.push_back({source, target, number, weight});
}

void edge_table::mark(const base::memory_key& end, const segment_list& segments) {
  std::vector<std::uint32_t> found;
  find_key(segments, end, found);
  for (const std::uint32_t ordinal : found)
    if (ordinal < runs_.rows->size()) runs_.stale.set(ordinal, true);
}

void edge_table::arrived(const segment& fresh, const segment_list& segments) {
  if (!runs_.rows) return;
  std::vector<edge> touching;
  for (const document& d : fresh.documents) {
    touching.clear();
    runs_.out_of(d.key, touching);
    runs_.into(d.key, touching);
    for (const edge& e : touching) mark(e.source == d.key ? e.target : e.source, segments);
  }
}

void edge_table::mark_pending(const segment_list& segments) {
  if (!runs_.rows) return;
  if (pending_.size() > TRICKLE_MAX) {
    runs_.rows.reset();
    runs_.stale = {};
    return;
  }
  for (const edge& e : pending_) {
    mark(e.source, segments);
    mark(e.target, segments);
  }
}

void edge_table::seal() {
  if (pending_.empty()) return;
  changed_ += pending_.size();
  runs_.runs.push_back(build_edge_run(std::move(pending_)));
  pending_.clear();
  std::vector<std::shared_ptr<const edge_run>>& runs = runs_.runs;
  while (runs.size() >= 2) {
    const edge_run& newer = *runs.back();
    const edge_run& older = *runs[runs.size() - 2];
    if (older.by_source.size() > 2 * newer.by_source.size() ||
        older.by_source.size() + newer.by_source.size() > RUN_MAX)
      break;
    auto merged = merge_edge_runs(older, newer);
    runs.resize(runs.size() - 2);
    runs.push_back(std::move(merged));
  }
}

void edge_table::publish(const segment_list& segments, std::uint32_t size) {
  mark_pending(segments);
  seal();
  // Each association is compiled a few times at most while they come in.
  if (changed_ > std::max(CHANGES_MIN, runs_.rows ? compiled_ / 4 : compiled_))
    compile(segments, size);
}

bool edge_table::settle(const segment_list& segments, std::uint32_t size) {
  if (runs_.empty() || !pending_.empty()) return false;
  const std::size_t grown = runs_.rows ? size - runs_.rows->size() : 0;
  if (runs_.rows && std::max(changed_, grown) <= CHANGES_MIN / 16 + compiled_ / 64) return false;
  compile(segments, size);
  return true;
}

void edge_table::compile(const segment_list& segments, std::uint32_t size) {
  runs_.rows = edge_rows::compile(runs_, segments, size);
  runs_.stale = {};
  compiled_ = edges();
  changed_ = 0;
}

edge_runs edge_table::share() {
  edge_runs out = runs_;
  out.stale = runs_.stale.share();
  return out;
}

std::size_t edge_table::edges() const noexcept {
  std::size_t sum = 0;
  for (const auto& run : runs_.runs) sum += run->by_source.size();
  return sum;
}

} // namespace engram::memory
