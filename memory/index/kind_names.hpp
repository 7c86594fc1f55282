#pragma once
// The kinds of explicit associations, numbered in the order of their coming. That order differs
// between replicas, so numbers never reach an answer. Immutable once it is shared; any thread.

#include "memory/key_table.hpp"

#include <cstdint>
#include <cstring>
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
  /// Of all bytes of a name of up to 32. Quicker than a hash of any length: a question may ask for
  /// dozens of kinds, and follow few associations.
  static std::uint64_t shape_of(std::string_view name) noexcept {
    const auto eight = [](const char* from) {
      std::uint64_t out = 0;
      std::memcpy(&out, from, sizeof out);
      return out;
    };
    std::uint64_t shape = name.size();
    const auto mix = [&](std::uint64_t part) {
      shape = (shape ^ part) * 0x9E3779B97F4A7C15u;
      shape ^= shape >> 32;
    };
    if (name.size() >= 8) {
      mix(eight(name.data()));
      mix(eight(name.data() + name.size() - 8));
      if (name.size() > 16) {
        mix(eight(name.data() + 8));
        mix(eight(name.data() + name.size() - 16));
      }
    } else {
      std::uint64_t few = 0;
      for (const char letter : name) few = few << 8 | static_cast<unsigned char>(letter);
      mix(few);
    }
    return shape;
  }

  std::vector<std::string> names_;
  key_table numbers_; // by name
};

} // namespace engram::memory
