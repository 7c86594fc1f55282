#include "actors/log/log_thread.hpp"

#include <utility>

namespace engram::actors {

namespace {

constexpr std::chrono::milliseconds disk_look_interval{250};

/// What this run wrote; entries of other runs are the tap's.
std::map<std::uint32_t, std::vector<log_outcome>>
by_space(const std::vector<storage::log_outcome>& from, std::uint32_t self) {
  std::map<std::uint32_t, std::vector<log_outcome>> out;
  for (const auto& o : from)
    if (o.origin == self) out[o.space].push_back({o.ticket, o.origin, o.entries});
  return out;
}

} // namespace

log_thread::log_thread(storage::store& store, storage::catalog catalog, const base::clock& clock,
                       base::registry& registry, config how)
    : store_(store), clock_(clock), how_(std::move(how)), self_(catalog.self().origin),
      self_number_(catalog.self().number), catalog_(std::move(catalog)),
      log_({catalog_.self().number, catalog_.self().origin}, catalog_.newest_stamp()),
      room_({how_.disk_reserve_bytes}),
      batches_(registry.add_counter("engram_actors_log_batches_total", "Batches written")),
      entries_(registry.add_counter("engram_actors_log_entries_total", "Entries made durable")),
      bytes_(registry.add_counter("engram_actors_log_bytes_total", "Bytes of batches written")),
      refused_(registry.add_counter("engram_actors_log_refused_total",
                                    "Submissions refused before they were logged")),
      write_us_(registry.add_histogram("engram_actors_log_write_microseconds",
                                       "Time of one batch, sync included")) {
  thread_ = std::thread([this] { run(); });
}

log_thread::~log_thread() { (void)stop(); }

void log_thread::submit(storage::submission what) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(what));
  }
  wake_.notify_one();
}

void log_thread::note(std::uint32_t space, partition::state_note what) {
  const std::lock_guard lock(mutex_);
  for (auto& put : what.changes.puts) log_.note_put(space, put.key, std::move(put.value));
  for (const auto& key : what.changes.erases) log_.note_erase(space, key);
  for (const auto& ref : what.changes.payload_erases)
    log_.note_payload_erased(space, ref.origin_number, ref.sequence);
  for (const auto& [origin, sequence] : what.applied) log_.note_applied(space, origin, sequence);
}

base::result<void> log_thread::note(const storage::batch& changes) {
  {
    const std::lock_guard lock(mutex_);
    log_.notes().append(changes);
  }
  return settle();
}

std::uint32_t log_thread::number_of(const base::space_id& identity) {
  const std::lock_guard lock(mutex_);
  return catalog_.add_space(identity, {}, log_.notes());
}

void log_thread::attach(std::uint32_t space, listener hears) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.insert_or_assign(space, std::move(hears));
}

void log_thread::detach(std::uint32_t space) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.erase(space);
}

base::result<void> log_thread::settle() {
  std::unique_lock lock(mutex_);
  const auto mine = ++settle_wanted_;
  wake_.notify_one();
  settled_.wait(lock, [&] { return settle_done_ >= mine || (stopping_ && failed_); });
  if (failed_) return {base::errc::unavailable, "the store failed"};
  return base::success();
}

void log_thread::use(const std::function<void(storage::log_writer&, storage::catalog&)>& work) {
  {
    const std::lock_guard lock(mutex_);
    work(log_, catalog_);
  }
  wake_.notify_one();
}

bool log_thread::has_room() {
  const std::lock_guard lock(mutex_);
  if (!disk_low_ || clock_.monotonic() - looked_at_ < disk_look_interval) return !disk_low_;
  disk_low_ = reserve_reached(0);
  return !disk_low_;
}

std::vector<base::space_id> log_thread::kept_spaces() const {
  const std::lock_guard lock(mutex_);
  std::vector<base::space_id> out;
  for (const auto& [number, row] : catalog_.spaces())
    if (!row.dropped) out.push_back(row.identity);
  return out;
}

std::vector<std::uint32_t> log_thread::space_numbers() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint32_t> out;
  for (const auto& [number, row] : catalog_.spaces())
    if (!row.dropped) out.push_back(number);
  return out;
}

void log_thread::drop(const base::space_id& identity) {
  const std::lock_guard lock(mutex_);
  const auto number = catalog_.add_space(identity, {}, log_.notes());
  log_.forget(number);
  catalog_.drop_space(number, log_.notes());
}

void log_thread::release(const base::space_id& identity) {
  const std::lock_guard lock(mutex_);
  const auto number = catalog_.space_number(identity);
  if (!number) return;
  log_.forget(*number);
  restored_.erase(*number);
  catalog_.release_space(*number, log_.notes());
}

bool log_thread::is_joining() const {
  const std::lock_guard lock(mutex_);
  return catalog_.is_joining();
}

void log_thread::joined() {
  const std::lock_guard lock(mutex_);
  if (catalog_.is_joining()) catalog_.joined(log_.notes());
}

std::optional<std::uint32_t> log_thread::run_number(const base::origin_id& origin) const {
  const std::lock_guard lock(mutex_);
  return catalog_.run_number(origin);
}

log_thread::origins log_thread::known_origins() const {
  const std::lock_guard lock(mutex_);
  origins out;
  for (const auto& [number, row] : catalog_.runs()) {
    out.by_number.emplace(number, row.origin);
    if (!row.own) out.foreign.insert(number);
  }
  out.self = catalog_.self().number;
  return out;
}

void log_thread::restore(std::uint32_t space, const std::vector<storage::vector_row>& rows,
                         const std::vector<std::pair<std::uint32_t, storage::entry_header>>& tail) {
  storage::log_vector held;
  base::space_id identity;
  bool filling = false;
  {
    const std::lock_guard lock(mutex_);
    if (!restored_.insert(space).second) return;
    identity = catalog_.spaces().at(space).identity;
    filling = catalog_.is_marked(space, storage::catalog::mark_filling);
    for (const auto& row : rows) {
      log_.restore(space, row.origin, row.applied, row.running);
      held.raise(catalog_.runs().at(row.origin).origin, {row.applied, row.running});
    }
    for (const auto& [origin, header] : tail) {
      log_.replayed(space, origin, header);
      if (header.sequence == held.at(header.origin) + 1) // damage left a gap: that is no claim
        held.raise(header.origin, {header.sequence, header.running});
    }
  }
  if (tap_ != nullptr) tap_->restored(space, identity, std::move(held), filling);
}

bool log_thread::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

bool log_thread::disk_low() const {
  const std::lock_guard lock(mutex_);
  return disk_low_;
}

base::result<void> log_thread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (failed()) return {base::errc::unavailable, "the store failed"};
  return base::success();
}

void log_thread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] {
      return stopping_ || !inbox_.empty() || settle_wanted_ > settle_done_ ||
             (log_.entries_waiting() && !failed_);
    });
    if (!work(lock) && stopping_ && inbox_.empty()) break;
  }
}

/// One round: everything that came so far. False when there was nothing to do.
bool log_thread::work(std::unique_lock<std::mutex>& lock) {
  const auto settles = settle_wanted_;
  auto mine = std::exchange(inbox_, {});
  const bool busy = !mine.empty() || settles > settle_done_ ||
                    (!failed_ && (log_.entries_waiting() || (stopping_ && !log_.idle())));
  std::size_t bytes = log_.queued_bytes();
  for (const auto& s : mine)
    for (const auto& item : s.items) bytes += item.payload.stored.size();
  if (failed_) {
    refuse(lock, std::move(mine), {base::errc::unavailable, "the store failed"});
  } else if (bytes > 0 && reserve_reached(bytes)) {
    disk_low_ = true;
    refuse(lock, std::move(mine),
           {base::errc::disk_reserve, "free bytes=" + std::to_string(bytes_free_)});
    // What came from others was taken while there was room.
    while (!failed_ && log_.entries_waiting() && write_once(lock)) {
    }
  } else {
    if (bytes > 0) disk_low_ = false;
    while ((!mine.empty() || log_.entries_waiting()) && !failed_) {
      while (!mine.empty() && log_.append(mine.front())) mine.pop_front();
      while (log_.entries_waiting() && write_once(lock)) {
      }
    }
    if (!mine.empty()) refuse(lock, std::move(mine), {base::errc::unavailable, "the store failed"});
    const bool to_the_end = stopping_ || settles > settle_done_;
    if (to_the_end && !failed_ && !log_.idle()) (void)write_once(lock);
  }
  settle_done_ = settles;
  settled_.notify_all();
  return busy;
}

/// Forms and writes one batch; false when the store failed.
bool log_thread::write_once(std::unique_lock<std::mutex>& lock) {
  auto formed = log_.form(clock_.wall(), tap_ != nullptr && tap_->wants_payloads());
  // At the end the state has to be durable, not only what was acknowledged.
  const bool sync = formed.sync || stopping_ || settle_wanted_ > settle_done_;
  written_since_ += formed.changes.bytes();
  lock.unlock();
  const auto made =
      std::make_shared<const std::vector<storage::log_outcome>>(std::move(formed.outcomes));
  const bool tapped = tap_ != nullptr && !made->empty();
  if (tapped) tap_->formed(made);
  const auto began = clock_.monotonic();
  const auto written = store_.write(formed.changes, sync);
  const auto took = clock_.monotonic() - began;
  batches_.add();
  bytes_.add(formed.changes.bytes());
  write_us_.record_us(static_cast<std::uint64_t>(took.count() / 1000));
  for (const auto& o : *made) entries_.add(o.entries.size());
  if (tapped && written) tap_->durable(made);
  auto outcomes = by_space(*made, self_number_);
  if (!written)
    for (auto& [space, list] : outcomes)
      for (auto& outcome : list)
        outcome.entries = base::error{base::errc::write_failed, written.error().message()};
  for (auto& [space, list] : outcomes) deliver(space, std::move(list));
  lock.lock();
  if (!written) fail(lock, written.error());
  return !failed_;
}

void log_thread::refuse(std::unique_lock<std::mutex>& lock, std::deque<storage::submission> what,
                        const base::error& why) {
  if (what.empty()) return;
  lock.unlock();
  refused_.add(what.size());
  std::map<std::uint32_t, std::vector<log_outcome>> outcomes;
  for (const auto& s : what) outcomes[s.space].push_back({s.ticket, 0, why});
  for (auto& [space, list] : outcomes) deliver(space, std::move(list));
  lock.lock();
}

void log_thread::fail(std::unique_lock<std::mutex>& lock, const base::error& why) {
  // What the core still holds was never written: as refused, but its order comes first.
  std::vector<storage::log_outcome> left;
  failed_ = true;
  while (log_.entries_waiting()) {
    auto formed = log_.form(clock_.wall());
    std::move(formed.outcomes.begin(), formed.outcomes.end(), std::back_inserter(left));
  }
  lock.unlock();
  auto outcomes = by_space(left, self_number_);
  for (auto& [space, list] : outcomes) {
    for (auto& outcome : list)
      outcome.entries = base::error{base::errc::unavailable, "the store failed"};
    deliver(space, std::move(list));
  }
  if (how_.fatal) how_.fatal(why);
  lock.lock();
}

bool log_thread::reserve_reached(std::size_t bytes) {
  if (how_.disk_reserve_bytes == 0) return false;
  const auto now = clock_.monotonic();
  const bool stale = looked_at_.count() < 0 || now - looked_at_ >= disk_look_interval ||
                     written_since_ + bytes > how_.disk_reserve_bytes / 4 || disk_low_;
  if (stale) {
    const auto stats = store_.stats();
    if (!stats) return false; // a store that cannot tell says so when it is written to
    bytes_free_ = stats->bytes_free;
    written_since_ = 0;
    looked_at_ = now;
  }
  return !room_.step(bytes_free_, written_since_ + bytes);
}

void log_thread::deliver(std::uint32_t space, std::vector<log_outcome> what) {
  const std::lock_guard lock(listeners_mutex_);
  const auto found = listeners_.find(space);
  if (found != listeners_.end()) found->second(std::move(what));
}

} // namespace engram::actors
