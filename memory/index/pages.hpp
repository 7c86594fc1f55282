#pragma once
// Copy-on-write arrays: the writer changes its own copy page by page, and a copy of the table is what
// a snapshot holds. A page is copied when it is written while a snapshot still shares it, so a
// publish costs the pages touched since the last one.

#include "base/check.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace engram::memory {

template <class T>
class pages {
public:
  static constexpr std::uint32_t page_size = 1024;

  std::uint32_t size() const noexcept { return size_; }
  /// Requires: i < size().
  const T& at(std::uint32_t i) const noexcept { return (*table_[i / page_size])[i % page_size]; }

  void push_back(T value) {
    if (size_ % page_size == 0) table_.push_back(std::make_shared<page>());
    ++size_;
    edit(size_ - 1) = std::move(value);
  }
  void resize(std::uint32_t size) {
    while (size_ < size) push_back(T{});
  }
  /// Owner only. Requires: i < size().
  T& edit(std::uint32_t i) {
    std::shared_ptr<page>& slot = table_[i / page_size];
    // Why: only the owner creates references, so a count of one cannot rise behind its back.
    if (slot.use_count() > 1) slot = std::make_shared<page>(*slot);
    return (*slot)[i % page_size];
  }
  std::size_t bytes() const noexcept { return table_.size() * (sizeof(page) + sizeof(void*) * 2); }

private:
  using page = std::array<T, page_size>;
  std::vector<std::shared_ptr<page>> table_;
  std::uint32_t size_ = 0;
};

/// A set of ordinals; absent pages are empty.
class bit_pages {
public:
  bool test(std::uint32_t i) const noexcept {
    const std::size_t slot = i / page_bits;
    if (slot >= table_.size() || !table_[slot]) return false;
    return ((*table_[slot])[i % page_bits / 64] >> (i % 64) & 1) != 0;
  }
  /// Owner only.
  void set(std::uint32_t i, bool value) {
    const std::size_t slot = i / page_bits;
    if (slot >= table_.size()) {
      if (!value) return;
      table_.resize(slot + 1);
    }
    if (!table_[slot]) table_[slot] = std::make_shared<page>();
    if (table_[slot].use_count() > 1) table_[slot] = std::make_shared<page>(*table_[slot]);
    std::uint64_t& word = (*table_[slot])[i % page_bits / 64];
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    word = value ? word | bit : word & ~bit;
  }
  std::size_t bytes() const noexcept { return table_.size() * sizeof(page); }

private:
  static constexpr std::uint32_t page_bits = 4096;
  using page = std::array<std::uint64_t, page_bits / 64>;
  std::vector<std::shared_ptr<page>> table_;
};

} // namespace engram::memory
