#pragma once
// What a stream has pushed and what became of it; an import is a stream without a name. Shared by
// the stream capability and its observers; thread: their event loop.
//
// Credits bound what is under way: push() resolves when its batch is taken, which it is while less
// than import_items_max and import_bytes_max of earlier ones wait for durability. Batches are under
// way side by side, but those that touch the same memory or association go one after the other.
// Invariants: items are numbered in the order pushed; `settled` only passes an item that is durable
// or was refused for good, whatever the order in which batches become durable. What fails for a
// reason that may pass ends the stream there: the client goes on elsewhere, or later.

#include "actors/service/writes.hpp"
#include "node/edge.hpp"
#include "schema/client.capnp.h"

#include <kj/async.h>
#include <kj/refcount.h>

#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

namespace engram::node {

struct import_target {
  actors::authority who;
  std::string space_name;
  base::space_id space;
  actors::durability how = actors::durability::quorum;
  std::string stream;     // names the items that have no id of their own; "": none may be without
  std::uint64_t next = 1; // number of the first item
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
    std::string token; // a read that gives it back sees all that is settled
  };

  import_state(edge& owner, import_target target);

  kj::Promise<void> push(import_batch batch);
  /// Waits until more than `after` items are settled, or nothing more can come. Asking tells that
  /// the refusals up to `after` have been read: they are forgotten. The error that ended the stream
  /// comes when nothing else is new.
  kj::Promise<base::result<progress>> wait_past(std::uint64_t after);
  kj::Promise<base::result<progress>> finish();
  /// No push will follow: whoever waits hears the last of it.
  void close();

private:
  /// What a batch writes, and what it only needs to be there, hashed.
  struct touched {
    std::vector<std::uint64_t> written, needed;
  };
  struct batch_outcome {
    std::size_t items = 0, bytes = 0;
    touched names;
    bool done = false;
    std::uint64_t known = 0;
    std::vector<std::pair<std::size_t, base::error>> refused; // by position in the batch
    std::optional<base::error> failed;                        // what ends the stream
    std::string token;
    std::optional<call_slot> slot; // held while the batch is under way
  };
  struct waiting_batch {
    batch_outcome* outcome;
    std::vector<actors::stream_item> items;
  };

  bool has_credit() const;
  kj::Promise<void> wait_for_credit();
  void take(import_batch batch);
  std::vector<actors::stream_item> name(import_batch batch);
  static touched names_of(const std::vector<actors::stream_item>& items);
  bool is_free(const touched& names) const;
  void submit_free();
  void submit(batch_outcome& outcome, std::vector<actors::stream_item> items);
  void ended(batch_outcome& outcome, base::result<actors::write_reply> got);
  void settle();
  void wake();
  base::result<progress> report(std::uint64_t after);
  bool is_at_rest() const { return broken_ || (is_closed_ && outcomes_.empty()); }
  void taskFailed(kj::Exception&& failure) override;

  edge& edge_;
  import_target target_;
  std::deque<batch_outcome> outcomes_; // oldest first; a deque keeps references on push and pop
  std::deque<waiting_batch> waiting_;  // not handed to the service yet
  std::unordered_multiset<std::uint64_t> written_, needed_; // by those handed over
  std::size_t items_open_ = 0, bytes_open_ = 0;
  std::uint64_t numbered_, settled_, known_ = 0;
  std::string token_;
  std::deque<refusal> refusals_;
  std::optional<base::error> broken_;
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
