// What the shell costs around engine and disk: a recall over RPC against the engine called in
// process and a bare echo through an actor; durable writes against bare RocksDB.
//   shell_bench [rounds]

#include "bench/bench_node.hpp"
#include "bench/echo.hpp"
#include "bench/local_engine.hpp"
#include "bench/paired.hpp"
#include "bench/raw_rocks.hpp"
#include "bench/scratch.hpp"
#include "storage/rocks/rocks_store.hpp"

#include <functional>

namespace engram::bench {
namespace {

constexpr std::size_t per_batch = 256;
constexpr int in_flight = 64;

// -- recall --------------------------------------------------------------------------------------

/// A few words of a memory: what somebody would half remember.
std::string half_remembered(const std::string& text) {
  std::size_t end = 0;
  for (int words = 0; words < 6 && end != std::string::npos; ++words) end = text.find(' ', end + 1);
  return text.substr(0, end);
}

struct recall_times {
  std::vector<double> rpc, node, local, echo, added; // microseconds
};

recall_times time_recalls(client::event_loop& loop, const client::space& space,
                          const local_engine& engine, echo_client& echo, const corpus& from,
                          bool with_content, int rounds) {
  recall_times out;
  for (int round = -20; round < rounds; ++round) { // the first ones warm up
    const auto at = static_cast<std::size_t>(round + 20) * 7919 % from.episodes.size();
    client::recall_query asked;
    asked.cue.text = half_remembered(from.episodes[at].text);
    asked.now = base::instant{1'800'000'000'000};
    asked.with_content = with_content;
    memory::recall_query query;
    query.cue.text = asked.cue.text;
    query.now = *asked.now;

    client::recall_answer answer;
    std::size_t local_hits = 0;
    const double rpc = seconds([&] { answer = must(loop.wait(space.recall(asked))); });
    const double local = seconds([&] { local_hits = engine.recall(query).hits.size(); });
    const double bare = seconds([&] { echo.call(asked.cue.text); });
    if (answer.hits.size() != local_hits || local_hits == 0)
      give_up("two engines answered differently");
    if (round < 0) continue;
    out.rpc.push_back(rpc * 1e6);
    out.node.push_back(static_cast<double>(answer.took_us));
    out.local.push_back(local * 1e6);
    out.echo.push_back(bare * 1e6);
    out.added.push_back((rpc - local) * 1e6);
  }
  return out;
}

void measure_recall(report& table, client::event_loop& loop, const client::connection& connection,
                    int rounds) {
  const corpus from = wordnet(3'000);
  must(loop.wait(connection.create_space({"recall", 0, ""})));
  const client::space space = connection.open_space("recall");
  import_all(loop, space, from, per_batch);
  // The node settles its segments when it has been quiet for two seconds.
  loop.io().provider->getTimer().afterDelay(3 * kj::SECONDS).wait(loop.io().waitScope);
  const local_engine engine(from, per_batch);
  echo_server server;
  echo_client echo(loop.io(), server.port());
  for (const bool with_content : {true, false}) {
    const recall_times t = time_recalls(loop, space, engine, echo, from, with_content, rounds * 60);
    const double added = median(t.added), bare = median(t.echo);
    std::printf("recall%s: %.0f us over RPC (%.0f in the node), %.0f us in process; adds %.0f us\n",
                with_content ? " with texts from disk" : "", median(t.rpc), median(t.node),
                median(t.local), added);
    if (with_content) continue; // the engine alone has no texts: nothing to compare with
    table.limit("recall over RPC: what it adds, us", median(t.rpc), median(t.local), added,
                report::bound::at_most, 150);
    table.limit("recall over RPC: what it adds, in bare echoes", added, bare, added / bare,
                report::bound::at_most, 2);
  }
}

// -- writes --------------------------------------------------------------------------------------

/// All that a node's store holds, dealt into as many batches as there were writes of `batch`.
std::vector<raw_batch> stored_bytes(const std::string& folder, std::size_t memories,
                                    std::size_t batch) {
  storage::rocks_config config;
  config.folder = folder + "/store"; // where a node keeps it
  config.create = false;
  const auto store = must(storage::rocks_store::open(config));
  std::vector<raw_batch> out((memories + batch - 1) / batch);
  for (int column = 0; column < storage::column_count; ++column) {
    raw_batch all;
    const auto rows =
        store->scan(static_cast<storage::column>(column), "", std::string(64, '\xFF'));
    while (must(rows->next()))
      all.emplace_back(std::to_string(column) + std::string(rows->current().key),
                       std::string(rows->current().value));
    for (std::size_t i = 0; i < all.size(); ++i)
      out[i * out.size() / all.size()].push_back(std::move(all[i]));
  }
  return out;
}

std::size_t bytes_of(const std::vector<raw_batch>& batches) {
  std::size_t bytes = 0;
  for (const raw_batch& one : batches)
    for (const auto& [key, value] : one) bytes += key.size() + value.size();
  return bytes;
}

/// What the client gives, and nothing else: the tightest raw writer there could be.
std::vector<raw_batch> given_bytes(const corpus& from, std::size_t batch) {
  std::vector<raw_batch> out;
  for (std::size_t i = 0; i < from.episodes.size(); ++i) {
    if (i % batch == 0) out.emplace_back();
    out.back().emplace_back(from.episodes[i].id, from.episodes[i].title + from.episodes[i].text);
  }
  return out;
}

double raw_seconds(scratch& disk, const std::vector<raw_batch>& batches) {
  raw_rocks peer(disk.fresh("raw"));
  return seconds([&] {
    for (const raw_batch& one : batches) peer.write(one);
  });
}

/// A node of its own for every round, so that each begins empty. What it stored stays in `folder`.
template <class Write>
double node_seconds(const std::string& folder, Write&& write) {
  bench_node node(folder);
  client::event_loop loop;
  double spent = 0;
  {
    const client::connection connection = node.connect(loop);
    must(loop.wait(connection.create_space({"write", 0, ""})));
    const client::space space = connection.open_space("write");
    spent = seconds([&] { write(loop, space); });
  }
  node.stop();
  return spent;
}

void measure_import(report& table, scratch& disk, int rounds) {
  corpus from = wordnet(40'000);
  from.associations.clear();
  const auto count = static_cast<double>(from.episodes.size());
  const auto import = [&](const std::string& folder) {
    return node_seconds(folder, [&](client::event_loop& loop, const client::space& space) {
      import_all(loop, space, from, per_batch);
    });
  };
  const std::string first = disk.fresh("node");
  import(first);
  const auto stored = stored_bytes(first, from.episodes.size(), per_batch);
  const auto given = given_bytes(from, per_batch);
  std::printf("bytes a memory: %.0f stored, %.0f given\n",
              static_cast<double>(bytes_of(stored)) / count,
              static_cast<double>(bytes_of(given)) / count);
  table.limit("import in batches of 256, memories/s",
              interleave(
                  rounds, [&] { return count / import(disk.fresh("node")); },
                  [&] { return count / raw_seconds(disk, stored); }),
              report::bound::at_least, 0.5);
  table.note("  against the given bytes alone",
             interleave(
                 2, [&] { return count / import(disk.fresh("node")); },
                 [&] { return count / raw_seconds(disk, given); }));
}

/// One of the chains that remember a memory after the other.
kj::Promise<void> remember_chain(const client::space& space, const corpus& from,
                                 std::size_t& next) {
  if (next == from.episodes.size()) return kj::READY_NOW;
  return space.remember({from.episodes[next++]})
      .then([&space, &from, &next](base::result<client::write_result> got) {
        const auto receipt = must(std::move(got)).items.at(0);
        if (!receipt) give_up(receipt.error().message());
        return remember_chain(space, from, next);
      });
}

void remember_singly(client::event_loop& loop, const client::space& space, const corpus& from) {
  std::size_t next = 0;
  auto chains = kj::heapArrayBuilder<kj::Promise<void>>(in_flight);
  for (int i = 0; i < in_flight; ++i) chains.add(remember_chain(space, from, next));
  kj::joinPromises(chains.finish()).wait(loop.io().waitScope);
}

void measure_singles(report& table, scratch& disk, int rounds) {
  corpus from = wordnet(6'000);
  from.associations.clear();
  const auto count = static_cast<double>(from.episodes.size());
  const auto remember = [&](const std::string& folder) {
    return node_seconds(folder, [&](client::event_loop& loop, const client::space& space) {
      remember_singly(loop, space, from);
    });
  };
  const std::string first = disk.fresh("node");
  remember(first);
  const auto stored = stored_bytes(first, from.episodes.size(), in_flight);
  const std::string bytes(bytes_of(given_bytes(from, in_flight)) / from.episodes.size(), 'x');
  echo_server server;
  const auto floor = [&] {
    client::event_loop loop;
    echo_client echo(loop.io(), server.port());
    const double talk =
        seconds([&] { echo.call_many(static_cast<int>(from.episodes.size()), in_flight, bytes); });
    return count / (talk + raw_seconds(disk, stored));
  };
  table.limit("single durable remembers, 64 in flight, memories/s",
              interleave(
                  rounds, [&] { return count / remember(disk.fresh("node")); }, floor),
              report::bound::at_least, 0.5);
}

int run(int rounds) {
  scratch disk;
  report table("the shell around engine and disk");
  {
    bench_node node(disk.fresh("node"));
    client::event_loop loop;
    measure_recall(table, loop, node.connect(loop), rounds);
    node.stop();
  }
  measure_import(table, disk, rounds);
  measure_singles(table, disk, rounds);
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) { return engram::bench::run(argc > 1 ? std::atoi(argv[1]) : 7); }
