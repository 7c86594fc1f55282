#pragma once
// The dialling side of a link to one address: dials when there is something to say, proves the
// cluster's key, sends what is queued in order, asks. A failure loses what was queued; the next
// message dials again, not before a pause that doubles up to pause_max. Thread: one event loop.
//
// Invariant: messages leave in the order they came, at most `window` calls unanswered.

#include "node/peer/peer_server.hpp"

#include <deque>
#include <memory>

namespace engram::node {

struct peer_link_rules {
  std::uint64_t queue_bytes_max = 64u << 20;
  std::uint64_t batch_bytes_max = 1u << 20;
  std::uint32_t window = 4;
  base::duration dial_timeout{2'000};
  base::duration answer_timeout{10'000}; // of a delivery: then the link counts as lost
  base::duration pause_first{50}, pause_max{5'000};
};

class peer_link final : private kj::TaskSet::ErrorHandler {
public:
  /// Makes one byte stream to the address; a failed dial throws a kj::Exception.
  using dialer = kj::Function<kj::Promise<kj::Own<kj::AsyncIoStream>>()>;

  peer_link(peer_context& shared, kj::Timer& timer, dialer dial, peer_link_rules rules = {});
  ~peer_link();
  KJ_DISALLOW_COPY(peer_link);

  void send(actors::channel on, std::string message);
  /// `of`: the member that is meant; zero: whoever answers. errc::unavailable: never asked
  /// (definite). errc::disconnected, timed_out: asked, no answer.
  kj::Promise<base::result<actors::answer>> ask(std::shared_ptr<actors::ask> what,
                                                const base::store_id& of = {});
  bool is_up() const { return live_ != nullptr; }
  /// The pause after failures ends.
  void dial_at_once();

private:
  struct session;
  using session_ptr = std::shared_ptr<session>;
  using opened = base::result<session_ptr>;
  struct queued {
    actors::channel on;
    std::string message;
  };

  kj::Promise<opened> open();
  void went_up(const session_ptr& fresh);
  void did_not_go_up(const base::error& why);
  kj::Promise<opened> dial();
  kj::Promise<opened> greet(session_ptr fresh);
  kj::Promise<opened> prove_to(session_ptr fresh, schema::PeerPort::GreetResult::Reader greeting);
  void pump();
  void send_batch(const session_ptr& on);
  void lose(const session_ptr& which, const base::error& why);
  void drop_queue();
  void taskFailed(kj::Exception&& failure) override;

  peer_context& shared_;
  kj::Timer& timer_;
  dialer dial_;
  peer_link_rules rules_;

  session_ptr live_;
  std::optional<kj::ForkedPromise<opened>> dialling_;
  bool is_dialling_ = false;
  kj::TimePoint not_before_;
  base::duration pause_;
  std::deque<queued> queue_;
  std::uint64_t queued_bytes_ = 0;
  std::uint32_t in_flight_ = 0;
  bool opening_ = false;
  std::string last_failure_; // to log each reason once
  kj::TaskSet tasks_;
};

} // namespace engram::node
