#include "base/check.hpp"
#include "tests/simulation/cluster_slot.hpp"

#include <algorithm>

namespace engram::simulation {

using storage::memory_store;

namespace {

constexpr std::array<const char*, fault_kinds> names{
    "cut",   "cut one way", "isolate",    "split", "flap", "pause", "crash",  "old disk",
    "clone", "full disk",   "clock jump", "drift", "join", "leave", "create", "drop"};

std::unique_ptr<memory_store> copy_of(memory_store& disk, std::uint64_t number) {
  const auto name = std::to_string(number);
  CHECK(disk.checkpoint(name).has_value());
  return disk.open_checkpoint(name);
}

} // namespace

std::vector<fault> draw_faults(std::uint64_t seed, const cluster_options& options) {
  base::random random(seed ^ 0x5eedfa17ull);
  std::vector<fault> out;
  const auto span = static_cast<std::uint64_t>(options.faulty.count());
  for (std::size_t i = 0; i < options.faults; ++i) {
    fault one;
    one.at = base::duration{2'000 + static_cast<std::int64_t>(random.below(span - 2'000))};
    one.what = static_cast<fault_kind>(random.below(fault_kinds));
    one.who = random.below(options.nodes);
    one.other = random.below(options.nodes);
    one.amount = 200 + static_cast<std::int64_t>(random.below(8'000));
    out.push_back(one);
  }
  std::sort(out.begin(), out.end(), [](const fault& a, const fault& b) { return a.at < b.at; });
  return out;
}

std::string describe(const fault& what) {
  return "at " + std::to_string(what.at.count()) + " ms " +
         names[static_cast<std::size_t>(what.what)] + " " + std::to_string(what.who) + " (" +
         std::to_string(what.other) + ", " + std::to_string(what.amount) + ")";
}

std::vector<fault> shrink(std::uint64_t seed, const cluster_options& options,
                          std::vector<fault> faults) {
  for (std::size_t i = faults.size(); i-- > 0;) {
    auto fewer = faults;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!cluster_world(seed, options, fewer).run().empty()) faults = std::move(fewer);
  }
  return faults;
}

void cluster_world::cut(std::size_t a, std::size_t b, bool on, bool both) {
  if (a == b) return;
  cut_[a][b] += on ? 1 : -1;
  if (both) cut_[b][a] += on ? 1 : -1;
}

void cluster_world::isolate(std::size_t who, bool on) {
  for (std::size_t i = 0; i < slots_.size(); ++i) cut(who, i, on);
}

void cluster_world::strike(const fault& what) {
  if (!faulty_) return;
  trace(describe(what));
  auto& who = *slots_[what.who];
  const base::duration span{what.amount};
  switch (what.what) {
  case fault_kind::pause:
    who.paused_until = now_ + span;
    return;
  case fault_kind::crash:
    if (!who.node || who.left) return;
    stop(who, true);
    return at(span, [this, &who] {
      if (!who.node) start(who);
    });
  case fault_kind::old_disk:
  case fault_kind::clone:
  case fault_kind::full_disk:
    return strike_disk(who, what);
  case fault_kind::clock_jump:
    who.skew_ms += (what.amount % 2 == 0 ? 1 : -1) * what.amount * 10;
    if (who.node) who.node->set_skew(base::duration{who.skew_ms});
    return;
  case fault_kind::drift:
    settle_drift(who);
    who.drift_ppm = (what.amount % 2 == 0 ? 1 : -1) * what.amount * 2; // up to 1.6 %
    return;
  case fault_kind::join:
    for (auto& spare : slots_)
      if (!spare->joined) return start(*spare);
    return;
  case fault_kind::leave:
    if (!who.node ||
        std::any_of(slots_.begin(), slots_.end(), [](const auto& s) { return s->left; }))
      return;
    who.left = true;
    who.node->leave(now_);
    schedule_swim(who);
    return;
  case fault_kind::create:
    return create_space(what.who, "space-" + std::to_string(what.other % options_.spaces));
  case fault_kind::drop:
    return drop_space(what.who, "space-" + std::to_string(what.other % options_.spaces));
  default:
    return strike_network(what);
  }
}

void cluster_world::settle_drift(slot& who) {
  who.drifted_ms += (now_.ms - who.drift_since.ms) * who.drift_ppm / 1'000'000;
  who.drift_since = now_;
}

void cluster_world::strike_network(const fault& what) {
  const base::duration span{what.amount};
  const auto a = what.who, b = what.other;
  const auto both = what.what != fault_kind::cut_one_way;
  const auto toggle = [this, a, b, both, kind = what.what](bool on) {
    if (kind == fault_kind::cut || kind == fault_kind::cut_one_way) return cut(a, b, on, both);
    isolate(a, on);
    if (kind == fault_kind::split && a != b) {
      isolate(b, on);
      cut(a, b, !on);
      cut(a, b, !on);
    }
  };
  const int times = what.what == fault_kind::flap ? 5 : 1;
  for (int i = 0; i < times; ++i) {
    at(span * (2 * i) / times, [this, toggle] {
      if (faulty_) toggle(true);
    });
    at(span * (2 * i + 1) / times, [this, toggle] {
      if (faulty_) toggle(false);
    });
  }
}

void cluster_world::strike_disk(slot& who, const fault& what) {
  if (!who.node || who.left) return;
  if (what.what == fault_kind::full_disk) {
    const auto used = who.disk->stats();
    who.disk->set_capacity(used->bytes_on_disk + 25'000);
    return at(base::duration{what.amount}, [&who] { who.disk->set_capacity(1ull << 40); });
  }
  auto& from = *slots_[what.other];
  if (what.what == fault_kind::clone) {
    if (from.index == who.index || !from.joined) return;
    replace_disk(who, copy_of(*from.disk, ++from.copies));
  } else if (!who.backup && what.amount % 3 != 0) {
    who.backup = copy_of(*who.disk, ++who.copies);
    return;
  } else {
    if (!who.backup) who.incarnation = 0, who.remembered.clear(); // lost, not restored
    replace_disk(who, who.backup ? std::move(who.backup) : std::make_unique<memory_store>());
  }
  start(who);
}

void cluster_world::end_faults() {
  faulty_ = false;
  trace("the faults end");
  for (auto& row : cut_) std::fill(row.begin(), row.end(), 0);
  for (auto& who : slots_) {
    who->disk->set_capacity(1ull << 40);
    settle_drift(*who);
    who->drift_ppm = 0;
    who->paused_until = std::min(who->paused_until, now_);
    if (who->joined && !who->node) start(*who);
  }
}

} // namespace engram::simulation
