#include "client/link.hpp"

#include "client/version.hpp"

#include <capnp/rpc-twoparty.h>

namespace engram::client {

namespace {

constexpr std::uint16_t FEATURE_MIN = 1, FEATURE_MAX = 1;
constexpr const char* CLIENT_VERSION = VERSION;

} // namespace

struct session {
  explicit session(kj::Own<kj::AsyncIoStream> own)
      : stream(kj::mv(own)), rpc(*stream), root(rpc.bootstrap().castAs<schema::Engram>()) {}

  kj::Own<kj::AsyncIoStream> stream;
  capnp::TwoPartyClient rpc;
  schema::Engram::Client root;
  schema::Session::Client granted = nullptr;
};

link::link(std::vector<dialer> servers, kj::Timer& timer, connection_options options)
    : servers_(std::move(servers)), timer_(timer), options_(std::move(options)) {}

link::~link() = default;

schema::Session::Client link::client_of(const session_ptr& s) { return s->granted; }

promise<session_ptr> link::open() {
  if (session_) return base::result<session_ptr>(session_);
  if (!dialing_) dialing_.emplace(dial_any(servers_.size()).fork());
  return dialing_->addBranch().then([this](base::result<session_ptr> got) {
    if (got && !session_) session_ = *got;
    dialing_.reset();
    return got;
  });
}

/// Dials one server after another until a session is granted, an error would be the same at each
/// of them, or `left` of them were tried.
promise<session_ptr> link::dial_any(std::size_t left) {
  return dial().then([this, left](base::result<session_ptr> got) -> promise<session_ptr> {
    const bool next =
        !got && left > 1 &&
        (is_elsewhere_better(got.error()) || got.error().code == base::errc::incompatible);
    if (!next) return kj::mv(got);
    go_on();
    return dial_any(left - 1);
  });
}

promise<session_ptr> link::dial() {
  return kj::evalNow([this] { return servers_[at_](); })
      .then([this](kj::Own<kj::AsyncIoStream> stream) {
        return greet(std::make_shared<session>(kj::mv(stream)));
      })
      .exclusiveJoin(deadline<session_ptr>(options_.connect_timeout, base::errc::disconnected))
      .catch_([](kj::Exception&& e) -> base::result<session_ptr> {
        // Whatever went wrong with it, nothing was asked of the node yet.
        return {base::errc::disconnected, decode(e).context};
      });
}

promise<session_ptr> link::greet(session_ptr fresh) {
  auto request = fresh->root.helloRequest();
  request.setClientVersion(CLIENT_VERSION);
  request.setFeatureMin(FEATURE_MIN);
  request.setFeatureMax(FEATURE_MAX);
  return request.send().then([this, fresh](auto response) -> promise<session_ptr> {
    peer_ = decode(response.getHello());
    if (peer_.feature_min > FEATURE_MAX || peer_.feature_max < FEATURE_MIN)
      return base::result<session_ptr>(
          base::errc::incompatible,
          "the node speaks feature levels " + std::to_string(peer_.feature_min) + " to " +
              std::to_string(peer_.feature_max) + ", this client " + std::to_string(FEATURE_MIN) +
              " to " + std::to_string(FEATURE_MAX));
    return authenticate(fresh);
  });
}

promise<session_ptr> link::authenticate(session_ptr fresh) {
  auto request = fresh->root.authenticateRequest();
  request.setKey(text_of(options_.key));
  return request.send().then([fresh](auto response) -> base::result<session_ptr> {
    const auto result = response.getResult();
    if (result.isError()) return decode(result.getError());
    fresh->granted = result.getSession();
    return fresh;
  });
}

void link::forget(const session_ptr& used) noexcept {
  if (session_ != used) return; // another call was here first
  session_.reset();
  go_on();
}

bool link::is_elsewhere_better(const base::error& e) const noexcept {
  const bool lost = e.code == base::errc::disconnected;
  return lost || (servers_.size() > 1 && e.advice() != base::advice::give_up);
}

bool link::patient(const base::error& e, const attempts& so_far) const {
  if (e.advice() == base::advice::use_other) return so_far.made < servers_.size();
  const bool again =
      e.advice() == base::advice::retry_later || e.advice() == base::advice::reconnect;
  return again && timer_.now() - so_far.began < options_.patience.count() * kj::MILLISECONDS;
}

} // namespace engram::client
