#pragma once
// What an import has pushed and what became of it. Shared by the stream capability and its
// observers; thread: their event loop.
//
// Credits bound what is under way: push() resolves when its batch is handed to the service, which
// it is while less than import_items_max and import_bytes_max of earlier ones wait for durability.
// Invariant: items are numbered in the order pushed, and `settled` only passes an item whose
// outcome is known, whatever the order in which batches become durable.

#include "node/edge.hpp"
#include "schema/client.capnp.h"

#include <kj/async.h>
#include <kj/refcount.h>

#include <deque>
#include <vector>

namespace engram::node {

struct import_target {
  actors::authority who;
  std::string space_name;
  base::space_id space;
  actors::durability how = actors::durability::quorum;
};

struct import_batch {
  std::vector<memory::episode> episodes;
  std::vector<memory::association> associations;
  std::size_t bytes = 0;
  std::size_t items() const { return episodes.size() + associations.size(); }
};

class import_state final : public kj::Refcounted, private kj::TaskSet::ErrorHandler {
public:
  struct refusal {
    std::uint64_t item;
    base::error why;
  };
  struct progress {
    std::uint64_t settled = 0, known = 0;
    std::vector<refusal> refused;
  };

  import_state(edge& owner, import_target target);

  kj::Promise<void> push(import_batch batch);
  /// Waits until more than `after` items are settled, or nothing more can come. Asking tells that
  /// the refusals up to `after` have been read: they are forgotten.
  kj::Promise<progress> wait_past(std::uint64_t after);
  kj::Promise<progress> finish();
  /// No push will follow: whoever waits hears the last of it.
  void close();

private:
  struct batch_outcome {
    std::size_t items = 0, bytes = 0, parts_open = 0;
    std::uint64_t known = 0;
    std::vector<std::pair<std::size_t, base::error>> refused; // by position in the batch
    std::optional<call_slot> slot;                            // held while the batch is under way
  };

  bool has_credit() const;
  kj::Promise<void> wait_for_credit();
  void submit(batch_outcome& outcome, import_batch batch);
  template <class Ask>
  void submit_part(batch_outcome& outcome, std::size_t first, std::size_t count, Ask&& ask);
  void part_ended(batch_outcome& outcome, std::size_t first, std::size_t count,
                  base::result<actors::write_reply> got);
  void settle();
  progress report(std::uint64_t after);
  bool is_at_rest() const { return is_closed_ && outcomes_.empty(); }
  void taskFailed(kj::Exception&& failure) override;

  edge& edge_;
  import_target target_;
  std::deque<batch_outcome> outcomes_; // oldest first; a deque keeps references on push and pop
  std::size_t items_open_ = 0, bytes_open_ = 0;
  std::uint64_t settled_ = 0, known_ = 0;
  std::deque<refusal> refusals_;
  bool is_closed_ = false;

  struct waiter {
    std::uint64_t after;
    bool wants_rest;
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
  };
  std::vector<waiter> waiters_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> credit_waiter_;
  kj::TaskSet tasks_;
};

} // namespace engram::node
