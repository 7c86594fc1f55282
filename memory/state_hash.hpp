#pragma once
// The fingerprint of a space's state: each state item adds H(logical key, logical value) to one of
// 1,024 buckets. Sums commute, so equal sets of items have equal buckets whatever the order, and
// differing buckets tell two replicas where to look. Logical: no local number is ever hashed.

#include "base/hash.hpp"
#include "base/id.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

namespace engram::memory {

/// Tokeniser, stemmer, scoring constants, canonical bytes. Part of every state hash and query.
inline constexpr std::uint32_t engine_version = 2;

class state_hash {
public:
  static constexpr std::size_t bucket_count = 1024;

  void add(std::string_view key, std::string_view value);
  void subtract(std::string_view key, std::string_view value);

  const base::hash128& bucket(std::size_t i) const noexcept { return buckets_[i]; }
  /// What the sum was when it was kept.
  void keep(std::size_t i, const base::hash128& sum) noexcept { buckets_[i] = sum; }
  /// One value over all buckets, the space and the engine version.
  base::hash128 digest(const base::space_id& space) const;

  /// Buckets changed since the last call.
  const std::bitset<bucket_count>& changed() const noexcept { return changed_; }
  void clear_changed() noexcept { changed_.reset(); }

private:
  std::size_t touch(std::string_view key) noexcept;

  std::array<base::hash128, bucket_count> buckets_{};
  std::bitset<bucket_count> changed_;
};

} // namespace engram::memory
