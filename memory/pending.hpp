#pragma once
// What was accepted but is not yet applied: handed to the log writer, on its way to the disk.
// check() looks here as well as at the state, so that two writes of one id in flight together are
// judged as if the first were already done. Owner and thread: the partition.
//
// Invariant: every add() is followed by exactly one remove() of the same operation, after apply()
// (or when the log writer refused it).

#include "base/check.hpp"
#include "memory/prepare.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace engram::memory {

class pending_set {
public:
  void add(const prepared& p);
  void remove(const prepared& p);
  std::size_t size() const noexcept { return size_; }

  /// Content of the remember in flight for this memory; several can only have the same.
  std::optional<base::hash128> remembering(const base::memory_key& key) const;
  bool erasing(const base::memory_key& key) const;
  /// Content of the newest register write (suppress, restore, associate, configure) in flight.
  std::optional<base::hash128> writing(entry_kind kind, const base::memory_key& subject) const;

private:
  struct slot {
    base::hash128 newest;
    std::uint32_t count = 0;
  };
  using table = std::unordered_map<base::memory_key, slot>;
  table* table_of(const prepared& p);
  void remove(table& from, const base::memory_key& key);

  table remembers_, erases_, suppressions_, associations_, settings_;
  std::size_t size_ = 0;
};

} // namespace engram::memory
