#include "storage/origin_chain.hpp"

#include "base/check.hpp"

namespace engram::storage {

origin_chain::origin_chain(std::uint64_t last, base::hash128 running)
    : last_(last), running_(running) {}

void origin_chain::extend(const entry_header& header) {
  CHECK(header.sequence == last_ + 1, header.sequence, last_);
  last_ = header.sequence;
  running_ = header.running;
  unsettled_.push_back(running_);
}

base::error origin_chain::fork_at(const entry_header& header) {
  forked_ = true;
  return {base::errc::origin_forked,
          "origin=" + header.origin.hex() + " sequence=" + std::to_string(header.sequence)};
}

base::result<origin_chain::verdict>
origin_chain::offer(const entry_header& header, const std::optional<base::hash128>& stored) {
  if (forked_) return fork_at(header);
  if (header.sequence == 0) return {base::errc::malformed_message, "sequence=0"};
  if (header.sequence <= last_) {
    auto ours = stored;
    const auto back = last_ - header.sequence;
    if (back < unsettled_.size()) ours = unsettled_[unsettled_.size() - 1 - back];
    // Trimmed: the vector covers it, and a difference shows in what follows.
    if (ours && *ours != header.running) return fork_at(header);
    return verdict::known;
  }
  if (const auto held = held_.find(header.sequence); held != held_.end()) {
    if (held->second.running != header.running) return fork_at(header);
    return verdict::known;
  }
  if (header.sequence > last_ + 1) {
    held_.emplace(header.sequence, header);
    return verdict::above_gap;
  }
  if (running_hash(running_, header) != header.running) return fork_at(header);
  extend(header);
  return verdict::next;
}

std::vector<entry_header> origin_chain::release() {
  std::vector<entry_header> released;
  for (auto next = held_.begin(); next != held_.end() && next->first == last_ + 1;
       next = held_.begin()) {
    if (running_hash(running_, next->second) != next->second.running) {
      forked_ = true;
      break;
    }
    extend(next->second);
    released.push_back(next->second);
    held_.erase(next);
  }
  return released;
}

void origin_chain::clear_fork() {
  forked_ = false;
  held_.clear();
}

std::optional<base::hash128> origin_chain::settle(std::uint64_t sequence) {
  const auto first = last_ - unsettled_.size() + 1;
  if (sequence < first || sequence > last_) return std::nullopt;
  const auto count = sequence - first + 1;
  const auto running = unsettled_[count - 1];
  unsettled_.erase(unsettled_.begin(), unsettled_.begin() + static_cast<std::ptrdiff_t>(count));
  return running;
}

} // namespace engram::storage
