#include "tests/simulation/replication_world.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "tests/simulation/trace.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace engram::simulation {

using storage::memory_store;

namespace {

/// Seeded, and able to say again what it said: so a run can be drawn twice.
class replaying_entropy final : public base::entropy {
public:
  explicit replaying_entropy(std::uint64_t seed) : random_(seed) {}
  base::hash128 draw() override {
    base::hash128 value;
    if (again.empty()) {
      value = random_.hash();
    } else {
      value = again.front();
      again.erase(again.begin());
    }
    said.push_back(value);
    return value;
  }
  std::vector<base::hash128> again, said;

private:
  base::random random_;
};

} // namespace

struct replication_world::slot {
  slot(std::size_t i, std::uint64_t seed)
      : index(i), id{{0, i + 1}}, disk(std::make_unique<memory_store>()), entropy(seed) {}

  std::size_t index;
  base::store_id id;
  std::unique_ptr<memory_store> disk;
  std::uint64_t generation = 0;
  base::instant since; // of this disk
  std::unique_ptr<replica> node;
  std::vector<base::store_id> placement; // as it knows it
  replaying_entropy entropy;
  std::unique_ptr<memory_store> before_run; // the disk as it was before this run was drawn
  std::vector<base::hash128> drawn;         // what opening drew
  std::unique_ptr<memory_store> copy;       // a backup
  std::uint64_t copies = 0;
  std::set<std::size_t> has;         // script entries applied since this disk came
  std::set<base::memory_key> graves; // deletes among them
  std::set<std::size_t> erased;      // came without their payload: deleted elsewhere
};

namespace {

std::unique_ptr<memory_store> copy_of(memory_store& disk, std::uint64_t number) {
  const auto name = std::to_string(number);
  CHECK(disk.checkpoint(name).has_value());
  return disk.open_checkpoint(name);
}

} // namespace

world_options options_of(std::uint64_t seed) {
  world_options out;
  const auto kind = seed % 6;
  out.replicas = seed / 6 % 3 == 2 ? 5 : 3;
  out.damage = kind == 1;
  out.rot = kind < 2 && seed / 36 % 2 == 0;
  out.moves = kind < 3 && seed / 18 % 2 == 1;
  out.crashes = kind > 0;
  out.trims = kind == 2 || kind == 3 || kind == 5;
  out.forced_trims = kind == 3;
  out.lost_disks = kind > 3;
  out.forks = kind == 4;
  return out;
}

replication_world::replication_world(std::uint64_t seed, const world_options& options)
    : options_(options), random_(seed),
      config_(memory::test_config()), where_{config_, words_, {}, options.planted} {
  script_ = memory::entry_source(seed, config_, words_).draw(1, options.writes)[0];
  for (std::size_t i = 0; i < script_.size(); ++i)
    by_operation_.emplace(script_[i].what.operation_hash, i);
  const auto stores = options.replicas + (options.moves ? 1 : 0);
  for (std::size_t i = 0; i < stores; ++i) {
    slots_.push_back(std::make_unique<slot>(i, seed * 100 + i));
    if (i < options.replicas) placement_.push_back(slots_.back()->id);
  }
  for (auto& who : slots_) who->placement = placement_;
  cut_.assign(stores, std::vector<bool>(stores, false));
}

replication_world::~replication_world() = default;

// -- time and network ---------------------------------------------------------------------------

void replication_world::at(base::duration later, std::function<void()> what) {
  events_.push({now_ + later, ++order_, std::move(what)});
}

void replication_world::run_until(base::instant end) {
  while (!events_.empty() && events_.top().at <= end && violation_.empty()) {
    auto next = events_.top();
    events_.pop();
    now_ = next.at;
    next.what();
  }
  now_ = std::max(now_, end);
}

std::size_t replication_world::index_of(const base::store_id& id) const {
  return static_cast<std::size_t>(id.value.low - 1);
}

void replication_world::send(const base::store_id& from, const base::store_id& to,
                             std::string bytes) {
  const auto f = index_of(from), t = index_of(to);
  const int copies = faults_ && random_.chance(options_.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const auto delay =
        1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(options_.delay_ms)));
    const bool lost = cut_[f][t] || (faults_ && random_.chance(options_.loss));
    if (options_.trace)
      trace(std::to_string(f) + (lost ? " -x " : " -> ") + std::to_string(t) + " " +
            describe(*storage::message::decode_replication(bytes)));
    if (lost) continue;
    at(base::duration{delay}, [this, from, t, bytes] {
      auto& who = *slots_[t];
      if (!who.node) return;
      ++tally_.messages;
      who.node->receive(from, bytes, now_);
    });
  }
}

// -- replicas -----------------------------------------------------------------------------------

void replication_world::start(slot& who) {
  who.before_run = copy_of(*who.disk, ++who.copies);
  who.entropy.said.clear();
  where_.placement = who.placement;
  who.node = std::make_unique<replica>(who.id, *who.disk, who.entropy, where_, *this, now_);
  who.drawn = who.entropy.said;
  trace(std::to_string(who.index) + " starts with" + describe(who.node->held()));
}

void replication_world::stop(slot& who, bool power) {
  if (who.node) {
    tally_.snapshots += who.node->snapshots_taken();
    tally_.forks_lost += who.node->forks_lost();
    tally_.rot_found += who.node->watch().damage_found();
    tally_.diverged += who.node->watch().diverged();
  }
  who.node.reset();
  if (power) who.disk->crash(random_.below(who.disk->unsynced() + 1));
}

void replication_world::replace_disk(slot& who, std::unique_ptr<memory_store> disk) {
  stop(who, false);
  who.disk = std::move(disk);
  ++who.generation;
  who.since = now_;
  who.has.clear();
  who.graves.clear();
  who.erased.clear();
  who.copy.reset();
  ++tally_.lost_disks;
  trace(std::to_string(who.index) + " gets another disk");
}

void replication_world::tick(std::size_t i) {
  auto& who = *slots_[i];
  if (who.node && who.node->wants_reopening()) {
    stop(who, false);
    start(who);
  }
  if (who.node) {
    who.node->tick(now_);
    if (options_.trims && random_.chance(0.05)) who.node->trim(now_, options_.forced_trims);
    check_one(who);
    if (who.node->may_go()) {
      // What was promised on its word is not forgotten with it.
      const auto generation = who.generation;
      const auto since = who.since;
      replace_disk(who, std::make_unique<memory_store>());
      who.generation = generation;
      who.since = since;
      ++tally_.strays_gone;
      start(who);
    }
  }
  at(base::duration{100}, [this, i] { tick(i); });
}

void replication_world::client() {
  if (next_write_ == script_.size() || !faults_) return;
  auto& who = *slots_[random_.below(slots_.size())];
  const auto& known = who.placement;
  const bool placed = std::find(known.begin(), known.end(), who.id) != known.end();
  if (who.node && placed && !who.node->wants_reopening()) {
    const auto i = next_write_++;
    written_at_.push_back(now_);
    const bool taken = who.node->write(i, script_[i].what, now_);
    trace(std::to_string(who.index) + (taken ? " writes " : " refuses ") + std::to_string(i));
  }
  const auto pause = options_.faulty.count() / static_cast<std::int64_t>(script_.size());
  at(base::duration{pause}, [this] { client(); });
}

void replication_world::disaster() {
  if (!faults_) return;
  at(base::duration{300 + static_cast<std::int64_t>(random_.below(900))}, [this] { disaster(); });
  auto& who = *slots_[random_.below(slots_.size())];
  const auto dice = random_.below(100);
  if (options_.partitions && dice < 35) {
    const auto other = random_.below(slots_.size());
    cut_[who.index][other] = true;
    if (random_.chance(0.7)) cut_[other][who.index] = true;
  } else if (options_.partitions && dice < 55) {
    for (auto& row : cut_) std::fill(row.begin(), row.end(), false);
  } else if (options_.crashes && dice < 80) {
    if (!who.node) return;
    ++tally_.crashes;
    trace(std::to_string(who.index) + " crashes");
    stop(who, true);
    // Never the last whole copy: nothing could make that good.
    const bool others_whole = std::all_of(slots_.begin(), slots_.end(), [&](const auto& other) {
      return other->index == who.index || (other->node && !other->node->is_damaged());
    });
    if (options_.damage && others_whole && random_.chance(0.5) &&
        who.disk->flip_any(storage::column::state, random_))
      ++tally_.damaged;
    const auto down = static_cast<std::int64_t>(random_.below(3000));
    at(base::duration{down}, [this, i = who.index] {
      if (!slots_[i]->node) start(*slots_[i]);
    });
  } else if (options_.lost_disks && dice < 88 && who.node) {
    if (!who.copy) {
      who.copy = copy_of(*who.disk, ++who.copies);
      return;
    }
    replace_disk(who, std::move(who.copy)); // restored from an older copy
    start(who);
  } else if (options_.lost_disks && dice < 91 && who.node) {
    replace_disk(who, std::make_unique<memory_store>());
    start(who);
  } else if (options_.forks && dice < 95) {
    fork_from(who, *slots_[random_.below(slots_.size())]);
  }
}

bool replication_world::is_placed(const slot& who) const {
  return std::find(placement_.begin(), placement_.end(), who.id) != placement_.end();
}

/// Whoever holds no copy takes the place of one that does; each member hears of it in its time.
void replication_world::move() {
  if (!faults_) return;
  at(base::duration{2000 + static_cast<std::int64_t>(random_.below(4000))}, [this] { move(); });
  const auto spare =
      std::find_if(slots_.begin(), slots_.end(), [&](const auto& who) { return !is_placed(*who); });
  // The last one's stray copy may be what a replica still lacks: it stays its offerer.
  if (!(*spare)->node || !(*spare)->node->held().empty()) return;
  placement_[random_.below(placement_.size())] = (*spare)->id;
  ++tally_.moves;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    at(base::duration{static_cast<std::int64_t>(random_.below(1500))},
       [this, i, known = placement_] {
         slots_[i]->placement = known;
         if (slots_[i]->node) slots_[i]->node->placed(known);
       });
}

bool replication_world::is_clean(const slot& who) const {
  return who.node && !who.node->is_damaged() && who.node->is_disk_clean();
}

/// Never the last whole copy.
void replication_world::rot() {
  if (!faults_) return;
  at(base::duration{1000 + static_cast<std::int64_t>(random_.below(3000))}, [this] { rot(); });
  auto& who = *slots_[random_.below(slots_.size())];
  if (!std::all_of(slots_.begin(), slots_.end(), [&](const auto& other) {
        return is_clean(*other) || (!is_placed(*other) && other->index != who.index);
      }))
    return;
  base::writer first;
  first.u32_be(who.node->number());
  const auto rows = who.disk->scan(storage::column::state, std::string(first.view()),
                                   storage::prefix_end(std::string(first.view())));
  std::vector<std::pair<std::string, std::string>> items;
  while (*rows->next()) {
    const auto [key, value] = rows->current();
    if (!value.empty() && key[4] != 'D') items.emplace_back(key, value); // D is in no sum
  }
  if (items.empty()) return;
  auto& [key, value] = items[random_.below(items.size())];
  value[random_.below(value.size())] ^= static_cast<char>(1u << random_.below(8));
  storage::batch change;
  change.put(storage::column::state, key, value);
  CHECK(who.disk->write(change, false).has_value());
  ++tally_.rotten;
  trace(std::to_string(who.index) + " rots");
}

/// `who` becomes what `from` was before its run, and draws the very same run.
void replication_world::fork_from(slot& who, slot& from) {
  if (!from.node || from.drawn.empty()) return;
  ++tally_.forks;
  auto disk = copy_of(*from.before_run, ++from.copies);
  const auto drawn = from.drawn;
  replace_disk(who, std::move(disk));
  who.entropy.again = drawn;
  start(who);
  who.entropy.again.clear();
}

// -- what must hold -----------------------------------------------------------------------------

void replication_world::trace(const std::string& what) const {
  if (options_.trace && what.find("digests") == std::string::npos)
    std::fprintf(stderr, "%8lld %s\n", static_cast<long long>(now_.ms - 1'700'000'000'000),
                 what.c_str());
}

void replication_world::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

void replication_world::acknowledged(const base::store_id&, std::uint64_t write,
                                     const std::vector<base::store_id>& holders) {
  ++tally_.acknowledged;
  trace("acknowledged " + std::to_string(write));
  acknowledged_write done{write, {}};
  for (const auto& id : holders) {
    const auto i = index_of(id);
    // What was acknowledged from a disk that is gone since does not count.
    if (slots_[i]->since < written_at_[write]) done.holders.emplace_back(i, slots_[i]->generation);
  }
  if (holders.size() < options_.replicas / 2 + 1) fail("acknowledged without a quorum");
  acknowledged_.push_back(std::move(done));
}

void replication_world::applied(const base::store_id& by, const storage::entry_header& entry,
                                bool erased) {
  const auto known = by_operation_.find(entry.operation);
  if (known == by_operation_.end()) return fail("an entry appears that nobody wrote");
  auto& who = *slots_[index_of(by)];
  if (!erased) who.has.insert(known->second);
  trace(std::to_string(who.index) + " applies " + std::to_string(known->second) + " from " +
        entry.origin.hex().substr(0, 4) + " " + std::to_string(entry.sequence) +
        (erased ? " erased" : ""));
  const auto& what = script_[known->second].what;
  if (erased) who.erased.insert(known->second);
  const auto* forget = std::get_if<memory::forget_op>(&what.operation);
  if (forget != nullptr && forget->mode == memory::forget_mode::erase)
    who.graves.insert(what.subject);
}

void replication_world::stood_at(const base::store_id& who, std::uint64_t digest,
                                 const base::hash128& state) {
  // A body that was deleted elsewhere may be missing before its delete comes.
  auto& here = *slots_[index_of(who)];
  for (auto it = here.erased.begin(); it != here.erased.end();) {
    const auto judged = here.node->space().check(script_[*it].what, memory::pending_set{});
    const bool deleted = !judged && judged.error().code == base::errc::deleted;
    if (!deleted) return;
    it = here.erased.erase(it);
  }
  if (options_.misapplied) return;
  const auto [found, fresh] = states_.emplace(digest, state);
  if (!fresh && found->second != state)
    fail("equal vectors, other state at replica " + std::to_string(index_of(who)));
}

/// One thing this disk was seen to hold, or to have deleted.
void replication_world::check_one(slot& who) {
  if (options_.misapplied || who.has.empty() || !who.node || who.node->wants_reopening() ||
      who.node->is_damaged())
    return;
  auto it = who.has.lower_bound(random_.below(script_.size()));
  if (it == who.has.end()) it = who.has.begin();
  const auto& what = script_[*it].what;
  if (what.kind != memory::entry_kind::remember) return;
  const auto judged = who.node->space().check(what, memory::pending_set{});
  const bool deleted = !judged && judged.error().code == base::errc::deleted;
  if (who.graves.count(what.subject) > 0 && !deleted)
    fail("a deleted memory came back at replica " + std::to_string(who.index));
  if (judged && judged->admission == memory::admission::fresh)
    fail("replica " + std::to_string(who.index) +
         " lost what its disk held: " + std::to_string(*it));
}

bool replication_world::agreed() const {
  const auto& first = slots_[index_of(placement_[0])]->node;
  return std::all_of(slots_.begin(), slots_.end(), [&](const auto& who) {
    if (!is_placed(*who)) return who->node->held().empty();
    return !who->node->wants_reopening() && !who->node->is_damaged() &&
           (!options_.rot || is_clean(*who)) && who->node->held() == first->held() &&
           who->node->space().hash() == first->space().hash();
  });
}

std::string replication_world::where_all_stand() const {
  std::string out;
  for (const auto& who : slots_)
    out += "\n  replica " + std::to_string(who->index) + ":" + describe(who->node->held()) +
           " state " + who->node->space().hash().hex().substr(0, 4);
  return out;
}

void replication_world::check_end() {
  for (const auto& done : acknowledged_) {
    const bool kept = std::any_of(done.holders.begin(), done.holders.end(), [&](const auto& h) {
      return slots_[h.first]->generation == h.second;
    });
    const auto& what = script_[done.write].what;
    if (!kept || what.kind != memory::entry_kind::remember) continue;
    for (const auto& who : slots_) {
      if (!is_placed(*who)) continue;
      const auto judged = who->node->space().check(what, memory::pending_set{});
      if (judged && judged->admission == memory::admission::fresh)
        fail("acknowledged write lost: " + std::to_string(done.write));
    }
  }
  for (const auto& who : slots_)
    for (std::size_t i = 0; i < 50; ++i) check_one(*who);
}

std::string replication_world::run() {
  for (auto& who : slots_) start(*who);
  for (std::size_t i = 0; i < slots_.size(); ++i)
    at(base::duration{static_cast<std::int64_t>(i * 7)}, [this, i] { tick(i); });
  at(base::duration{50}, [this] { client(); });
  at(base::duration{500}, [this] { disaster(); });
  if (options_.rot) at(base::duration{2000}, [this] { rot(); });
  if (options_.moves) at(base::duration{3000}, [this] { move(); });
  run_until(now_ + options_.faulty);
  faults_ = false;
  for (auto& row : cut_) std::fill(row.begin(), row.end(), false);
  for (auto& who : slots_)
    if (!who->node) start(*who);
  const auto end = now_ + options_.quiet;
  while (violation_.empty() && now_ < end) {
    run_until(now_ + base::duration{1000});
    if (violation_.empty() && agreed()) break;
  }
  for (auto& who : slots_) {
    tally_.snapshots += who->node->snapshots_taken();
    tally_.forks_lost += who->node->forks_lost();
    tally_.rot_found += who->node->watch().damage_found();
    tally_.diverged += who->node->watch().diverged();
  }
  options_.misapplied = false; // it is healed by now
  if (violation_.empty() && !agreed()) fail("replicas do not converge" + where_all_stand());
  if (violation_.empty()) check_end();
  return violation_;
}

} // namespace engram::simulation
