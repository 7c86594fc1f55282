#include "memory/index/sorted_hashes.hpp"

#include <bit>

namespace engram::memory {

void sorted_hashes::seal() {
  all_.shrink_to_fit();
  const auto bits = std::max(1, static_cast<int>(std::bit_width(all_.size() / per_bucket)));
  shift_ = static_cast<unsigned>(64 - bits);
  const std::size_t buckets = std::size_t{1} << bits;
  first_.assign(buckets + 1, 0);
  for (const std::uint64_t hash : all_) ++first_[(hash >> shift_) + 1];
  for (std::size_t i = 0; i < buckets; ++i) first_[i + 1] += first_[i];
}

} // namespace engram::memory
