#pragma once
// Many memories into one space, over a stream with flow control. What is pushed is numbered in
// order, a batch's episodes before its associations; `settled` says up to which number everything
// is durable or was refused. Made by space::open_import and open_stream. Thread: the connection's.
//
// What is pushed is kept until it is settled. A lost node, or an error that another time or node
// may not have, makes the stream go on behind the last settled number, at another server where
// several are named, until `patience` passes without progress. Since every item has its id, what
// had arrived all the same is known there and takes effect once.
//
// Invariant: a number is reported settled only because a node said so.

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
  std::uint64_t known = 0;      // of these, there before; also what was sent again after a loss
  std::vector<refusal> refused; // since the number asked with
  std::string token;            // a read that gives it back sees all that is settled
};

class import_stream {
public:
  import_stream(import_stream&&) noexcept;
  import_stream& operator=(import_stream&&) noexcept;
  ~import_stream();

  /// Resolves when the next batch may be pushed (not when this one is durable). At most 1,024 items
  /// and 4 MiB; 256 items go well. One push at a time.
  promise<void> push(const import_batch& batch);
  /// Waits until more than `after` items are settled, or the stream failed; may be called while
  /// pushes are under way. Refusals up to `after` are forgotten.
  promise<import_progress> progress(std::uint64_t after);
  /// After the last push: waits until everything pushed is settled.
  promise<import_progress> finish();

  std::uint64_t pushed() const noexcept; // number of the last item

  struct state; // internal
  explicit import_stream(std::shared_ptr<state> made);

private:
  std::shared_ptr<state> state_;
};

} // namespace engram::client
