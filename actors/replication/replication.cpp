#include "actors/replication/replication.hpp"

#include "actors/replication/account.hpp"
#include "membership/directory.hpp"

#include <algorithm>
#include <future>

namespace engram::actors {

namespace {

base::error on_disk_here() {
  return {base::errc::timed_out, "stopping; the write is on this node's disk"};
}

std::size_t bytes_of(const std::vector<storage::log_outcome>& outcomes) {
  std::size_t out = 0;
  for (const auto& one : outcomes)
    for (const auto& payload : one.payloads) out += payload.size();
  return out;
}

} // namespace

replication::replication(parts with)
    : with_(std::move(with)),
      zero_(with_.clock.wall() -
            std::chrono::duration_cast<base::duration>(with_.clock.monotonic())),
      counted_(with_.registry), set_({with_.self,
                                      {with_.log.self_number(), with_.log.self()},
                                      with_.store,
                                      with_.log,
                                      with_.entropy,
                                      *this,
                                      counted_,
                                      with_.rules}) {}

void replication::start() {
  thread_ = std::thread([this] { run(); });
}

replication::~replication() { stop(); }

// -- the inbox ----------------------------------------------------------------------------------

/// False: stopping. What is not taken then answers for itself.
bool replication::enqueue(event what, std::size_t bytes, bool droppable) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (droppable && inbox_bytes_ + bytes > with_.rules.inbox_bytes_max) {
      counted_.dropped.add();
      return true;
    }
    inbox_bytes_ += bytes;
    inbox_.push_back(std::move(what));
    urgent_ = true;
  }
  wake_.notify_one();
  return true;
}

void replication::arrived(const base::store_id& from, std::string message) {
  const auto bytes = message.size();
  enqueue(arrival{from, std::move(message)}, bytes, true);
}

void replication::set_members(std::vector<member_info> members) {
  enqueue(call([this, members = std::move(members)] {
    for (const auto& m : members) addresses_.insert_or_assign(m.store, m.address);
    set_.set_members(members);
    alone_ = set_.is_alone();
  }));
}

void replication::opened(std::shared_ptr<space_slot> slot) {
  enqueue(call([this, slot = std::move(slot)] {
    const auto view = slot->view();
    set_.opened(slot->config.identity, view->applied,
                slot->lost_at_open + view->state->counts.damaged > 0);
  }));
}

void replication::dropped(const base::space_id& space) {
  enqueue(call([this, space] { set_.dropped(space); }));
}

/// Beyond the inbox's bound they are read from the disk again.
bool replication::wants_payloads() {
  if (alone_) return false;
  const std::lock_guard lock(mutex_);
  return inbox_bytes_ < with_.rules.inbox_bytes_max;
}

void replication::formed(const outcomes& what) {
  const bool own = std::any_of(what->begin(), what->end(), [this](const auto& one) {
    return one.origin == with_.log.self_number();
  });
  if (own && !alone_) enqueue(call([this, what] { set_.formed(*what); }));
}

/// Alone nobody waits for it: it is taken with the next step, and no thread is woken for it.
void replication::durable(const outcomes& what) {
  call take_it = [this, what] { set_.durable(*what); };
  if (!alone_) {
    enqueue(std::move(take_it), bytes_of(*what));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (!stopping_) inbox_.emplace_back(std::move(take_it));
}

void replication::restored(std::uint32_t number, const base::space_id& space,
                           storage::log_vector held, bool filling) {
  enqueue(call([this, number, space, held = std::move(held), filling] {
    set_.restored(number, space, held, filling);
  }));
}

void replication::await(const base::space_id& space, std::vector<storage::needed_entries> needs,
                        std::size_t copies, std::chrono::nanoseconds patience,
                        reply<std::size_t> done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      const base::duration wait{patience.count() / 1'000'000};
      inbox_.push_back(waiting{space, std::move(needs), copies, steady() + wait, std::move(done)});
      urgent_ = true;
      wake_.notify_one();
      return;
    }
  }
  done(on_disk_here());
}

/// On the replicas' thread: an entry that was acknowledged to another member is seen.
void replication::durable_vector(const base::space_id& space, reply<version_vector> done) {
  auto told = std::make_shared<reply<version_vector>>(std::move(done));
  const bool taken = enqueue(call([this, space, told] {
    version_vector out;
    if (const auto* core = set_.find(space))
      for (const auto& [origin, mark] : core->held().marks()) out.raise(origin, mark.sequence);
    (*told)(std::move(out));
  }));
  if (!taken) (*told)(base::error{base::errc::shutting_down, {}});
}

/// Runs `work` on the replicas' thread; nothing when that ends before.
template <class T>
std::optional<T> replication::result_of(std::function<T()> work) {
  auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  enqueue(
      call([promise = std::move(promise), work = std::move(work)] { promise->set_value(work()); }));
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

std::vector<replica_info> replication::replicas_of(const base::space_id& space) {
  using found = std::vector<replica_info>;
  return result_of<found>([this, space] { return set_.look_up(space); }).value_or(found{});
}

std::optional<bool> replication::is_elsewhere(const base::space_id& space) {
  using known = std::optional<bool>;
  return result_of<known>([this, space] { return set_.is_elsewhere(space); }).value_or(known{});
}

bool replication::covered(const base::space_id& space) {
  return result_of<bool>([this, space] { return set_.is_covered(space); }).value_or(false);
}

bool replication::may_let_go(const base::space_id& space) {
  return result_of<bool>([this, space] { return set_.may_let_go(space); }).value_or(false);
}

bool replication::let_go(const base::space_id& space) {
  return result_of<bool>([this, space] { return set_.let_go(space); }).value_or(false);
}

replication::floors replication::floors_of(const base::space_id& space,
                                           const std::vector<storage::vector_row>& rows) {
  return result_of<floors>([this, space, rows] { return set_.floors_of(space, rows); })
      .value_or(floors{});
}

// -- the thread ---------------------------------------------------------------------------------

void replication::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

/// For all that waits: near the wall clock, but it never jumps.
base::instant replication::steady() const {
  return zero_ + std::chrono::duration_cast<base::duration>(with_.clock.monotonic());
}

void replication::tell_time() { set_.set_time(steady(), with_.clock.wall()); }

void replication::work(event& what) {
  tell_time();
  std::visit([&](auto& e) { take(e); }, what);
}

void replication::run() {
  const auto pause = with_.rules.step;
  std::unique_lock lock(mutex_);
  auto next_tick = with_.clock.monotonic() + pause;
  while (!stopping_) {
    wake_.wait_for(lock, pause, [&] { return stopping_ || urgent_; });
    auto events = std::exchange(inbox_, {});
    inbox_bytes_ = 0;
    urgent_ = false;
    lock.unlock();
    for (auto& what : events) work(what);
    tell_time();
    if (with_.clock.monotonic() >= next_tick) {
      set_.tick();
      next_tick = with_.clock.monotonic() + pause;
    }
    set_.flush();
    lock.lock();
  }
  auto left = std::exchange(inbox_, {});
  lock.unlock();
  for (auto& what : left)
    if (auto* wait = std::get_if<waiting>(&what)) wait->done(on_disk_here());
  for (auto& [id, done] : std::exchange(waiting_, {})) done(on_disk_here());
}

void replication::take(arrival& what) {
  const auto decoded = storage::message::decode_replication(what.message);
  if (!decoded) {
    counted_.malformed.add();
    return;
  }
  set_.receive(what.from, *decoded, what.message.size());
}

void replication::take(waiting& what) {
  const auto id = ++last_wait_;
  waiting_.emplace(id, std::move(what.done));
  set_.await(id, what.space, std::move(what.needs), what.copies, what.deadline);
}

// -- what the replicas ask ----------------------------------------------------------------------

std::vector<base::store_id> replication::placement_of(const base::space_id& space) {
  return with_.host.placement_of(space);
}

bool replication::write(const storage::batch& changes) {
  return with_.log.note(changes).has_value();
}

void replication::send(const base::store_id& to, storage::message::any what) {
  with_.net.send(addresses_.at(to), channel::replication, storage::message::encode(what));
}

void replication::apply(const base::space_id& space, std::vector<storage::tail_entry> entries) {
  if (space == membership::directory_identity())
    return with_.host.apply_directory(std::move(entries));
  const auto slot = with_.host.find(space);
  if (!slot) return;

  std::vector<foreign_entry> ready(entries.size());
  with_.pool.for_each(entries.size(), [&](std::size_t i) {
    auto& [origin, header, payload, after_gap] = entries[i];
    ready[i].meta = meta_of(header, origin);
    if (!payload) return;
    auto what = memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                                        *std::move(payload), slot->config, slot->words);
    if (what)
      ready[i].what = *std::move(what);
    else
      ready[i].unreadable = what.error();
  });
  slot->apply(std::move(ready));
}

void replication::stands(const base::space_id& space, const copy_standing& how) {
  const auto slot = with_.host.find(space);
  if (!slot) return;
  const bool at_all = how.sure_at != never_sure && how.sure_at != always_sure;
  slot->set_sure_at(at_all ? base::instant{(how.sure_at - zero_).count()} : how.sure_at);
  slot->set_lagging(how.lagging);
  if (how.may_read == copy_standing::reading::allowed) slot->serve();
  if (how.may_read == copy_standing::reading::withdrawn) slot->withdraw();
}

void replication::answer(std::uint64_t wait, base::result<std::vector<base::store_id>> holders) {
  auto waits = waiting_.extract(wait);
  if (waits.empty()) return;
  if (holders)
    waits.mapped()(holders->size());
  else
    waits.mapped()(holders.error());
}

void replication::run_forked() {
  with_.host.run_forked({base::errc::origin_forked, "another store writes under this run's name"});
}

void replication::exchange(const base::space_id& space) {
  with_.host.exchange_copy(space, [this, space] {
    (void)result_of<bool>(
        [this, space] { return with_.log.settle() && set_.finish_exchange(space); });
  });
}

// -- state --------------------------------------------------------------------------------------

void replication::look_into(const base::space_id& space, bool rebuild, reply<audit> done) {
  auto asked = std::make_shared<reply<audit>>(std::move(done)); // answered, also when dropped
  const std::shared_ptr<void> otherwise(nullptr, [asked](void*) {
    if (*asked) (*asked)(base::error{base::errc::unavailable, "this copy is not open"});
  });
  auto reply_once = [asked, otherwise](base::result<audit> got) {
    if (auto once = std::exchange(*asked, {})) once(std::move(got));
  };
  enqueue(call([this, space, rebuild, reply_once = std::move(reply_once)] {
    if (set_.find(space) == nullptr) return with_.host.want(space);
    if (auto known = set_.inspect(space, rebuild)) return reply_once(*std::move(known));
    read_account(space, set_.number_of(space), storage::account_wish::whole, reply_once);
  }));
}

void replication::read_account(const base::space_id& space, std::uint32_t number,
                               storage::account_wish which) {
  read_account(space, number, which, {});
}

/// On the pool; what is not read is asked for again.
void replication::read_account(const base::space_id& space, std::uint32_t number,
                               storage::account_wish which, reply<audit> done) {
  (void)with_.pool.submit([this, space, number, which, done = std::move(done)] {
    if (done) (void)with_.log.settle(); // state comes to the disk with the next batch
    auto read = actors::read_account(with_.store, number, which);
    enqueue(call([this, space, number, done, read = std::move(read)] {
      set_.take_account(space, number, read);
      if (done) done(set_.audit_of(space, number, read));
    }));
  });
}

} // namespace engram::actors
