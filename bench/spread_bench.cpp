// Three hops over WordNet's associations: the engine's spread against a bare traversal of the same
// graph in compressed rows, and against SQLite answering one statement that merges three steps. All
// three visit the same memories; that is checked, seed by seed.
//   spread_bench [seeds] [rounds]

#include "base/math.hpp"
#include "base/random.hpp"
#include "bench/corpus.hpp"
#include "bench/local_engine.hpp"
#include "bench/must.hpp"
#include "bench/paired.hpp"
#include "memory/recall/activation.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <unordered_map>
#include <vector>

namespace engram::bench {
namespace {

constexpr double DECAY = 0.5;
constexpr int HOPS = 3;

struct arc {
  std::uint32_t source = 0, target = 0;
  double weight = 0; // divided by what its fan costs
};

struct graph {
  std::vector<std::string> ids;
  std::vector<std::string> kinds;
  std::vector<arc> arcs; // ascending by source
};

graph graph_of(const corpus& from) {
  graph out;
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (const client::episode& one : from.episodes) {
    numbers.emplace(one.id, static_cast<std::uint32_t>(out.ids.size()));
    out.ids.push_back(one.id);
  }
  std::set<std::string> kinds;
  std::vector<std::uint32_t> fans(out.ids.size());
  for (const client::association& one : from.associations) {
    if (one.source == one.target) continue;
    kinds.insert(one.kind);
    out.arcs.push_back({numbers.at(one.source), numbers.at(one.target), one.weight});
    ++fans[out.arcs.back().source];
  }
  for (arc& one : out.arcs) one.weight *= 1 / (1 + base::log(fans[one.source]));
  std::stable_sort(out.arcs.begin(), out.arcs.end(),
                   [](const arc& a, const arc& b) { return a.source < b.source; });
  out.kinds.assign(kinds.begin(), kinds.end());
  return out;
}

/// Nothing but the graph: offsets, targets, weights, and dense sums that it clears behind itself.
class bare_rows {
public:
  explicit bare_rows(const graph& of)
      : offsets_(of.ids.size() + 1), sums_(of.ids.size()), rounds_(of.ids.size(), UNREACHED) {
    for (const arc& one : of.arcs) ++offsets_[one.source + 1];
    for (std::size_t i = 1; i < offsets_.size(); ++i) offsets_[i] += offsets_[i - 1];
    for (const arc& one : of.arcs) {
      targets_.push_back(one.target);
      weights_.push_back(static_cast<std::uint32_t>(base::q32::from(one.weight).raw - 1));
    }
  }

  /// How many it visits.
  std::size_t run(std::uint32_t seed) {
    visited_.assign(1, seed);
    rounds_[seed] = 0;
    sums_[seed] = std::int64_t{1} << 32;
    std::size_t begin = 0;
    for (std::uint8_t round = 1; round <= HOPS; ++round) {
      const std::size_t end = visited_.size();
      amounts_.clear();
      for (std::size_t i = begin; i < end; ++i) amounts_.push_back(sums_[visited_[i]] / 2);
      for (std::size_t i = begin; i < end; ++i) tell(visited_[i], amounts_[i - begin], round);
      begin = end;
    }
    for (const std::uint32_t one : visited_) rounds_[one] = UNREACHED, sums_[one] = 0;
    return visited_.size();
  }
  /// Of the last run, ascending.
  std::vector<std::uint32_t> visited() const {
    std::vector<std::uint32_t> out(visited_);
    std::sort(out.begin(), out.end());
    return out;
  }

private:
  static constexpr std::uint8_t UNREACHED = 255;

  void tell(std::uint32_t from, std::int64_t amount, std::uint8_t round) {
    for (std::uint32_t i = offsets_[from]; i < offsets_[from + 1]; ++i) {
      const std::uint32_t target = targets_[i];
      sums_[target] += (amount >> 8) * static_cast<std::int64_t>(weights_[i]) >> 24;
      if (rounds_[target] != UNREACHED) continue;
      rounds_[target] = round;
      visited_.push_back(target);
    }
  }

  std::vector<std::uint32_t> offsets_, targets_, weights_;
  std::vector<std::int64_t> sums_, amounts_;
  std::vector<std::uint8_t> rounds_;
  std::vector<std::uint32_t> visited_;
};

class sqlite_graph {
public:
  explicit sqlite_graph(const graph& of) {
    check(sqlite3_open(":memory:", &db_));
    execute("CREATE TABLE arc(source INT, target INT, weight INT,"
            " PRIMARY KEY(source, target, weight)) WITHOUT ROWID; BEGIN");
    sqlite3_stmt* insert = prepare("INSERT OR IGNORE INTO arc VALUES(?, ?, ?)");
    for (const arc& one : of.arcs) {
      sqlite3_bind_int64(insert, 1, one.source);
      sqlite3_bind_int64(insert, 2, one.target);
      sqlite3_bind_int64(insert, 3, base::q32::from(one.weight).raw >> 8); // so products fit
      step(insert);
      sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    execute("COMMIT; ANALYZE");
    // Each step sums what the one before tells; the last select merges what three steps found.
    query_ = prepare(
        "WITH h0(n, a) AS (SELECT ?1, 16777216),"
        " h1(n, a) AS MATERIALIZED (SELECT target, sum(h0.a * weight >> 25) FROM h0"
        "  CROSS JOIN arc ON source = h0.n GROUP BY target),"
        " h2(n, a) AS MATERIALIZED (SELECT target, sum(h1.a * weight >> 25) FROM h1"
        "  CROSS JOIN arc ON source = h1.n WHERE h1.n NOT IN (SELECT n FROM h0) GROUP BY target),"
        " h3(n, a) AS MATERIALIZED (SELECT target, sum(h2.a * weight >> 25) FROM h2"
        "  CROSS JOIN arc ON source = h2.n WHERE h2.n NOT IN (SELECT n FROM h0)"
        "  AND h2.n NOT IN (SELECT n FROM h1) GROUP BY target)"
        " SELECT n, sum(a) FROM (SELECT * FROM h0 UNION ALL SELECT * FROM h1 UNION ALL"
        "  SELECT * FROM h2 UNION ALL SELECT * FROM h3) GROUP BY n");
  }
  ~sqlite_graph() {
    sqlite3_finalize(query_);
    sqlite3_close(db_);
  }
  sqlite_graph(const sqlite_graph&) = delete;
  sqlite_graph& operator=(const sqlite_graph&) = delete;

  std::vector<std::uint32_t> run(std::uint32_t seed) {
    std::vector<std::uint32_t> visited;
    sqlite3_bind_int64(query_, 1, seed);
    while (step(query_))
      visited.push_back(static_cast<std::uint32_t>(sqlite3_column_int64(query_, 0)));
    sqlite3_reset(query_);
    return visited;
  }

private:
  void check(int code) const {
    if (code != SQLITE_OK) give_up(sqlite3_errmsg(db_));
  }
  void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* out = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &out, nullptr));
    return out;
  }
  bool step(sqlite3_stmt* of) const {
    const int code = sqlite3_step(of);
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* query_ = nullptr;
};

memory::spread_query query_from(const graph& of, std::uint32_t seed, std::uint32_t limit) {
  memory::spread_query query;
  query.from = {of.ids[seed]};
  query.kinds = of.kinds;
  query.hops = HOPS;
  query.decay = DECAY;
  query.threshold = 0;
  query.fan = query.budget = static_cast<std::uint32_t>(of.ids.size());
  query.limit = limit;
  query.now = base::instant{1'800'000'000'000};
  return query;
}

/// Seeds from whom there is somewhere to go, drawn at random.
std::vector<std::uint32_t> draw_seeds(const graph& of, std::size_t count) {
  std::vector<bool> has(of.ids.size());
  for (const arc& one : of.arcs) has[one.source] = true;
  base::random random(5);
  std::vector<std::uint32_t> out;
  while (out.size() < count) {
    const auto seed = static_cast<std::uint32_t>(random.below(of.ids.size()));
    if (has[seed]) out.push_back(seed);
  }
  return out;
}

/// The three agree on whom they visit.
std::size_t check_visited(const local_engine& engine, const graph& of, bare_rows& bare,
                          sqlite_graph& sqlite, const std::vector<std::uint32_t>& seeds) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < of.ids.size(); ++i) numbers.emplace(of.ids[i], i);
  std::size_t sum = 0;
  for (const std::uint32_t seed : seeds) {
    bare.run(seed);
    const auto visited = bare.visited();
    auto by_sqlite = sqlite.run(seed);
    std::sort(by_sqlite.begin(), by_sqlite.end());
    std::vector<std::uint32_t> ours;
    for (const auto& one :
         engine.spread(query_from(of, seed, static_cast<std::uint32_t>(of.ids.size()))).memories)
      ours.push_back(numbers.at(one.id));
    std::sort(ours.begin(), ours.end());
    if (ours != visited || by_sqlite != visited) give_up("they visit different memories");
    sum += visited.size();
  }
  return sum;
}

/// Six words of a memory, followed over all kinds and indexes: milliseconds of a core, median.
double from_cues(const local_engine& engine, const corpus& from, std::size_t count) {
  std::vector<double> took;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& text = from.episodes[i * 7919 % from.episodes.size()].text;
    std::size_t end = 0;
    for (int words = 0; words < 6 && end != std::string::npos; ++words)
      end = text.find(' ', end + 1);
    memory::spread_query query;
    query.cue.text = text.substr(0, end);
    query.now = base::instant{1'800'000'000'000};
    took.push_back(core_seconds([&] { engine.spread(query); }) * 1000);
  }
  return median(took);
}

int run(std::size_t count, int rounds) {
  const corpus from = wordnet();
  const graph all = graph_of(from);
  const local_engine engine(from, 4096);
  bare_rows bare(all);
  sqlite_graph sqlite(all);
  const auto seeds = draw_seeds(all, count);
  const std::size_t visited = check_visited(engine, all, bare, sqlite, seeds);
  std::printf("%zu memories, %zu associations; three hops from %zu seeds visit %zu: %.0f each\n",
              all.ids.size(), all.arcs.size(), seeds.size(), visited,
              static_cast<double>(visited) / static_cast<double>(seeds.size()));
  std::vector<memory::spread_query> queries;
  std::vector<std::uint32_t> ordinals;
  for (const std::uint32_t seed : seeds) {
    queries.push_back(query_from(all, seed, 50));
    ordinals.push_back(engine.view().find_id(all.ids[seed]).at(0));
  }
  std::size_t sink = 0;
  const auto each = static_cast<double>(seeds.size());
  const auto ours = [&] {
    return core_seconds([&] {
             for (const auto& query : queries) sink += engine.spread(query).memories.size();
           }) /
           each * 1e6;
  };
  const memory::recall_config weights;
  const auto bare_ours = [&] {
    return core_seconds([&] {
             for (std::size_t i = 0; i < queries.size(); ++i) {
               memory::activation spreading(engine.view(), weights, queries[i]);
               spreading.seed(ordinals[i], base::q32::from(1));
               spreading.run();
               sink += spreading.all().size();
             }
           }) /
           each * 1e6;
  };
  const auto by_rows = [&] {
    return core_seconds([&] {
             for (const std::uint32_t seed : seeds) sink += bare.run(seed);
           }) /
           each * 1e6;
  };
  const auto by_sqlite = [&] {
    return core_seconds([&] {
             for (const std::uint32_t seed : seeds) sink += sqlite.run(seed).size();
           }) /
           each * 1e6;
  };
  report table("three hops over WordNet, us of a core a question");
  table.limit("activation, against bare rows", interleave(rounds, bare_ours, by_rows),
              report::bound::at_most, 2);
  table.limit("SQLite, against activation", interleave(rounds / 4 + 1, by_sqlite, bare_ours),
              report::bound::at_least, 20);
  table.note("with the best 50 by name and path, against bare rows",
             interleave(rounds, ours, by_rows));
  table.note("SQLite, against that", interleave(rounds / 4 + 1, by_sqlite, ours));
  std::printf("from a cue, over all kinds and indexes: %.2f ms\n", from_cues(engine, from, count));
  return sink == 0 ? 2 : table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) {
  return engram::bench::run(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 500,
                            argc > 2 ? std::atoi(argv[2]) : 20);
}
