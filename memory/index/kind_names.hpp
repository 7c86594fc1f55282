#pragma once
// The kinds of explicit associations, numbered in the order of their coming. That order differs
// between replicas, so numbers never reach an answer. Immutable once it is shared; any thread.

#include "memory/key_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

class kind_names {
public:
  static constexpr std::uint32_t none = key_table::none;

  /// Its number, or none.
  std::uint32_t find(std::string_view name) const {
    return numbers_.find(shape_of(name), [&](std::uint32_t each) { return names_[each] == name; });
  }
  /// Requires: not there yet.
  std::uint32_t add(std::string_view name) {
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.insert(shape_of(name), number);
    return number;
  }

  std::size_t size() const noexcept { return names_.size(); }
  /// Requires: number < size().
  const std::string& operator[](std::size_t number) const noexcept { return names_[number]; }

private:
  /// Tells most names apart, and is quicker than a hash: a question may ask for dozens of kinds,
  /// and follow few associations.
  static std::uint64_t shape_of(std::string_view name) noexcept {
    if (name.empty()) return 0;
    const auto letter = [&](std::size_t at) { return static_cast<unsigned char>(name[at]); };
    const std::uint64_t shape = name.size() << 24 | letter(0) << 16 | letter(name.size() / 2) << 8 |
                                letter(name.size() - 1);
    return (shape * 0x9E3779B97F4A7C15u) >> 32;
  }

  std::vector<std::string> names_;
  key_table numbers_; // by name
};

} // namespace engram::memory
