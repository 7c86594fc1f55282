#include "actors/replication/replication.hpp"

#include <algorithm>
#include <future>

namespace engram::actors {

replication::replication(parts with)
    : with_(std::move(with)),
      zero_(with_.clock.wall() -
            std::chrono::duration_cast<base::duration>(with_.clock.monotonic())),
      pacer_(with_.rules.copy_bytes_per_second),
      sent_(with_.registry.add_counter("engram_actors_replication_sent_total",
                                       "Messages about replicas sent to other members")),
      received_(with_.registry.add_counter("engram_actors_replication_received_total",
                                           "Messages about replicas that came from others")),
      dropped_(with_.registry.add_counter("engram_actors_replication_dropped_total",
                                          "Messages dropped for the inbox's bound or a full disk")),
      malformed_(with_.registry.add_counter("engram_actors_replication_malformed_total",
                                            "Messages from members that could not be read")),
      applied_(with_.registry.add_counter("engram_actors_replication_applied_total",
                                          "Entries of other runs handed to their spaces")),
      forks_(with_.registry.add_counter("engram_actors_replication_forks_total",
                                        "Entries that did not fit the log they claim to follow")),
      snapshots_(with_.registry.add_counter("engram_actors_replication_snapshots_total",
                                            "Copies of spaces replaced by a snapshot")),
      rebuilds_(with_.registry.add_counter("engram_actors_replication_rebuilds_total",
                                           "Damaged copies that asked another for a snapshot")),
      released_(with_.registry.add_counter(
          "engram_actors_replication_released_total",
          "Copies erased here because all that hold the space now have everything")),
      diverged_(with_.registry.add_counter(
          "engram_actors_replication_diverged_total",
          "Vectors at which another replica's state differed though both were as written")),
      offers_refused_(with_.registry.add_counter(
          "engram_actors_replication_offers_refused_total",
          "Snapshots not taken because entries here would be lost; growing: look into it")),
      waiting_for_room_(with_.registry.add_gauge(
          "engram_actors_replication_waiting_for_room",
          "New replicas that are not copied while the disk is more than 80 % full")) {}

void replication::start() {
  thread_ = std::thread([this] { run(); });
}

replication::~replication() { stop(); }

void replication::enqueue(event what, std::size_t bytes, bool droppable) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return; // what is dropped answers for itself
    if (droppable && inbox_bytes_ + bytes > with_.rules.inbox_bytes_max) {
      dropped_.add();
      return;
    }
    inbox_bytes_ += bytes;
    inbox_.push_back(std::move(what));
    urgent_ = true;
  }
  wake_.notify_one();
}

void replication::arrived(const base::store_id& from, std::string message) {
  const auto bytes = message.size();
  enqueue(arrival{from, std::move(message)}, bytes, true);
}

void replication::set_members(std::vector<member_info> members) {
  enqueue(call(
      [this, members = std::move(members)]() mutable { members_changed(std::move(members)); }));
}

void replication::opened(std::shared_ptr<space_slot> slot) { enqueue(opening{std::move(slot)}); }

namespace {

std::size_t bytes_of(const std::vector<storage::log_outcome>& outcomes) {
  std::size_t out = 0;
  for (const auto& one : outcomes)
    for (const auto& payload : one.payloads) out += payload.size();
  return out;
}

} // namespace

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
  if (own && !alone_) enqueue(forming{what});
}

/// Alone nobody waits for it: it is taken with the next step, and no thread is woken for it.
void replication::durable(const outcomes& what) {
  if (!alone_) return enqueue(what, bytes_of(*what));
  const std::lock_guard lock(mutex_);
  if (!stopping_) inbox_.push_back(what);
}

void replication::restored(std::uint32_t number, const base::space_id& space,
                           storage::log_vector held, bool filling) {
  enqueue(restoration{number, space, std::move(held), filling});
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
  done(base::error{base::errc::timed_out, "stopping; the write is on this node's disk"});
}

/// On the replicas' thread: an entry that was acknowledged to another member is seen.
void replication::durable_vector(const base::space_id& space, reply<version_vector> done) {
  auto told = std::make_shared<reply<version_vector>>(std::move(done));
  const auto look = [this, space, told] {
    version_vector out;
    if (const auto* which = find(space))
      for (const auto& [origin, mark] : which->core->held().marks())
        out.raise(origin, mark.sequence);
    (*told)(std::move(out));
  };
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      inbox_.push_back(call(look));
      urgent_ = true;
      wake_.notify_one();
      return;
    }
  }
  (*told)(base::error{base::errc::shutting_down, {}});
}

namespace {

/// Runs `work` on the thread behind `post`; nothing when it ends before.
template <class T>
std::optional<T> result_of(const std::function<void(std::function<void()>)>& post,
                           std::function<T()> work) {
  auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  post([promise = std::move(promise), work = std::move(work)] { promise->set_value(work()); });
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

} // namespace

std::vector<replica_info> replication::replicas_of(const base::space_id& space) {
  const auto got = result_of<std::vector<replica_info>>(
      [this](call what) { enqueue(std::move(what)); }, [this, space] { return look_up(space); });
  return got.value_or(std::vector<replica_info>{});
}

std::vector<replica_info> replication::look_up(const base::space_id& space) const {
  std::vector<replica_info> out;
  const auto found = replicas_.find(space);
  if (found == replicas_.end()) return out;
  const auto& which = found->second;
  const auto& placed = which.placement;
  const auto& held = which.core->held();
  storage::log_vector most;
  for (const auto& [id, other] : peers_) {
    const auto* said = which.core->known(id);
    if (said == nullptr) continue;
    for (const auto& [origin, mark] : said->marks()) most.raise(origin, mark);
  }
  out.push_back({with_.self, !which.core->is_stray(),
                 storage::count_entries(storage::missing_from(held, most)), base::duration{0},
                 !which.serving});
  for (const auto& [id, other] : peers_) {
    const auto* said = which.core->known(id);
    replica_info info;
    info.store = id;
    info.placed = std::find(placed.begin(), placed.end(), id) != placed.end();
    if (!info.placed && (said == nullptr || said->empty())) continue;
    if (said != nullptr) {
      info.lag_entries = storage::count_entries(storage::missing_from(*said, held));
    }
    const auto at = which.covered_at.find(id);
    if (info.lag_entries != 0 && at != which.covered_at.end()) info.lag = now() - at->second;
    info.copying = info.placed && info.lag_entries != 0 && at == which.covered_at.end();
    out.push_back(info);
  }
  return out;
}

bool replication::covered(const base::space_id& space) {
  const auto got =
      result_of<bool>([this](call what) { enqueue(std::move(what)); },
                      [this, space] {
                        const auto* which = find(space);
                        return which != nullptr && !which->exchanging && which->core->is_covered();
                      });
  return got.value_or(false);
}

bool replication::is_dispensable(const replica& which) const {
  return !which.exchanging && which.core->is_covered() &&
         which.core->held().at(with_.log.self()) == 0;
}

bool replication::may_let_go(const base::space_id& space) {
  const auto got = result_of<bool>([this](call what) { enqueue(std::move(what)); },
                                   [this, space] {
                                     const auto* which = find(space);
                                     return which != nullptr && is_dispensable(*which);
                                   });
  return got.value_or(false);
}

bool replication::let_go(const base::space_id& space) {
  const auto got = result_of<bool>(
      [this](call what) { enqueue(std::move(what)); },
      [this, space] {
        const auto* which = find(space);
        if (which == nullptr || !is_dispensable(*which)) return false;
        end_waits(space, {base::errc::timed_out, "the copy went to those that hold the space"});
        for (const auto& id : which->placement)
          send(id, storage::message::vector{space, {}, false, false});
        by_number_.erase(which->number);
        replicas_.erase(space);
        released_.add();
        return true;
      });
  return got.value_or(false);
}

replication::floors replication::floors_of(const base::space_id& space,
                                           const std::vector<storage::vector_row>& rows) {
  const auto got = result_of<floors>([this](call what) { enqueue(std::move(what)); },
                                     [this, space, rows] { return floors_here(space, rows); });
  return got.value_or(floors{});
}

replication::floors replication::floors_here(const base::space_id& space,
                                             const std::vector<storage::vector_row>& rows) {
  auto* which = find(space);
  if (which == nullptr || !which->core->may_trim()) return {};
  std::set<base::store_id> gone;
  for (const auto& [id, other] : peers_)
    if (!other.is_up && steady() - other.down_since > with_.rules.replace_after) gone.insert(id);
  std::vector<storage::trim_floors> out;
  for (const auto& row : rows) out.push_back(which->core->trim_floor_of(row, gone));
  return out;
}

void replication::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
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
    for (auto& what : events) std::visit([&](auto& e) { take(e); }, what);
    if (with_.clock.monotonic() >= next_tick) {
      tick();
      next_tick = with_.clock.monotonic() + pause;
    }
    flush();
    lock.lock();
  }
  auto left = std::exchange(inbox_, {});
  lock.unlock();
  const base::error why{base::errc::timed_out, "stopping; the write is on this node's disk"};
  for (auto& what : left)
    if (auto* wait = std::get_if<waiting>(&what)) wait->done(why);
  for (auto& [id, left_over] : std::exchange(waiting_, {})) left_over.done(why);
}

void replication::tick() {
  while (!later_.empty() && pacer_.may_ask(steady())) {
    send(later_.front().to, std::move(later_.front().what));
    later_.pop_front();
  }
  look_at_disk();
  for (auto& [space, which] : replicas_) {
    if (which.exchanging) continue;
    carry_out(space, which.core->tick(steady()));
    ask_who_is_silent(space, which);
    look(space, which);
  }
  if (steady() >= next_beat_) heartbeat();
}

/// Nothing is moved onto a disk that is nearly full: a new replica waits, and who had it keeps it.
void replication::look_at_disk() {
  if (steady() < next_disk_look_) return;
  next_disk_look_ = steady() + with_.rules.look_at_disk;
  const auto stats = with_.store.stats();
  disk_crowded_ = stats && stats->bytes_total > 0 &&
                  static_cast<double>(stats->bytes_total - stats->bytes_free) >
                      with_.rules.disk_share_max * static_cast<double>(stats->bytes_total);
  std::int64_t held_back = 0;
  for (const auto& [space, which] : replicas_) held_back += disk_crowded_ && is_new(space, which);
  waiting_for_room_.set(held_back);
}

/// Digests of what changed, and of what a peer is not known to hold; sometimes all of them.
void replication::heartbeat() {
  next_beat_ = steady() + with_.rules.heartbeat;
  const bool full = steady() >= next_full_beat_;
  if (full) next_full_beat_ = steady() + with_.rules.full_heartbeat;
  for (auto& [id, other] : peers_) {
    if (!other.is_up) continue;
    storage::message::digests beat;
    for (const auto& [space, which] : replicas_) {
      const auto& placed = which.placement;
      if (std::find(placed.begin(), placed.end(), id) == placed.end()) continue;
      const auto digest = which.core->digest();
      const auto* known = which.core->known(id);
      auto& said = other.said[space];
      const bool differs = known == nullptr || !(*known == which.core->held());
      if (!full && !differs && said.digest == digest) continue;
      said = {digest, steady()};
      beat.items.push_back({space, digest});
    }
    if (!beat.items.empty()) send(id, beat);
  }
}

} // namespace engram::actors
