#pragma once
// Ascending hashes, and a directory of them by their upper bits: one is found in two or three cache
// lines however many there are. Built once by its owner, then read by any thread. Hashes that crowd
// together cost a search among those of their bucket, no more.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace engram::memory {

class sorted_hashes {
public:
  void reserve(std::size_t count) { all_.reserve(count); }
  /// Requires: not below the last one; not sealed yet.
  void push_back(std::uint64_t hash) { all_.push_back(hash); }
  /// When all are there: nothing is found before.
  void seal();

  /// The first place of the hash, or size().
  std::size_t find(std::uint64_t hash) const noexcept {
    const std::size_t bucket = hash >> shift_;
    const auto begin = all_.begin() + first_[bucket], end = all_.begin() + first_[bucket + 1];
    const auto at = std::lower_bound(begin, end, hash);
    return at != end && *at == hash ? static_cast<std::size_t>(at - all_.begin()) : size();
  }

  std::size_t size() const noexcept { return all_.size(); }
  bool empty() const noexcept { return all_.empty(); }
  std::uint64_t operator[](std::size_t at) const noexcept { return all_[at]; }
  std::uint64_t back() const noexcept { return all_.back(); }
  std::size_t bytes() const noexcept {
    return all_.capacity() * sizeof(all_[0]) + first_.capacity() * sizeof(first_[0]);
  }

private:
  static constexpr std::size_t per_bucket = 4;

  std::vector<std::uint64_t> all_;
  std::vector<std::uint32_t> first_{0, 0, 0}; // of each bucket its first place; where the last ends
  unsigned shift_ = 63;                       // what is left of a hash is its bucket
};

} // namespace engram::memory
