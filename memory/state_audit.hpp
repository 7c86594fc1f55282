#pragma once
// A space's state as its items lie on a disk, made into sums again, beside the sums that were kept
// with them. Where the two differ, the items are not what they were when they were written. Pure.
//
// Drive: take() every state item, in any order.

#include "memory/state_hash.hpp"

#include <vector>

namespace engram::memory {

class state_audit {
public:
  void take(std::string_view key, std::string_view value); // key relative to the space
  /// Of the 1,024 buckets; items that are none leave their sum wrong.
  const std::vector<base::hash128>& kept() const noexcept { return kept_; }
  std::vector<base::hash128> made() const;
  bool is_clean() const { return kept_ == made(); }

private:
  std::vector<base::hash128> kept_ = std::vector<base::hash128>(state_hash::bucket_count);
  state_hash made_;
};

} // namespace engram::memory
