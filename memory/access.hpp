#pragma once
// What is kept of the times a memory was recalled: how often, when first and last, and the eight
// newest accesses. A value; merging is commutative and associative, so a replica may learn of
// accesses in any order.
//
// Invariant: `newest` is sorted, newest first, by (second, operation), without repeats; used marks
// come first. The count is a plain sum: every access entry is applied exactly once per origin.

#include "base/hash.hpp"
#include "base/time.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <span>

namespace engram::memory {

/// One access, at a resolution of one second.
struct access_mark {
  std::int64_t second = 0;     // floor of the instant
  std::uint64_t operation = 0; // upper half of the operation's hash: the tie-break
  friend auto operator<=>(const access_mark&, const access_mark&) = default;
};

struct access_record {
  static constexpr std::size_t newest_max = 8;

  std::uint64_t count = 0;
  std::int64_t first = 0; // seconds; meaningless while count is 0
  std::int64_t last = 0;
  std::array<access_mark, newest_max> newest{};
  std::uint8_t used = 0;

  void add(base::instant at, const base::hash128& operation);
  /// Count: sum. First: minimum. Last: maximum. Newest: the eight greatest of the union.
  void merge(const access_record& other);

  bool empty() const noexcept { return count == 0; }
  std::span<const access_mark> marks() const noexcept { return {newest.data(), used}; }
  base::instant first_at() const noexcept { return {first * 1000}; }
  base::instant last_at() const noexcept { return {last * 1000}; }

  friend bool operator==(const access_record&, const access_record&) = default;
};

} // namespace engram::memory
