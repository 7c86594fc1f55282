// The figures of crashes, overload, restarts and partitions.

#include "base/math.hpp"
#include "bench/membership_sim.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

namespace engram::bench {

using membership::member_change;
using membership::member_event;
using membership::swim_world;
using membership::swim_world_config;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

base::duration between(base::random& seeded, std::int64_t least_ms, std::int64_t most_ms) {
  return base::duration{least_ms + static_cast<std::int64_t>(seeded.below(
                                       static_cast<std::uint64_t>(most_ms - least_ms + 1)))};
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

} // namespace

// -- crashes --

bool detect_crashes(int runs) {
  std::vector<std::int64_t> suspected, dead;
  for (int run = 1; run <= runs; ++run) {
    swim_world world(5, {}, static_cast<std::uint64_t>(run), true);
    world.run_for(seconds{5});
    world.run_for(between(world.random(), 0, 1'000));
    const auto start = world.now();
    bool is_suspected = false, is_dead = false;
    world.on_event = [&](std::size_t, const member_change& change) {
      if (change.what == member_event::suspected && !std::exchange(is_suspected, true))
        suspected.push_back((world.now() - start).count());
      if (change.what == member_event::failed && !std::exchange(is_dead, true))
        dead.push_back((world.now() - start).count());
    };
    world.kill(3);
    world.run_until(start + seconds{60}, [&] { return is_dead; });
  }
  const bool met =
      quantile(suspected, 0.5) <= 1.5 && quantile(dead, 0.5) <= 6 && quantile(dead, 0.95) <= 7.5;
  std::printf("crash of 1 of 5, %d runs: suspected p50 %.2f s (bar 1.5); dead p50 %.2f s (bar 6), "
              "p95 %.2f s (bar 7.5): %s\n",
              runs, quantile(suspected, 0.5), quantile(dead, 0.5), quantile(dead, 0.95), mark(met));
  return met;
}

// -- overload --

namespace {

constexpr std::size_t OVERLOAD_NODES = 100;
/// Of some members the packets, in and out, wait for the first time and are handled for the
/// second, in turn, while their timers go on: as the Lifeguard paper overloads its members.
constexpr std::int64_t STILL_MIN_MS = 500, STILL_MAX_MS = 16'000, RUN_MIN_MS = 10,
                       RUN_MAX_MS = 1'000;
constexpr seconds OVERLOAD_TIME{120};

struct overload_result {
  std::vector<double> false_deaths;         // per run: of members that never stood still
  std::vector<std::int64_t> detected, told; // of a member that crashed: first verdict, last to hear
};

void overload_once(bool lifeguard, std::size_t overloaded, std::uint64_t seed,
                   overload_result& out) {
  swim_world_config config;
  config.swim.lifeguard = lifeguard;
  // Without Lifeguard as memberlist ships it: less patience would only make more false deaths.
  if (!lifeguard) config.swim.suspicion_multiplier = 4;
  swim_world world(OVERLOAD_NODES, config, seed, true);
  world.run_for(seconds{5});
  std::vector<base::instant> turn(overloaded, world.now());
  const std::size_t victim = OVERLOAD_NODES - 1;
  std::set<std::pair<base::store_id, std::uint64_t>> deaths;
  base::instant killed{}, first{}, last{};
  world.on_event = [&](std::size_t at, const member_change& change) {
    if (change.what != member_event::failed) return;
    const std::size_t who = change.who.id.value.low;
    if (who == victim && killed != base::instant{}) {
      if (at < overloaded) return;
      if (first == base::instant{}) first = world.now();
      last = world.now();
    } else if (who >= overloaded) {
      deaths.emplace(change.who.id, change.who.incarnation);
    }
  };
  const auto start = world.now();
  const auto kill_at = start + OVERLOAD_TIME / 2;
  while (world.now() < start + OVERLOAD_TIME) {
    for (std::size_t i = 0; i < overloaded; ++i) {
      if (world.now() < turn[i]) continue;
      const auto until = world.now() + between(world.random(), STILL_MIN_MS, STILL_MAX_MS);
      world.mute(i, until);
      turn[i] = until + between(world.random(), RUN_MIN_MS, RUN_MAX_MS);
    }
    if (killed == base::instant{} && world.now() >= kill_at) {
      killed = world.now();
      world.kill(victim);
    }
    world.run_for(base::duration{10});
  }
  out.false_deaths.push_back(static_cast<double>(deaths.size()));
  if (first == base::instant{}) return;
  out.detected.push_back((first - killed).count());
  out.told.push_back((last - killed).count());
}

/// log of n!
double log_factorial(double n) {
  double sum = 0;
  for (double i = 2; i <= n; ++i) sum += base::log(i);
  return sum;
}

/// Least ratio of two rates that 95 % belief leaves, from counts over equal times: given their sum,
/// the smaller is binomial (Clopper, Pearson 1934). `dispersion`: how much more than Poisson's the
/// counts vary from run to run; both are divided by it.
double least_ratio(double many, double few, double dispersion) {
  const double x = static_cast<double>(static_cast<std::int64_t>(many / dispersion));
  const double y = static_cast<double>(static_cast<std::int64_t>(few / dispersion + 0.999));
  const auto tail = [&](double p) { // P(Y <= y) among x + y
    double sum = 0;
    for (double k = 0; k <= y; ++k) {
      sum += base::exp(log_factorial(x + y) - log_factorial(k) - log_factorial(x + y - k) +
                       k * base::log(p) + (x + y - k) * base::log(1 - p));
    }
    return sum;
  };
  double low = 1e-9, high = 1 - 1e-9;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (tail(middle) > 0.025 ? low : high) = middle;
  }
  return (1 - low) / low;
}

double dispersion_of(const std::vector<double>& counts) {
  const double m = mean(counts);
  double sum = 0;
  for (const double c : counts) sum += (c - m) * (c - m);
  const double variance = sum / static_cast<double>(std::max<std::size_t>(1, counts.size() - 1));
  return m > 0 ? std::max(1.0, variance / m) : 1;
}

} // namespace

namespace {

bool overload_of(std::size_t overloaded, int runs) {
  overload_result with, without;
  for (int run = 1; run <= runs; ++run) {
    overload_once(true, overloaded, static_cast<std::uint64_t>(run), with);
    overload_once(false, overloaded, static_cast<std::uint64_t>(run), without);
  }
  const double on = mean(with.false_deaths) * runs, off = mean(without.false_deaths) * runs;
  const double ratio = least_ratio(off, on, dispersion_of(without.false_deaths));
  const bool quick = quantile(with.detected, 0.5) <= quantile(without.detected, 0.5);
  const bool met = off >= 200 && ratio >= 50 && quick;
  std::printf("overload: %zu of %zu members handle no packets for %.1f to %.0f s, then do for %lld "
              "to %lld ms, for %lld s, %d runs\n",
              overloaded, OVERLOAD_NODES, STILL_MIN_MS / 1e3, STILL_MAX_MS / 1e3,
              static_cast<long long>(RUN_MIN_MS), static_cast<long long>(RUN_MAX_MS),
              static_cast<long long>(OVERLOAD_TIME.count()), runs);
  std::printf("  others declared dead: %.0f with Lifeguard, %.0f without (>= 200), >= %.0f x fewer "
              "at 95 %% (bar 50)\n",
              on, off, ratio);
  std::printf(
      "  one that crashes: first verdict p50 %.2f s with, %.2f s without, p95 %.2f and %.2f "
      "s; the last hears p50 %.2f and %.2f s: %s\n",
      quantile(with.detected, 0.5), quantile(without.detected, 0.5), quantile(with.detected, 0.95),
      quantile(without.detected, 0.95), quantile(with.told, 0.5), quantile(without.told, 0.5),
      mark(met));
  return met;
}

} // namespace

bool overload(int runs) {
  bool met = overload_of(10, runs);
  met &= overload_of(30, std::max(1, runs / 4));
  return met;
}

// -- coming back --

namespace {

/// How long until all agree; a stuck one costs the whole limit.
base::duration time_to_agree(swim_world& world, base::duration limit) {
  const auto start = world.now();
  while (world.now() - start < limit && !world.agreed()) world.run_for(base::duration{50});
  return world.now() - start;
}

} // namespace

bool restart_all(int runs) {
  constexpr seconds limit{60};
  std::vector<std::int64_t> times;
  int stuck = 0;
  for (int run = 1; run <= runs; ++run) {
    base::random seeded(static_cast<std::uint64_t>(run));
    const std::size_t nodes = 3 + seeded.below(18);
    swim_world world(nodes, {}, seeded.next(), true);
    world.run_for(seconds{3});
    std::vector<std::size_t> order(nodes);
    for (std::size_t i = 0; i < nodes; ++i) {
      order[i] = i;
      std::swap(order[i], order[seeded.below(i + 1)]);
    }
    // Some are back before the next one stops, some long after they were declared dead.
    const std::int64_t pause_ms = seeded.chance(0.5) ? 1'000 : 20'000;
    for (const std::size_t i : order) {
      world.kill(i);
      world.run_for(between(seeded, 0, pause_ms));
      if (seeded.chance(0.5)) world.restart(i, seeded.chance(0.2));
    }
    std::reverse(order.begin(), order.end());
    for (const std::size_t i : order) {
      if (world.running(i)) continue;
      world.restart(i, seeded.chance(0.2));
      world.run_for(between(seeded, 0, 500));
    }
    const auto took = time_to_agree(world, limit);
    stuck += took >= limit;
    times.push_back(took.count());
  }
  std::printf("restart of all of 3 to 20 in random order, one in five without its disk, %d seeds: "
              "%d stuck (bar 0); all agree after p50 %.1f s, worst %.1f s: %s\n",
              runs, stuck, quantile(times, 0.5), quantile(times, 1), mark(stuck == 0));
  return stuck == 0;
}

namespace {

bool heal(base::duration length, int runs, std::size_t least, std::size_t most) {
  std::vector<std::int64_t> times;
  std::size_t struck = 0;
  for (int run = 1; run <= runs; ++run) {
    base::random seeded(static_cast<std::uint64_t>(run));
    const std::size_t nodes = least + seeded.below(most - least + 1),
                      left = 1 + seeded.below(nodes - 1);
    swim_world world(nodes, {}, seeded.next(), true);
    world.run_for(seconds{2});
    world.passes = [&](std::size_t a, std::size_t b) { return (a < left) == (b < left); };
    world.run_for(length + between(seeded, 0, 10'000));
    world.passes = {};
    world.on_event = [&](std::size_t, const member_change& change) {
      struck += change.what == member_event::failed;
    };
    times.push_back(time_to_agree(world, seconds{120}).count());
  }
  const bool met = quantile(times, 1) <= 10;
  std::printf(
      "partition of %lld s of %zu to %zu members, %d seeds: all agree p50 %.1f s, p99 %.1f s, "
      "worst %.1f s after it (bar 10), %zu wrong verdicts meanwhile: %s\n",
      static_cast<long long>(length.count() / 1'000), least, most, runs, quantile(times, 0.5),
      quantile(times, 0.99), quantile(times, 1), struck, mark(met));
  return met;
}

} // namespace

bool heal_partitions(int runs) {
  bool met = heal(seconds{10}, runs, 3, 10);
  met &= heal(minutes{10}, runs, 3, 10);
  met &= heal(minutes{10}, std::max(1, runs / 50), 90, 110);
  met &= heal(hours{24}, std::max(1, runs / 50), 3, 10);
  return met;
}

} // namespace engram::bench
