// How long a node takes from opening its folder to a first recall that sees everything: WordNet
// with its associations in one space, the changelogs of this machine in another.

#include "bench/bench_node.hpp"
#include "bench/paired.hpp"
#include "bench/scratch.hpp"

#include <sys/resource.h>

namespace engram::bench {
namespace {

struct filled_space {
  std::string name, question;
  corpus content;
};

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

void fill(const std::string& folder, const std::vector<filled_space>& spaces) {
  bench_node node(folder);
  client::event_loop loop;
  {
    const client::connection connection = node.connect(loop);
    for (const filled_space& one : spaces) {
      must(loop.wait(connection.create_space({one.name, 0, ""})));
      import_all(loop, connection.open_space(one.name), one.content, 256);
    }
  }
  node.stop();
}

struct restart {
  double wall = 0, cpu = 0;
};

/// Requires: the answers cover every memory, or the benchmark ends.
restart restart_once(const std::string& folder, const std::vector<filled_space>& spaces) {
  const double cpu = cpu_seconds();
  restart out;
  std::unique_ptr<bench_node> node;
  client::event_loop loop;
  out.wall = seconds([&] {
    node = std::make_unique<bench_node>(folder);
    const client::connection connection = node->connect(loop);
    for (const filled_space& one : spaces) {
      client::recall_query query;
      query.cue.text = one.question;
      query.read.strict = true;
      query.read.deadline = base::duration{60'000}; // a space that opens: longer than asking one
      const auto answer = must(loop.wait(connection.open_space(one.name).recall(query)));
      if (answer.hits.empty() || answer.coverage.memories != one.content.episodes.size())
        give_up("space " + one.name + " answered from " + std::to_string(answer.coverage.memories) +
                " of " + std::to_string(one.content.episodes.size()) + " memories");
    }
  });
  out.cpu = cpu_seconds() - cpu;
  node->stop();
  return out;
}

int run(int rounds) {
  std::vector<filled_space> spaces;
  spaces.push_back({"lexicon", "a bird that cannot fly", wordnet()});
  spaces.push_back({"machine", "heap overflow in certificate parsing", changelogs()});
  std::erase_if(spaces, [](const filled_space& one) { return one.content.episodes.empty(); });
  double memories = 0;
  for (const filled_space& one : spaces) {
    memories += static_cast<double>(one.content.episodes.size());
    std::printf("%s: %zu memories, %zu associations\n", one.name.c_str(),
                one.content.episodes.size(), one.content.associations.size());
  }

  scratch disk;
  const std::string folder = disk.fresh("node");
  fill(folder, spaces);
  std::vector<double> wall, cpu;
  for (int round = 0; round < rounds; ++round) {
    const restart one = restart_once(folder, spaces);
    wall.push_back(one.wall);
    cpu.push_back(one.cpu);
  }
  report table("restart: from open to a first recall with full coverage");
  const double rate = memories / median(wall);
  table.limit("memories/s", rate, 50'000, rate / 50'000, report::bound::at_least, 1);
  std::printf("wall %.2f s, CPU %.2f s (medians of %d)\n", median(wall), median(cpu), rounds);
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) { return engram::bench::run(argc > 1 ? std::atoi(argv[1]) : 5); }
