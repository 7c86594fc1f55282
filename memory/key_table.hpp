#pragma once
// Finds a row's number by its key without keeping the key twice: open addressing over numbers, the
// rows themselves live in the owner's vector and are compared through it. 4 bytes a slot, at most
// two thirds full. Rows are never removed. Iteration is not offered, so no result can depend on it.

#include <cstdint>
#include <vector>

namespace engram::memory {

class key_table {
public:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  /// `equal(row)`: whether that row has the key sought.
  template <class Equal>
  std::uint32_t find(std::uint64_t hash, Equal equal) const {
    if (slots_.empty()) return none;
    for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
      const std::uint32_t row = slots_[i];
      if (row == none || equal(row)) return row;
    }
  }

  /// Requires: not there yet. `hash_of(row)`: of any row inserted before, for growing.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t row, HashOf hash_of) {
    if ((count_ + 1) * 3 > slots_.size() * 2) grow(hash_of);
    place(hash, row);
    ++count_;
  }

  std::size_t bytes() const noexcept { return slots_.capacity() * sizeof(std::uint32_t); }

private:
  std::size_t mask() const noexcept { return slots_.size() - 1; }

  void place(std::uint64_t hash, std::uint32_t row) {
    std::size_t i = hash & mask();
    while (slots_[i] != none) i = (i + 1) & mask();
    slots_[i] = row;
  }

  template <class HashOf>
  void grow(HashOf hash_of) {
    std::vector<std::uint32_t> old(slots_.empty() ? 64 : slots_.size() * 2, none);
    old.swap(slots_);
    for (const std::uint32_t row : old)
      if (row != none) place(hash_of(row), row);
  }

  std::vector<std::uint32_t> slots_; // power of two
  std::size_t count_ = 0;
};

} // namespace engram::memory
