#pragma once
// Internal to client/: a stream over one wire after another. What is pushed is kept until a node
// says that it is settled. Two loops run in the background: one sends what the present wire was not
// sent yet, and makes a wire where there is none; one asks each wire how far it came. When a wire
// fails, the next one begins behind what is settled.
//
// The observer is asked for before the first push, because a streaming call blocks every other call
// on its capability. Owner: the import_stream and its promises; the loops are owned by the state.

#include "client/import_stream.hpp"
#include "client/space_state.hpp"

#include <deque>
#include <functional>

namespace engram::client {

struct import_stream::state final : std::enable_shared_from_this<import_stream::state>,
                                    private kj::TaskSet::ErrorHandler {
  state(std::shared_ptr<space::state> where, std::string name, std::uint64_t next, durability d);

  /// Resolves when there is a wire.
  promise<void> open();
  promise<void> push(const import_batch& batch);
  promise<import_progress> progress(std::uint64_t after);
  promise<import_progress> finish();
  std::uint64_t pushed() const noexcept { return pushed_; }

private:
  /// One node's end of it.
  struct wire {
    session_ptr session; // outlives the capabilities
    schema::ImportStream::Client stream;
    schema::ImportObserver::Client observer;
    std::uint64_t known_before = 0; // on earlier wires
  };
  using wire_ptr = std::shared_ptr<wire>;
  struct kept_batch {
    std::uint64_t last = 0; // number of its last item
    import_batch what;
  };
  struct waiter {
    std::function<bool()> due;
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
  };

  kj::Promise<void> pump();
  kj::Promise<void> attach();
  promise<wire_ptr> dial();
  kj::Promise<void> send(const kept_batch& what);
  kj::Promise<void> watch(wire_ptr on);
  void lost(const wire_ptr& on, const base::error& why);
  void take(const wire_ptr& on, import_progress seen);
  base::result<import_progress> report(std::uint64_t after);
  kj::Promise<void> until(std::function<bool()> due);
  void wake();
  void taskFailed(kj::Exception&& e) override;

  std::shared_ptr<space::state> where_;
  const std::string name_;
  const durability durability_;
  wire_ptr wire_;                                    // none: the pump makes one
  std::uint64_t pushed_, settled_, sent_, accepted_; // numbers of the last item that is
  std::uint64_t known_ = 0;
  std::string token_;
  std::deque<kept_batch> kept_; // not settled
  std::deque<import_progress::refusal> refused_;
  std::optional<base::error> failed_;
  std::optional<base::error> loss_;  // since the last progress
  link::attempts attempts_;          // since that loss
  std::optional<base::error> doubt_; // of what was sent on a wire that may have taken it …
  std::uint64_t doubtful_ = 0;       // … up to this number
  bool finishing_ = false;
  std::vector<waiter> waiters_;
  kj::TaskSet tasks_; // last: its tasks use the rest
};

} // namespace engram::client
