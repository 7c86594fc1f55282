#pragma once
// Internal to client/: the wire under a connection. Dials, says hello, authenticates, and does it
// again after a loss; runs calls with a timeout and tries them again while their errors allow, at
// the next server where there are several.
// Owner: the connection and its spaces, shared. Thread: the event loop's.
// Invariant: there is at most one session, and callers that find none wait for the same dial.

#include "client/codec.hpp"
#include "client/connection.hpp"

#include <kj/timer.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

namespace engram::client {

/// What one dial yielded. Lives on while somebody holds it, even when the link has moved on.
struct session;
using session_ptr = std::shared_ptr<session>;

class link : public std::enable_shared_from_this<link> {
public:
  link(std::vector<dialer> servers, kj::Timer& timer, connection_options options);
  ~link();

  /// The present session; dials when there is none. Its client is `client_of`.
  promise<session_ptr> open();
  static schema::Session::Client client_of(const session_ptr& s);
  const peer_info& peer() const noexcept { return peer_; }

  /// Runs `attempt`, a callable from session_ptr to promise<T>, until it succeeds, its error says
  /// that trying again is no use, or patience ends. The last error is returned, which is certain
  /// only if no attempt before it may have taken effect.
  template <class T, class Attempt>
  promise<T> retrying(Attempt attempt) {
    return again<T>(kj::mv(attempt), begun());
  }

  /// Runs `attempt` once: KJ exceptions become errors, call_timeout becomes errc::timed_out.
  template <class T, class Attempt>
  promise<T> once(Attempt& attempt) {
    auto tried = open().then([this, &attempt](base::result<session_ptr> s) -> promise<T> {
      if (!s) return base::result<T>(s.error());
      auto answered = kj::evalNow([&] { return attempt(*s); })
                          .exclusiveJoin(deadline<T>(options_.call_timeout, base::errc::timed_out))
                          .catch_([](kj::Exception&& e) -> base::result<T> { return decode(e); });
      return answered.then([this, used = *s](base::result<T> got) {
        if (!got) failed(used, got.error());
        return got;
      });
    });
    return tried.attach(shared_from_this());
  }

  /// How often and since when a call was tried.
  struct attempts {
    kj::TimePoint began = kj::origin<kj::TimePoint>();
    base::duration pause{50}; // before the next
    std::size_t made = 1;
    std::optional<base::error> doubt; // of the last that may have taken effect
  };
  /// Whether what ended with `e` may be tried again.
  bool patient(const base::error& e, const attempts& so_far) const;
  attempts begun() const {
    attempts first;
    first.began = timer_.now();
    return first;
  }
  static attempts next(const attempts& so_far) {
    const auto longer = std::min(so_far.pause * 2, base::duration{1'000});
    return {so_far.began, longer, so_far.made + 1, so_far.doubt};
  }
  /// A refusal is certain only if no attempt before it may have taken effect.
  static void admit(base::error& refusal, const base::error& doubt) {
    if (refusal.certainty() == base::certainty::indefinite) return;
    refusal = {doubt.code, doubt.context + "; tried again: " + refusal.message()};
  }
  /// What `used` gave ended like this: another call may do better on a fresh session.
  void failed(const session_ptr& used, const base::error& e) noexcept {
    if (is_elsewhere_better(e)) forget(used);
  }
  kj::Timer& timer() noexcept { return timer_; }
  base::duration call_timeout() const noexcept { return options_.call_timeout; }
  template <class T>
  promise<T> deadline(base::duration after, base::errc then) {
    return timer_.afterDelay(after.count() * kj::MILLISECONDS).then([then]() -> base::result<T> {
      return {then, "no answer"};
    });
  }

private:
  template <class T, class Attempt>
  promise<T> again(Attempt attempt, attempts so_far) {
    auto kept = std::make_shared<Attempt>(kj::mv(attempt));
    auto asked = std::make_shared<bool>(false); // otherwise no node has heard of it
    auto told = std::make_shared<std::function<promise<T>(const session_ptr&)>>(
        [kept, asked](const session_ptr& s) {
          *asked = true;
          return (*kept)(s);
        });
    return once<T>(*told).then([self = shared_from_this(), kept, asked, told,
                                so_far](base::result<T> got) mutable -> promise<T> {
      if (got || !self->patient(got.error(), so_far)) {
        if (so_far.doubt) admit(got, *so_far.doubt);
        return kj::mv(got);
      }
      if (*asked && got.error().certainty() == base::certainty::indefinite)
        so_far.doubt = got.error();
      return self->timer_.afterDelay(so_far.pause.count() * kj::MILLISECONDS)
          .then([self, kept, so_far]() {
            return self->template again<T>(kj::mv(*kept), next(so_far));
          });
    });
  }

  template <class T>
  static void admit(base::result<T>& got, const base::error& doubt) {
    if constexpr (std::is_same_v<T, write_result>) {
      if (got)
        for (auto& item : got->items) admit(item, doubt);
    }
    if (got) return;
    base::error refusal = got.error();
    admit(refusal, doubt);
    got = base::result<T>(std::move(refusal));
  }

  bool is_elsewhere_better(const base::error& e) const noexcept;
  void forget(const session_ptr& used) noexcept;
  void go_on() noexcept { at_ = (at_ + 1) % servers_.size(); }
  promise<session_ptr> dial_any(std::size_t left);
  promise<session_ptr> dial();
  promise<session_ptr> greet(session_ptr fresh);
  promise<session_ptr> authenticate(session_ptr fresh);

  std::vector<dialer> servers_;
  std::size_t at_ = 0; // the server that is dialled next
  kj::Timer& timer_;
  connection_options options_;
  peer_info peer_;
  session_ptr session_;
  std::optional<kj::ForkedPromise<base::result<session_ptr>>> dialing_;
};

} // namespace engram::client
