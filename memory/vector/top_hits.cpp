#include "memory/vector/top_hits.hpp"

#include <algorithm>

namespace engram::memory {

top_hits::top_hits(std::size_t k, const search_rules& rules) : k_(k), rules_(&rules) {
  if (k == 0) bar_ = base::q32{std::numeric_limits<std::int64_t>::max()};
}

bool top_hits::better(const vector_hit& a, const vector_hit& b) const {
  if (a.cosine != b.cosine) return a.cosine > b.cosine;
  return rules_->before ? rules_->before(a.ordinal, b.ordinal) : a.ordinal < b.ordinal;
}

void top_hits::offer(vector_hit hit) {
  if (hit.cosine < bar_) return;
  if (heap_.size() == k_ && (k_ == 0 || !better(hit, heap_.front()))) return;
  if (rules_->visible && !rules_->visible(hit.ordinal)) return;
  keep(hit);
}

void top_hits::keep(vector_hit hit) {
  const auto order = [this](const vector_hit& a, const vector_hit& b) { return better(a, b); };
  if (heap_.size() == k_) {
    std::pop_heap(heap_.begin(), heap_.end(), order);
    heap_.back() = hit;
  } else {
    heap_.push_back(hit);
  }
  std::push_heap(heap_.begin(), heap_.end(), order);
  if (heap_.size() == k_) bar_ = heap_.front().cosine;
}

void top_hits::merge(top_hits&& other) {
  // What the other kept is visible already.
  for (const vector_hit& hit : other.heap_)
    if (heap_.size() < k_ || (k_ > 0 && better(hit, heap_.front()))) keep(hit);
  other.heap_.clear();
}

std::vector<vector_hit> top_hits::take() && {
  std::sort_heap(heap_.begin(), heap_.end(),
                 [this](const vector_hit& a, const vector_hit& b) { return better(a, b); });
  return std::move(heap_);
}

} // namespace engram::memory
