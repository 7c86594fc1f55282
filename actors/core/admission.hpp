#pragma once
// What may come in: CAF's mailboxes have no bound, so every path carries a credit from here and
// gives it back when it is answered. Overload is refused early, with `retry later`. Pure; the owner
// brings the lock.
//
// Invariant: taken - given back = under way; nothing is under way twice.

#include "base/result.hpp"

#include <cstdint>

namespace engram::actors {

struct admission_bounds {
  std::uint64_t write_bytes_max = 64ull << 20;
  std::uint64_t reads_max = 4'096;
};

class admission {
public:
  explicit admission(admission_bounds bounds) : bounds_(bounds) {}

  /// Errors, all definite: shutting_down, overloaded. A write larger than the bound is admitted
  /// when nothing else is under way: it could never be otherwise.
  base::result<void> take_write(std::uint64_t bytes);
  /// Requires: a take_write of the same size.
  void give_write(std::uint64_t bytes);
  base::result<void> take_read();
  void give_read();

  /// From now on no write comes in; reads go on until `close`.
  void drain() { draining_ = true; }
  void close() { draining_ = closed_ = true; }
  bool accepting_writes() const noexcept { return !draining_; }
  std::uint64_t writes() const noexcept { return writes_; }
  std::uint64_t write_bytes() const noexcept { return write_bytes_; }
  std::uint64_t reads() const noexcept { return reads_; }

private:
  admission_bounds bounds_;
  std::uint64_t writes_ = 0, write_bytes_ = 0, reads_ = 0;
  bool draining_ = false, closed_ = false;
};

} // namespace engram::actors
