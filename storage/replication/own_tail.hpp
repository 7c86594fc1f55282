#pragma once
// The running hashes of the newest entries of the own run, on disk or on their way there: what an
// acknowledgement is judged by without reading the disk, or before the disk has it. Owner: the
// replicator.
//
// Invariant: consecutive sequences, at most `kept_max` of those below `durable`.

#include "storage/entry.hpp"

#include <deque>
#include <optional>

namespace engram::storage {

class own_tail {
public:
  static constexpr std::size_t kept_max = 1'024;

  /// The next entry; false: it was added before.
  bool add(const entry_header& header) {
    if (header.sequence <= last_) return false;
    if (header.sequence != last_ + 1) running_.clear();
    last_ = header.sequence;
    running_.push_back(header.running);
    return true;
  }
  void settle(std::uint64_t durable) {
    while (running_.size() > kept_max && last_ - running_.size() < durable) running_.pop_front();
  }
  std::uint64_t last() const noexcept { return last_; }
  std::optional<base::hash128> at(std::uint64_t sequence) const {
    if (sequence > last_ || last_ - sequence >= running_.size()) return std::nullopt;
    return running_[running_.size() - 1 - (last_ - sequence)];
  }

private:
  std::uint64_t last_ = 0;
  std::deque<base::hash128> running_; // up to last_
};

} // namespace engram::storage
