#pragma once
// Finds a row's number by its key without keeping the key twice: open addressing over numbers and
// the lower half of their hashes, the rows themselves live in the owner's vector and are looked at
// when that half agrees. 8 bytes a slot, at most three quarters full; at most 2^32 slots. No single
// row is removed. Iteration is not offered, so no result can depend on it.

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
    const auto half = static_cast<std::uint32_t>(hash);
    for (std::size_t i = half & mask();; i = (i + 1) & mask()) {
      const slot& at = slots_[i];
      if (at.row == none || (at.hash == half && equal(at.row))) return at.row;
    }
  }

  /// Requires: not there yet.
  void insert(std::uint64_t hash, std::uint32_t row) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    place({static_cast<std::uint32_t>(hash), row});
    ++count_;
  }

  void clear() {
    slots_.clear();
    count_ = 0;
  }

  std::size_t bytes() const noexcept { return slots_.capacity() * sizeof(slot); }

private:
  struct slot {
    std::uint32_t hash = 0, row = none;
  };

  std::size_t mask() const noexcept { return slots_.size() - 1; }

  void place(const slot& what) {
    std::size_t i = what.hash & mask();
    while (slots_[i].row != none) i = (i + 1) & mask();
    slots_[i] = what;
  }

  void grow() {
    std::vector<slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const slot& each : old)
      if (each.row != none) place(each);
  }

  std::vector<slot> slots_; // power of two
  std::size_t count_ = 0;
};

} // namespace engram::memory
