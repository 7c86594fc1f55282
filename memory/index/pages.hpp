#pragma once
// Copy-on-write arrays. The writer changes pages; share() gives a snapshot the table as it is, and
// from then on the writer copies a page before it first touches it. So a publish costs the pages
// touched since the last one, and no page that a reader sees is ever written.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace engram::memory {

template <class T>
class pages {
public:
  /// What a publish copies for one change, against what every publish copies of the table.
  static constexpr std::uint32_t page_size = 256;

  std::uint32_t size() const noexcept { return size_; }
  /// Requires: i < size().
  const T& at(std::uint32_t i) const noexcept { return (*table_[i / page_size])[i % page_size]; }

  void push_back(T value) {
    if (size_ % page_size == 0) {
      table_.push_back(std::make_shared<page>());
      own_.push_back(true);
    }
    ++size_;
    edit(size_ - 1) = std::move(value);
  }
  void resize(std::uint32_t size) {
    while (size_ < size) push_back(T{});
  }
  /// Writer only. Requires: i < size().
  T& edit(std::uint32_t i) {
    const std::size_t slot = i / page_size;
    if (!own_[slot]) table_[slot] = std::make_shared<page>(*table_[slot]);
    own_[slot] = true;
    return (*table_[slot])[i % page_size];
  }
  /// Writer only: what readers hold from now on.
  pages share() {
    own_.assign(table_.size(), false);
    return *this;
  }
  std::size_t bytes() const noexcept { return table_.size() * (sizeof(page) + sizeof(void*) * 2); }

private:
  using page = std::array<T, page_size>;
  std::vector<std::shared_ptr<page>> table_;
  std::vector<bool> own_; // not shared since it was copied
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
  /// Writer only.
  void set(std::uint32_t i, bool value) {
    const std::size_t slot = i / page_bits;
    if (slot >= table_.size()) {
      if (!value) return;
      table_.resize(slot + 1);
      own_.resize(slot + 1);
    }
    if (!table_[slot])
      table_[slot] = std::make_shared<page>();
    else if (!own_[slot])
      table_[slot] = std::make_shared<page>(*table_[slot]);
    own_[slot] = true;
    std::uint64_t& word = (*table_[slot])[i % page_bits / 64];
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    word = value ? word | bit : word & ~bit;
  }
  /// Writer only: what readers hold from now on.
  bit_pages share() {
    own_.assign(table_.size(), false);
    return *this;
  }
  std::size_t bytes() const noexcept { return table_.size() * sizeof(page); }

private:
  static constexpr std::uint32_t page_bits = 4096;
  using page = std::array<std::uint64_t, page_bits / 64>;
  std::vector<std::shared_ptr<page>> table_;
  std::vector<bool> own_;
};

} // namespace engram::memory
