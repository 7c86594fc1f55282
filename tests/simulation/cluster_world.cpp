#include "tests/simulation/cluster_world.hpp"

#include "base/check.hpp"
#include "tests/simulation/cluster_slot.hpp"
#include "tests/simulation/trace.hpp"

#include <algorithm>
#include <cstdio>

namespace engram::simulation {

using storage::memory_store;

namespace {
constexpr base::duration tick_busy{100}, tick_quiet{1'000}, farewell{2'000};
constexpr std::int64_t epoch = 1'700'000'000'000;
} // namespace

std::int64_t cluster_world::drawn(base::random& random, std::int64_t below) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(below)));
}

cluster_world::cluster_world(std::uint64_t seed, const cluster_options& options,
                             std::vector<fault> faults)
    : options_(options), random_(seed), faults_(std::move(faults)) {
  const auto all = options.nodes + options.spares;
  for (std::size_t i = 0; i < all; ++i)
    slots_.push_back(std::make_unique<slot>(i, seed * 1000 + i));
  cut_.assign(all, std::vector<int>(all, 0));
  std::vector<membership::member_record> known;
  for (std::size_t i = 0; i < options.nodes; ++i) known.push_back(slots_[i]->record());
  for (std::size_t i = 0; i < options.nodes; ++i) {
    slots_[i]->remembered = known;
    start(*slots_[i]);
  }
  for (std::size_t i = 0; i < options.spaces; ++i)
    at(base::duration{100 + 50 * static_cast<std::int64_t>(i)},
       [this, i] { create_space(i, "space-" + std::to_string(i)); });
  for (const auto& one : faults_) at(one.at, [this, one] { strike(one); });
  at(base::duration{1'000}, [this] { client(); });
  for (std::size_t i = 0; i < options.streams && options.operations_per_second > 0; ++i) {
    streams_.push_back({sessions_.size(), {}, {}, 0, {}, true});
    sessions_.emplace_back();
    at(base::duration{1'500}, [this, i] { run_stream(i); });
  }
}

cluster_world::~cluster_world() = default;

// -- time and network ---------------------------------------------------------------------------

void cluster_world::at(base::duration later, std::function<void()> what) {
  events_.emplace(std::pair{now_ + later, ++order_}, std::move(what));
}

void cluster_world::run_until(base::instant end) {
  while (!events_.empty() && events_.begin()->first.first <= end && violation_.empty()) {
    const auto next = events_.extract(events_.begin());
    now_ = std::max(now_, next.key().first);
    ++tally_.events;
    next.mapped()();
  }
  now_ = std::max(now_, end);
}

base::instant cluster_world::steady(const slot& who) const {
  const auto drifted = (now_.ms - who.drift_since.ms) * who.drift_ppm / 1'000'000;
  const auto jumped = options_.planted.wall_clock_timers ? who.skew_ms : 0;
  return now_ + base::duration{who.drifted_ms + drifted + jumped};
}

cluster_world::slot& cluster_world::index(const base::store_id& id) const {
  return *slots_[static_cast<std::size_t>(id.value.low - 1)];
}

void cluster_world::carry(std::size_t from, std::size_t to, bool may_be_lost,
                          std::function<void(slot&)> what) {
  const int times = faulty_ && random_.chance(options_.duplicate) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    const bool lost = faulty_ && may_be_lost && random_.chance(options_.loss);
    if (lost || cut_[from][to] > 0) continue;
    at(base::duration{1 + drawn(random_, options_.delay_ms)},
       [this, to, what] { deliver(to, what); });
  }
}

/// Who stands still finds it when it goes on.
void cluster_world::deliver(std::size_t to, const std::function<void(slot&)>& what) {
  auto& who = *slots_[to];
  if (!who.node) return;
  if (now_ < who.paused_until)
    return at(who.paused_until - now_, [this, to, what] { deliver(to, what); });
  what(who);
  care(who);
}

void cluster_world::packet(const base::store_id& from, const membership::envelope& what) {
  const auto sender = index(from).index;
  const auto to = static_cast<std::size_t>(std::stoul(what.address));
  auto body = std::make_shared<const membership::message>(what.message);
  carry(sender, to, !what.reliable, [this, body](slot& who) {
    who.node->hear(*body, now_);
    schedule_swim(who);
  });
}

void cluster_world::message(const base::store_id& from, const base::store_id& to,
                            std::shared_ptr<const storage::message::any> what) {
  if (options_.trace && !std::holds_alternative<storage::message::digests>(*what))
    trace(std::to_string(index(from).index) + " -> " + std::to_string(index(to).index) + " " +
          describe(*what));
  carry(index(from).index, index(to).index, true,
        [this, from, what](slot& who) { who.node->receive(from, *what, steady(who)); });
}

void cluster_world::sheet(const base::store_id& from, const base::store_id& to,
                          std::shared_ptr<const membership::sheet_message::any> what) {
  carry(index(from).index, index(to).index, true,
        [this, from, what](slot& who) { who.node->hear_sheet(from, *what, steady(who)); });
}

// -- nodes --------------------------------------------------------------------------------------

void cluster_world::start(slot& who) {
  if (who.gone) return;
  who.joined = true;
  auto self = who.record();
  self.incarnation = ++who.incarnation;
  who.node = std::make_unique<cluster_node>(cluster_node::parts{self,
                                                                {"0", "1"},
                                                                who.remembered,
                                                                *who.disk,
                                                                who.entropy,
                                                                words_,
                                                                *this,
                                                                options_.planted},
                                            now_, steady(who), random_.next());
  who.node->set_skew(base::duration{who.skew_ms});
  if (who.left) who.node->leave(now_); // whoever was told to go is told again
  trace(std::to_string(who.index) + " starts");
  schedule_swim(who);
  schedule_tick(who, base::duration{1 + drawn(random_, 100)});
}

void cluster_world::stop(slot& who, bool power) {
  if (who.node) {
    who.remembered = who.node->swim().members();
    tally_.snapshots += who.node->snapshots();
  }
  who.node.reset();
  if (power) who.disk->crash(random_.below(who.disk->unsynced() + 1));
}

void cluster_world::replace_disk(slot& who, std::unique_ptr<memory_store> disk) {
  stop(who, false);
  who.disk = std::move(disk);
  ++who.generation;
  who.since = now_;
  who.graves.clear();
}

void cluster_world::schedule_swim(slot& who) {
  const auto next = std::max(who.node->next_swim(), now_);
  if (who.swim_at == next) return;
  who.swim_at = next;
  at(next - now_, [this, &who, next] {
    if (!who.node || who.swim_at != next) return;
    who.swim_at = {};
    deliver(who.index, [this](slot& one) {
      one.node->tick_swim(now_);
      schedule_swim(one);
    });
  });
}

void cluster_world::schedule_tick(slot& who, base::duration later) {
  who.tick_at = now_ + later;
  at(later, [this, &who, when = who.tick_at] {
    if (who.node && who.tick_at == when) deliver(who.index, [this](slot& one) { tick(one); });
  });
}

void cluster_world::tick(slot& who) {
  who.node->tick(steady(who));
  check(who);
  check_claim(who);
  if (!who.left && who.node->handed_over()) {
    who.retiring = true; // also whom the others gave up and who came back
    leave(who);
  }
  if (who.left && now_ >= who.goes_at) {
    trace(std::to_string(who.index) + " has left");
    stop(who, false);
    who.gone = true;
    if (!who.retiring) ++who.generation; // its disk goes with it, and others were to have it all
    ++tally_.gone;
    return;
  }
  schedule_tick(who, who.node->is_quiet() ? tick_quiet : tick_busy);
}

/// Says so, and is there for a moment so that it is heard.
void cluster_world::leave(slot& who) {
  who.left = true;
  who.goes_at = now_ + farewell;
  who.node->leave(now_);
  schedule_swim(who);
}

/// After anything was done to it: it may have to be opened again, or to be looked after sooner.
void cluster_world::care(slot& who) {
  if (!who.node) return;
  if (who.node->wants_reopening()) {
    ++tally_.reopened;
    trace(std::to_string(who.index) + " is opened again");
    stop(who, false);
    start(who);
  } else if (!who.node->is_quiet() && who.tick_at > now_ + tick_busy) {
    schedule_tick(who, tick_busy);
  }
}

void cluster_world::persist(const base::store_id& who, std::uint64_t incarnation) {
  index(who).incarnation = incarnation;
}

void cluster_world::asked_too_much(const base::store_id& who) {
  trace(std::to_string(index(who).index) + ": its disk is full");
}

// -- spaces -------------------------------------------------------------------------------------

void cluster_world::create_space(std::size_t at_node, const std::string& name) {
  auto& who = *slots_[at_node];
  names_.insert(name);
  if (!who.node) return;
  (void)who.node->propose(
      [&](const membership::directory& d) -> std::optional<membership::directory_op> {
        const auto known = d.admit_create(name, 0, "english");
        if (!known || *known) return std::nullopt;
        return membership::create_space_op{{name, d.next_generation(name), 0, "english"}};
      },
      steady(who));
  care(who);
}

void cluster_world::drop_space(std::size_t at_node, const std::string& name) {
  auto& who = *slots_[at_node];
  if (!who.node) return;
  const auto* row = who.node->directory().resolve(name);
  if (row == nullptr) return;
  trace("drop of " + name);
  const auto done = who.node->propose(
      [&, id = row->identity](
          const membership::directory&) -> std::optional<membership::directory_op> {
        return membership::drop_space_op{id, name};
      },
      steady(who));
  if (done) ++tally_.drops;
  care(who);
}

// -- running ------------------------------------------------------------------------------------

void cluster_world::trace(const std::string& what) const {
  if (options_.trace)
    std::fprintf(stderr, "%8lld %s\n", static_cast<long long>(now_.ms - epoch), what.c_str());
}

void cluster_world::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

std::string cluster_world::run() {
  run_until(began_ + options_.faulty);
  end_faults();
  const auto from = now_;
  std::string why;
  while (violation_.empty() && now_ - from < options_.quiet) {
    for (const auto& who : slots_)
      if (who->retiring) retire(who->id); // again, where it was refused or lost
    run_until(now_ + base::duration{1'000});
    why = disagreement();
    if (violation_.empty() && why.empty()) break;
  }
  tally_.agreed_after_ms = static_cast<std::uint64_t>((now_ - from).count());
  for (const auto& who : slots_)
    if (who->node) tally_.snapshots += who->node->snapshots();
  if (violation_.empty() && !why.empty()) fail("no agreement: " + why);
  if (violation_.empty()) check_end();
  if (violation_.empty()) check_streams();
  return violation_;
}

} // namespace engram::simulation
