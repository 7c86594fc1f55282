// Membership by simulation: how fast news spreads, what it costs, how crashes are told from slow
// members, and whether everybody comes back. The real cores in virtual time, one thread, fixed
// seeds: the same figures on every machine.
//
//   membership_sim                          all of it, about ten minutes of one core
//   membership_sim spread5|spread100|spread1000|traffic|crash|overload|restart|partition [--runs N]
//
// Ends with 1 when a bar is missed.

#include "bench/membership_sim.hpp"

#include "membership/packet_seal.hpp"
#include "membership/swim/swim_codec.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace engram::bench {

using membership::envelope;
using membership::member_change;
using membership::member_event;
using membership::member_record;
using membership::swim_world;
using membership::swim_world_config;
using std::chrono::seconds;

double quantile(std::vector<std::int64_t> ms, double q) {
  std::sort(ms.begin(), ms.end());
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(ms.size() - 1) + 0.5);
  return static_cast<double>(ms[rank]) / 1'000;
}

const char* mark(bool met) { return met ? "met" : "MISSED"; }

namespace {

// -- spreading --

/// News about a member that has left, which nobody probes: a higher incarnation each time.
membership::message news_of(std::uint64_t incarnation) {
  membership::update news;
  news.about.id = {{7, UINT64_MAX}};
  news.about.incarnation = incarnation;
  news.about.state = membership::member_state::left;
  news.from = {{8, UINT64_MAX}};
  return {{{8, UINT64_MAX}}, "nowhere", membership::gossip{}, {news}};
}

/// From the moment one member learns it to the moment the last does, `runs` times in one world.
void spread_in_world(std::size_t nodes, double loss, int runs, std::uint64_t seed,
                     std::vector<std::int64_t>& times) {
  swim_world_config config;
  config.loss = loss;
  swim_world world(nodes, config, seed, true);
  std::uint64_t wanted = 0;
  std::size_t knowing = 0;
  world.on_event = [&](std::size_t, const member_change& change) {
    knowing += change.what == member_event::left && change.who.incarnation == wanted;
  };
  world.run_for(seconds{3});
  for (int run = 0; run < runs; ++run) {
    world.run_for(base::duration{static_cast<std::int64_t>(world.random().below(400))});
    ++wanted;
    knowing = 0;
    const auto start = world.now();
    world.tell(world.random().below(nodes), news_of(wanted));
    world.run_until(start + seconds{120}, [&] { return knowing == nodes; });
    times.push_back((world.now() - start).count());
  }
}

bool spread_among(std::size_t nodes, double loss, int runs, double bar) {
  constexpr int runs_per_world = 1'000;
  std::vector<std::int64_t> times;
  for (int left = runs; left > 0; left -= runs_per_world) {
    spread_in_world(nodes, loss, std::min(left, runs_per_world), static_cast<std::uint64_t>(left),
                    times);
  }
  const double p99 = quantile(times, 0.99), last = quantile(times, 0.9999);
  const bool met = p99 <= bar && last <= 5;
  std::printf("spread to all of %zu, loss %.0f %%, %d runs: p50 %.2f s, p99 %.2f s (bar %.1f), "
              "p99.99 %.2f s (bar 5), worst %.2f s: %s\n",
              nodes, loss * 100, runs, quantile(times, 0.5), p99, bar, last, quantile(times, 1),
              mark(met));
  return met;
}

} // namespace

bool spread_5(int runs) {
  const bool whole = spread_among(5, 0, runs, 0.5);
  return spread_among(5, 0.25, runs, 0.8) && whole;
}
bool spread_100(int runs) {
  const bool whole = spread_among(100, 0, runs, 1.0);
  return spread_among(100, 0.25, runs, 1.5) && whole;
}
bool spread_1000(int runs) {
  const bool whole = spread_among(1'000, 0, runs, 1.3);
  return spread_among(1'000, 0.25, runs, 1.8) && whole;
}

// -- traffic --

namespace {

struct volume {
  double packets = 0, packet_bits = 0, link_bits = 0;
};

/// Addresses as long as real ones; packets sealed, with the headers of UDP and IP.
volume sent_by_all(std::size_t nodes, int duration_s, bool stormy) {
  constexpr std::size_t headers = 28;
  swim_world_config config;
  config.address_suffix = ".members.example:7434";
  swim_world world(nodes, config, nodes, true);
  world.run_for(seconds{10});
  volume out;
  world.on_send = [&](std::size_t, std::size_t, const envelope& e) {
    if (e.reliable) {
      out.link_bits += 8 * static_cast<double>(membership::encode(e.message).size());
      return;
    }
    const auto body = membership::encode(e.message, membership::PACKET_BODY_BYTES_MAX).size();
    out.packets += 1;
    out.packet_bits += 8 * static_cast<double>(body + membership::PACKET_FRAME_BYTES + headers);
  };
  const auto end = world.now() + seconds{duration_s};
  while (world.now() < end) {
    world.run_for(base::duration{100});
    if (!stormy) continue;
    member_record accused = world.node(world.random().below(nodes)).self();
    accused.state = membership::member_state::suspect;
    const membership::update rumour{accused, {{8, UINT64_MAX}}};
    world.tell(world.random().below(nodes),
               {{{8, UINT64_MAX}}, "nowhere", membership::gossip{}, {rumour}});
  }
  const double node_seconds = static_cast<double>(nodes) * duration_s;
  return {out.packets / node_seconds, out.packet_bits / node_seconds, out.link_bits / node_seconds};
}

} // namespace

bool measure_traffic(int duration_s) {
  bool met = true;
  for (const std::size_t nodes : {5u, 32u, 100u, 1'000u}) {
    const volume quiet = sent_by_all(nodes, duration_s, false);
    const volume storm = sent_by_all(nodes, std::min(duration_s, 20), true);
    // What is sent is received: both directions are twice that.
    const double udp = 2 * quiet.packet_bits / 1'000, tcp = 2 * quiet.link_bits / 1'000;
    const bool ok = udp <= 328 && (nodes != 5 || tcp <= 64);
    std::printf(
        "traffic of one of %zu, both ways: quiet %.1f packets/s, UDP %.1f kbit/s (bar 328), "
        "tables %.1f kbit/s%s; ten members wrongly suspected each second: UDP %.1f kbit/s: "
        "%s\n",
        nodes, 2 * quiet.packets, udp, tcp, nodes == 5 ? " (bar 64)" : "",
        2 * storm.packet_bits / 1'000, mark(ok));
    met &= ok;
  }
  return met;
}

} // namespace engram::bench

namespace {

struct command {
  const char* name;
  bool (*run)(int);
  int runs;
};

constexpr command COMMANDS[] = {
    {"spread5", engram::bench::spread_5, 20'000},
    {"spread100", engram::bench::spread_100, 20'000},
    {"spread1000", engram::bench::spread_1000, 3'000},
    {"traffic", engram::bench::measure_traffic, 60},
    {"crash", engram::bench::detect_crashes, 10'000},
    {"overload", engram::bench::overload, 30},
    {"restart", engram::bench::restart_all, 1'000},
    {"partition", engram::bench::heal_partitions, 1'000},
};

} // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const char* wanted = argc > 1 ? argv[1] : "";
  int runs = 0;
  if (argc == 4 && std::strcmp(argv[2], "--runs") == 0) runs = std::atoi(argv[3]);
  if (argc == 3 || argc > 4 || (argc == 4 && runs <= 0)) wanted = "?";
  bool met = true, known = false;
  for (const command& each : COMMANDS) {
    if (*wanted != '\0' && std::strcmp(wanted, each.name) != 0) continue;
    known = true;
    met &= each.run(runs > 0 ? runs : each.runs);
  }
  if (!known) {
    std::fprintf(stderr, "membership_sim [spread5|spread100|spread1000|traffic|crash|overload|"
                         "restart|partition [--runs N]]\n");
    return 2;
  }
  return met ? 0 : 1;
}
