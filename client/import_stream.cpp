#include "client/import_stream.hpp"

#include "client/import_state.hpp"

namespace engram::client {

namespace {

/// A message of this many words takes an average batch without a second segment.
constexpr std::uint64_t BATCH_WORDS = 64 * 1024;

template <class Response>
base::result<import_progress> read_progress(const Response& response) {
  const auto result = response.getResult();
  if (result.isError()) return decode(result.getError());
  const auto ok = result.getOk();
  import_progress made;
  made.settled = ok.getSettled();
  made.known = ok.getKnown();
  made.token = to_string(ok.getToken());
  for (auto refusal : ok.getRefused())
    made.refused.push_back({refusal.getItem(), decode(refusal.getError())});
  return made;
}

} // namespace

// -- the handle --

import_stream::import_stream(std::shared_ptr<state> made) : state_(std::move(made)) {}
import_stream::import_stream(import_stream&&) noexcept = default;
import_stream& import_stream::operator=(import_stream&&) noexcept = default;
import_stream::~import_stream() = default;

std::uint64_t import_stream::pushed() const noexcept { return state_->pushed(); }
promise<void> import_stream::push(const import_batch& batch) { return state_->push(batch); }
promise<import_progress> import_stream::progress(std::uint64_t after) {
  return state_->progress(after);
}
promise<import_progress> import_stream::finish() { return state_->finish(); }

// -- what its holder waits for --

import_stream::state::state(std::shared_ptr<space::state> where, std::string name,
                            std::uint64_t next, durability d)
    : where_(std::move(where)), name_(std::move(name)), durability_(d), pushed_(next - 1),
      settled_(pushed_), sent_(pushed_), accepted_(pushed_), attempts_(where_->wire->begun()),
      tasks_(*this) {}

promise<void> import_stream::state::open() {
  tasks_.add(pump());
  return until([this] { return wire_ != nullptr; })
      .then([this]() -> base::result<void> {
        if (failed_) return *failed_;
        return base::success();
      })
      .attach(shared_from_this());
}

promise<void> import_stream::state::push(const import_batch& batch) {
  pushed_ += batch.size();
  if (batch.size() > 0) kept_.push_back({pushed_, batch});
  wake();
  return until([this, upto = pushed_] { return accepted_ >= upto; })
      .then([this]() -> base::result<void> {
        if (failed_) return *failed_;
        return base::success();
      })
      .attach(shared_from_this());
}

promise<import_progress> import_stream::state::progress(std::uint64_t after) {
  return until([this, after] { return settled_ > after || (finishing_ && settled_ == pushed_); })
      .then([this, after] { return report(after); })
      .attach(shared_from_this());
}

promise<import_progress> import_stream::state::finish() {
  finishing_ = true;
  wake();
  return until([this] { return settled_ == pushed_; })
      .then([this]() -> base::result<import_progress> {
        if (settled_ < pushed_) return *failed_;
        return report(0);
      })
      .attach(shared_from_this());
}

base::result<import_progress> import_stream::state::report(std::uint64_t after) {
  if (failed_ && settled_ <= after) return *failed_;
  while (!refused_.empty() && refused_.front().item <= after) refused_.pop_front();
  return import_progress{settled_, known_, {refused_.begin(), refused_.end()}, token_};
}

/// Until `due`, or it never will be.
kj::Promise<void> import_stream::state::until(std::function<bool()> due) {
  if (failed_ || due()) return kj::READY_NOW;
  auto pair = kj::newPromiseAndFulfiller<void>();
  waiters_.push_back({std::move(due), kj::mv(pair.fulfiller)});
  return kj::mv(pair.promise);
}

void import_stream::state::wake() {
  std::erase_if(waiters_, [&](waiter& each) {
    const bool is_due = failed_ || each.due();
    if (is_due) each.fulfiller->fulfill();
    return is_due;
  });
}

// -- sending --

kj::Promise<void> import_stream::state::pump() {
  if (failed_) return kj::READY_NOW;
  if (!wire_) return attach().then([this] { return pump(); });
  for (const auto& batch : kept_)
    if (batch.last > sent_) return send(batch).then([this] { return pump(); });
  return until([this] { return !wire_ || pushed_ > sent_; }).then([this] { return pump(); });
}

kj::Promise<void> import_stream::state::send(const kept_batch& what) {
  auto request = wire_->stream.pushRequest(capnp::MessageSize{BATCH_WORDS, 0});
  auto to = request.initBatch();
  const auto& [episodes, associations] = what.what;
  auto first = to.initEpisodes(static_cast<unsigned>(episodes.size()));
  for (unsigned i = 0; i < episodes.size(); ++i) encode(episodes[i], first[i]);
  auto second = to.initAssociations(static_cast<unsigned>(associations.size()));
  for (unsigned i = 0; i < associations.size(); ++i) encode(associations[i], second[i]);
  sent_ = what.last;
  auto& link = *where_->wire;
  return request.send()
      .then([]() -> base::result<void> { return base::success(); })
      .exclusiveJoin(link.deadline<void>(link.call_timeout(), base::errc::timed_out))
      .catch_([](kj::Exception&& e) -> base::result<void> { return decode(e); })
      .then([this, on = wire_, upto = what.last](base::result<void> taken) {
        if (!taken) return lost(on, taken.error());
        accepted_ = std::max(accepted_, upto);
        wake();
      });
}

// -- wires --

/// A wire, or the end: when what the last one was lost for does not pass.
kj::Promise<void> import_stream::state::attach() {
  if (loss_ && !where_->wire->patient(*loss_, attempts_)) {
    failed_ = loss_;
    wake();
    return kj::READY_NOW;
  }
  const auto pause = loss_ ? attempts_.pause : base::duration{0};
  if (loss_) attempts_ = link::next(attempts_);
  return where_->wire->timer()
      .afterDelay(pause.count() * kj::MILLISECONDS)
      .then([this] { return dial(); })
      .then([this](base::result<wire_ptr> made) {
        if (!made) return lost(nullptr, made.error());
        wire_ = *std::move(made);
        sent_ = settled_;
        tasks_.add(watch(wire_));
        wake();
      });
}

promise<import_stream::state::wire_ptr> import_stream::state::dial() {
  auto attempt = [this](const session_ptr& s) {
    return with_space<wire_ptr>(where_, s, [this, s](schema::MemorySpace::Client& to) {
      auto request = to.streamRequest();
      request.setName(text_of(name_));
      request.setNext(settled_ + 1);
      request.setDurability(encode(durability_));
      return request.send().then([this, s](auto response) -> base::result<wire_ptr> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        auto stream = result.getOk();
        auto observer = stream.observerRequest().send().getObserver();
        return std::make_shared<wire>(wire{s, kj::mv(stream), kj::mv(observer), known_});
      });
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return where_->wire->once<wire_ptr>(*kept).then(
      [kept](base::result<wire_ptr> made) { return made; });
}

/// Asks one wire how far it came, for as long as it is the present one.
kj::Promise<void> import_stream::state::watch(wire_ptr on) {
  auto request = on->observer.progressRequest();
  request.setAfter(settled_);
  auto& link = *where_->wire;
  return request.send()
      .then([](auto response) { return read_progress(response); })
      .exclusiveJoin(link.deadline<import_progress>(link.call_timeout(), base::errc::timed_out))
      .catch_([](kj::Exception&& e) -> base::result<import_progress> { return decode(e); })
      .then([this, on](base::result<import_progress> seen) -> kj::Promise<void> {
        if (wire_ != on) return kj::READY_NOW;
        const bool quiet = !seen && seen.error().code == base::errc::timed_out;
        if (quiet && settled_ == pushed_) return watch(on); // nothing was there to be settled
        if (!seen) {
          lost(on, seen.error());
          return kj::READY_NOW;
        }
        take(on, *std::move(seen));
        return watch(on);
      });
}

void import_stream::state::lost(const wire_ptr& on, const base::error& why) {
  if (wire_ != on) return;
  if (on) where_->wire->failed(on->session, why);
  if (on && why.certainty() == base::certainty::indefinite) {
    doubt_ = why;
    doubtful_ = std::max(doubtful_, sent_);
  }
  wire_.reset();
  if (!loss_) attempts_ = where_->wire->begun();
  loss_ = why;
  wake();
}

void import_stream::state::take(const wire_ptr& on, import_progress seen) {
  if (seen.settled <= settled_) return;
  for (auto& refusal : seen.refused) {
    if (refusal.item <= settled_) continue;
    if (doubt_ && refusal.item <= doubtful_) link::admit(refusal.why, *doubt_);
    refused_.push_back(std::move(refusal));
  }
  settled_ = seen.settled;
  known_ = on->known_before + seen.known;
  token_ = std::move(seen.token);
  while (!kept_.empty() && kept_.front().last <= settled_) kept_.pop_front();
  loss_.reset();
  wake();
}

void import_stream::state::taskFailed(kj::Exception&& e) {
  failed_ = decode(e);
  wake();
}

} // namespace engram::client
