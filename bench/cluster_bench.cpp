// What several nodes cost and give against one, all of them processes of the shipped binary on this
// machine: forming, quorum writes, recalls through another node, lag, catching up.
//   cluster_bench [binary] [rounds] [writes]   default: build/release/node/engram, 5, everything

#include "bench/corpus.hpp"
#include "bench/paired.hpp"
#include "bench/process_cluster.hpp"
#include "bench/scratch.hpp"
#include "client/import_stream.hpp"

#include <thread>

namespace engram::bench {
namespace {

constexpr int in_flight = 64;

struct side {
  client::connection connection;
  client::space space;
};

side open_side(client::event_loop& loop, const process_cluster& nodes, std::size_t i,
               const std::string& name) {
  auto connection = nodes.connect(loop, i);
  must(loop.wait(connection.create_space({name, 0, ""})));
  auto space = connection.open_space(name);
  return {std::move(connection), std::move(space)};
}

client::episode nth(const corpus& from, std::size_t n) {
  auto out = from.episodes[n % from.episodes.size()];
  out.id = "w" + std::to_string(n);
  return out;
}

void must_all(const base::result<client::write_result>& got) {
  if (!got) give_up(got.error().message());
  for (const auto& item : got->items)
    if (!item) give_up(item.error().message());
}

/// Median seconds of single quorum writes, one after the other.
double single_write(client::event_loop& loop, const side& to, const corpus& from, std::size_t& n,
                    int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    auto one = nth(from, n++);
    times.push_back(seconds([&] { must_all(loop.wait(to.space.remember({std::move(one)}))); }));
  }
  return median(times);
}

kj::Promise<void> chain(const side& to, const corpus& from, std::size_t& n, std::size_t end) {
  if (n >= end) return kj::READY_NOW;
  return to.space.remember({nth(from, n++)})
      .then([&to, &from, &n, end](base::result<client::write_result> got) {
        must_all(got);
        return chain(to, from, n, end);
      });
}

/// CPU seconds of all nodes for `count` writes, 64 in flight.
double write_cpu(client::event_loop& loop, const process_cluster& nodes, const side& to,
                 const corpus& from, std::size_t& n, std::size_t count) {
  const double before = nodes.cpu_seconds();
  const auto end = n + count;
  auto chains = kj::heapArrayBuilder<kj::Promise<void>>(in_flight);
  for (int i = 0; i < in_flight; ++i) chains.add(chain(to, from, n, end));
  kj::joinPromises(chains.finish()).wait(loop.io().waitScope);
  return nodes.cpu_seconds() - before;
}

void measure_writes(report& table, client::event_loop& loop, const process_cluster& one,
                    const process_cluster& three, const corpus& from, int rounds) {
  const auto alone = open_side(loop, one, 0, "writes");
  const auto shared = open_side(loop, three, 0, "writes");
  std::size_t a = 0, b = 0;
  table.limit("quorum write on 3 nodes, depth 1, median us",
              interleave(
                  rounds, [&] { return single_write(loop, shared, from, a, 200) * 1e6; },
                  [&] { return single_write(loop, alone, from, b, 200) * 1e6; }),
              report::bound::at_most, 3);
  table.limit("quorum writes on 3 nodes, 64 in flight, CPU s of all",
              interleave(
                  rounds, [&] { return write_cpu(loop, three, shared, from, a, 4'000); },
                  [&] { return write_cpu(loop, one, alone, from, b, 4'000); }),
              report::bound::at_most, 3.2);
}

/// Median seconds of recalls.
double recalls(client::event_loop& loop, const client::space& space, const corpus& from,
               int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    client::recall_query asked;
    const auto& text = from.episodes[static_cast<std::size_t>(i) * 7919 % 3'000].text;
    asked.cue.text = text.substr(0, text.find(' ', 30));
    times.push_back(seconds([&] {
      if (must(loop.wait(space.recall(asked))).hits.empty()) give_up("nothing was recalled");
    }));
  }
  return median(times);
}

void import_to(client::event_loop& loop, const client::space& to, const corpus& from) {
  auto stream = must(loop.wait(to.open_import()));
  for (std::size_t i = 0; i < from.episodes.size(); i += 256) {
    client::import_batch batch;
    const auto end = std::min(i + 256, from.episodes.size());
    for (auto n = i; n < end; ++n) batch.episodes.push_back(from.episodes[n]);
    must(loop.wait(stream.push(batch)));
  }
  must(loop.wait(stream.finish()));
}

/// A node that holds no copy of the space; there is one when each space has a single one.
std::size_t stranger_to(client::event_loop& loop, const process_cluster& nodes,
                        const std::string& name, bool holder) {
  const auto seen = must(loop.wait(nodes.connect(loop, 0).cluster()));
  for (const auto& space : seen.spaces) {
    if (space.name != name) continue;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto self = must(loop.wait(nodes.connect(loop, i).cluster())).self;
      const bool holds = std::any_of(space.replicas.begin(), space.replicas.end(),
                                     [&](const auto& r) { return r.store == self && r.placed; });
      if (holds == holder) return i;
    }
  }
  give_up("no such node");
}

void measure_recalls(report& table, client::event_loop& loop, const process_cluster& one,
                     const process_cluster& three, const process_cluster& scattered,
                     const corpus& from, int rounds) {
  const auto alone = open_side(loop, one, 0, "recalls");
  const auto shared = open_side(loop, three, 0, "recalls");
  const auto single = open_side(loop, scattered, 0, "recalls");
  for (const auto* to : {&alone, &shared, &single}) import_to(loop, to->space, from);
  std::this_thread::sleep_for(std::chrono::seconds(4)); // quiet spaces settle
  const auto elsewhere =
      scattered.connect(loop, stranger_to(loop, scattered, "recalls", false)).open_space("recalls");
  const auto peer = [&] { return recalls(loop, alone.space, from, 300) * 1e6; };
  table.limit("recall on a node of three that holds the space, us",
              interleave(
                  rounds, [&] { return recalls(loop, shared.space, from, 300) * 1e6; }, peer),
              report::bound::at_most, 1.5);
  table.limit("recall through a node that does not, us",
              interleave(
                  rounds, [&] { return recalls(loop, elsewhere, from, 300) * 1e6; }, peer),
              report::bound::at_most, 3);
}

bool has(client::event_loop& loop, const client::space& in, const std::string& id) {
  const auto got = loop.wait(in.get({id}));
  return got && !got->empty();
}

/// From the acknowledgement of a write on one node to its being read on another.
void measure_lag(report& table, client::event_loop& loop, const process_cluster& three,
                 const corpus& from) {
  const auto here = open_side(loop, three, 0, "lag");
  const auto there = three.connect(loop, 1).open_space("lag");
  std::vector<double> lags;
  for (std::size_t n = 0; n < 300; ++n) {
    auto one = nth(from, n);
    const auto id = one.id;
    must_all(loop.wait(here.space.remember({std::move(one)}, client::durability::local)));
    lags.push_back(seconds([&] {
      while (!has(loop, there, id)) {
      }
    }));
  }
  std::sort(lags.begin(), lags.end());
  const double p99 = lags[lags.size() * 99 / 100];
  table.limit("a local write seen on another node, p99 s (peer: p50)", p99, lags[lags.size() / 2],
              p99, report::bound::at_most, 1);
}

void measure_catch_up(report& table, client::event_loop& loop, process_cluster& three,
                      const corpus& from) {
  const auto here = open_side(loop, three, 0, "outage");
  std::size_t n = 0;
  const auto steady = [&](std::size_t count) {
    return seconds([&] {
      auto chains = kj::heapArrayBuilder<kj::Promise<void>>(in_flight);
      const auto end = n + count;
      for (int i = 0; i < in_flight; ++i) chains.add(chain(here, from, n, end));
      kj::joinPromises(chains.finish()).wait(loop.io().waitScope);
    });
  };
  steady(2'000);
  const double one_client = 1 / single_write(loop, here, from, n, 300);
  three.kill(2);
  const std::size_t missed = 40'000;
  const double flood = static_cast<double>(missed) / steady(missed);
  three.start(2);
  const auto back = three.connect(loop, 2);
  const double caught = seconds([&] {
    while (must(loop.wait(back.cluster())).members.size() < 3) {
    }
    while (must(loop.wait(back.open_space("outage").info())).memories != n)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const double pace = static_cast<double>(missed) / caught;
  table.limit("catching up, entries/s (peer: one client's writes)", pace, one_client,
              pace / one_client, report::bound::at_least, 5);
  std::printf("  against %d writes in flight, which fill the machine: %.0f/s, ratio %.2f\n",
              in_flight, flood, pace / flood);
}

int run(const std::string& binary, int rounds, bool only_writes) {
  scratch disk;
  report table("a cluster against one node");
  client::event_loop loop;
  corpus from = wordnet(6'000);
  from.associations.clear();
  const process_cluster one(loop, binary, disk.fresh("one"), 1);
  process_cluster three(loop, binary, disk.fresh("three"), 3);
  if (only_writes) {
    measure_writes(table, loop, one, three, from, rounds);
    return table.exit_code();
  }
  table.limit("three nodes form, s", three.seconds_to_form(), one.seconds_to_form(),
              three.seconds_to_form(), report::bound::at_most, 5);
  measure_lag(table, loop, three, from);
  measure_writes(table, loop, one, three, from, rounds);
  {
    const process_cluster scattered(loop, binary, disk.fresh("scattered"), 3,
                                    {"--replication-factor", "1"});
    measure_recalls(table, loop, one, three, scattered, from, rounds);
  }
  measure_catch_up(table, loop, three, from);
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) {
  return engram::bench::run(argc > 1 ? argv[1] : "build/release/node/engram",
                            argc > 2 ? std::atoi(argv[2]) : 5,
                            argc > 3 && std::string_view(argv[3]) == "writes");
}
