#pragma once
// Many memories into one space, over a stream with flow control. What is pushed is numbered from 1
// in order, a batch's episodes before its associations; `settled` says up to which number
// everything is durable or was refused. Opened by space::open_import. Thread: the connection's.
// Invariant: a number is reported settled only because the node said so.

#include "client/space.hpp"
#include "client/types.hpp"

#include <memory>
#include <vector>

namespace engram::client {

struct import_batch {
  std::vector<episode> episodes;
  std::vector<association> associations;

  std::size_t size() const noexcept { return episodes.size() + associations.size(); }
};

struct import_progress {
  struct refusal {
    std::uint64_t item = 0;
    base::error why;
  };
  std::uint64_t settled = 0;
  std::uint64_t known = 0;      // of these, there before
  std::vector<refusal> refused; // since the number asked with
};

class import_stream {
public:
  import_stream(import_stream&&) noexcept;
  import_stream& operator=(import_stream&&) noexcept;
  ~import_stream();

  /// Resolves when the next batch may be pushed (not when this one is durable). At most 1,024 items
  /// and 4 MiB; 256 items go well.
  promise<void> push(const import_batch& batch);
  /// Waits until more than `after` items are settled; may be called while pushes are under way.
  promise<import_progress> progress(std::uint64_t after);
  /// After the last push: waits until everything pushed is settled.
  promise<import_progress> finish();

  std::uint64_t pushed() const noexcept;

  struct state; // internal
  explicit import_stream(std::unique_ptr<state> made);

private:
  std::unique_ptr<state> state_;
};

} // namespace engram::client
