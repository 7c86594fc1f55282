#include "base/bytes.hpp"
#include "base/check.hpp"
#include "tests/simulation/cluster_slot.hpp"

#include <algorithm>
#include <numeric>

namespace engram::simulation {

using storage::memory_store;

namespace {

constexpr std::array<const char*, fault_kinds> names{
    "cut",      "cut one way",  "isolate",   "split",      "bridge",   "ring",
    "flap",     "pause",        "crash",     "blackout",   "old disk", "lost tail",
    "bit flip", "clone",        "full disk", "clock jump", "drift",    "join",
    "leave",    "decommission", "replace",   "remove",     "create",   "drop"};

/// What is broken, without whose and how much.
std::string kind_of(const std::string& violation) {
  return violation.substr(0, violation.find_first_of("0123456789"));
}

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

std::vector<fault> chosen(const std::vector<fault>& faults,
                          const std::vector<std::size_t>& places) {
  std::vector<fault> out;
  for (const auto place : places)
    if (place < faults.size()) out.push_back(faults[place]);
  return out;
}

std::vector<std::size_t> shrink(std::uint64_t seed, const cluster_options& options,
                                const std::vector<fault>& faults) {
  std::vector<std::size_t> kept(faults.size());
  std::iota(kept.begin(), kept.end(), 0);
  const auto broken = [&](const std::vector<std::size_t>& places) {
    return kind_of(cluster_world(seed, options, chosen(faults, places)).run());
  };
  const auto first = broken(kept);
  for (bool fewer = true; fewer;) {
    fewer = false;
    for (std::size_t i = kept.size(); i-- > 0;) {
      auto tried = kept;
      tried.erase(tried.begin() + static_cast<std::ptrdiff_t>(i));
      if (broken(tried) != first) continue;
      kept = std::move(tried);
      fewer = true;
    }
  }
  return kept;
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
    return crash(who, span);
  case fault_kind::blackout:
    for (auto& one : slots_) crash(*one, span + base::duration{drawn(random_, 2'000)});
    return;
  case fault_kind::old_disk:
  case fault_kind::lost_tail:
  case fault_kind::bit_flip:
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
  case fault_kind::leave:
  case fault_kind::decommission:
  case fault_kind::replace:
  case fault_kind::remove:
    return strike_members(who, what);
  case fault_kind::create:
    return create_space(what.who, "space-" + std::to_string(what.other % options_.spaces));
  case fault_kind::drop:
    return drop_space(what.who, "space-" + std::to_string(what.other % options_.spaces));
  default:
    return strike_network(what);
  }
}

void cluster_world::crash(slot& who, base::duration down) {
  if (!who.node || who.left) return;
  stop(who, true);
  at(down, [this, &who] {
    if (!who.node) start(who);
  });
}

bool cluster_world::somebody_goes() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const auto& s) { return s->left || s->retiring; });
}

void cluster_world::retire(const base::store_id& whom) {
  for (auto& one : slots_) {
    if (!one->node || one->id == whom) continue;
    const auto done = one->node->propose(
        [&](const membership::directory& d) -> std::optional<membership::directory_op> {
          if (d.retired(whom)) return std::nullopt;
          return membership::retire_member_op{whom};
        },
        steady(*one));
    care(*one);
    if (done) return;
  }
}

/// One goes at a time, as operators are told.
void cluster_world::strike_members(slot& who, const fault& what) {
  if (what.what == fault_kind::join) {
    for (auto& spare : slots_)
      if (!spare->joined) return start(*spare);
    return;
  }
  if (!who.node || somebody_goes()) return;
  if (what.what == fault_kind::decommission) {
    who.retiring = true;
    return retire(who.id);
  }
  if (what.what == fault_kind::leave) {
    if (!who.node->is_needed()) leave(who);
    return;
  }
  who.left = true;
  replace_disk(who, std::make_unique<memory_store>());
  who.gone = true;
  ++tally_.replaced;
  who.given_up = what.what == fault_kind::remove;
  if (who.given_up) return;
  who.retiring = true;
  at(base::duration{what.amount + 6'000}, [this, id = who.id] { retire(id); });
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
    if (kind == fault_kind::bridge || kind == fault_kind::ring) {
      const auto size = slots_.size();
      for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < i; ++j) {
          const bool halves =
              i != a && j != a && (i + size - a) % size % 2 != (j + size - a) % size % 2;
          const bool far = i - j != 1 && i - j != size - 1;
          if (kind == fault_kind::bridge ? halves : far) cut(i, j, on);
        }
      return;
    }
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
  if (what.what == fault_kind::lost_tail) {
    stop(who, false);
    who.disk->lose_tail(1 + static_cast<std::size_t>(what.amount) % 5);
    ++who.generation;
    who.since = now_;
    who.graves.clear();
    return start(who);
  }
  if (what.what == fault_kind::bit_flip) {
    if (flip_bit(who)) start(who);
    return;
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

/// In a space of which another whole copy is up, once a run: never the last one.
bool cluster_world::flip_bit(slot& who) {
  if (tally_.flipped > 0) return false;
  for (const auto& [space, copy] : who.node->copies()) {
    const auto is_whole = [&, id = space](const auto& other) {
      const auto* there =
          other->index == who.index || !other->node ? nullptr : other->node->find(id);
      if (there == nullptr || other->left) return false;
      const auto& core = other->node->core_of(id);
      return !core.is_distrusted() && core.held().covers(who.node->core_of(id).held());
    };
    if (!copy.part || std::none_of(slots_.begin(), slots_.end(), is_whole)) continue;
    base::writer first;
    first.u32_be(copy.number);
    std::vector<std::string> keys;
    const auto rows = who.disk->scan(storage::column::state, std::string(first.view()),
                                     storage::prefix_end(std::string(first.view())));
    while (*rows->next()) keys.emplace_back(rows->current().key);
    if (keys.empty()) continue;
    const auto& key = keys[random_.below(keys.size())];
    stop(who, false);
    ++who.generation; // what it acknowledged is not counted on
    who.since = now_;
    if (who.disk->flip(storage::column::state, key, random_.below(64))) ++tally_.flipped;
    return true;
  }
  return false;
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
