#pragma once
// The kinds of explicit associations, numbered in the order of their coming. That order differs
// between replicas, so numbers never reach an answer. Immutable once it is shared; any thread.

#include "base/hash.hpp"
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
    return numbers_.find(base::fast_hash64(name),
                         [&](std::uint32_t each) { return names_[each] == name; });
  }
  /// Requires: not there yet.
  std::uint32_t add(std::string_view name) {
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.insert(base::fast_hash64(name), number);
    return number;
  }

  std::size_t size() const noexcept { return names_.size(); }
  /// Requires: number < size().
  const std::string& operator[](std::size_t number) const noexcept { return names_[number]; }

private:
  std::vector<std::string> names_;
  key_table numbers_; // by name
};

} // namespace engram::memory
