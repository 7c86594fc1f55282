// Exact top-10 scan against a plain streaming read of the same bytes by the same number of threads.
// The set is several times the last-level cache, so both are about memory.
//   scan_bench [MiB] [rounds]

#include "bench/paired.hpp"
#include "bench/stream_read.hpp"
#include "memory/vector/exact_index.hpp"

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

namespace engram::bench {
namespace {

using memory::embedding;
using memory::exact_index;
using memory::vector_block;

embedding random_embedding(std::mt19937_64& random, std::uint32_t dimension) {
  embedding out{std::vector<std::int8_t>(dimension), 1.0f};
  for (auto& value : out.values)
    value = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
  return out;
}

/// Rows drawn from a few thousand different ones: drawing each anew would take minutes.
std::shared_ptr<const vector_block> make_block(std::uint32_t dimension, std::size_t bytes) {
  std::mt19937_64 random(dimension);
  std::vector<embedding> pool;
  for (int i = 0; i < 4096; ++i) pool.push_back(random_embedding(random, dimension));
  std::vector<vector_block::item> items(bytes / vector_block::stride_of(dimension));
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = {static_cast<std::uint32_t>(i), &pool[random() % pool.size()]};
  return std::make_shared<vector_block>(dimension, items);
}

template <class Work>
void on_threads(std::size_t threads, Work&& work) {
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&work, i] { work(i); });
  work(0);
  for (std::thread& other : others) other.join();
}

double scan_once(const exact_index& index, const embedding& query, std::size_t threads) {
  return seconds([&] {
    const memory::search_rules rules;
    const memory::scan_query ready(query);
    std::vector<memory::top_hits> best(threads, memory::top_hits(10, rules));
    on_threads(threads, [&](std::size_t i) { index.search_part(ready, i, threads, best[i]); });
    for (std::size_t i = 1; i < threads; ++i) best[0].merge(std::move(best[i]));
    benchmark::DoNotOptimize(std::move(best[0]).take());
  });
}

double read_once(const vector_block& block, std::size_t threads) {
  return seconds([&] {
    on_threads(threads, [&](std::size_t i) {
      const std::size_t first = block.rows() * i / threads;
      const std::size_t last = block.rows() * (i + 1) / threads;
      benchmark::DoNotOptimize(stream_read(block.data(first), (last - first) * block.stride()));
    });
  });
}

/// GB/s of both, and their ratio.
pairs measure(const vector_block& block, const exact_index& index, std::size_t threads,
              int rounds) {
  std::mt19937_64 random(7);
  const double gigabytes = static_cast<double>(block.rows() * block.stride()) / 1e9;
  return interleave(
      rounds,
      [&] {
        return gigabytes / scan_once(index, random_embedding(random, block.dimension()), threads);
      },
      [&] { return gigabytes / read_once(block, threads); });
}

void force(std::int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// As Linux tells it; sysconf names the host's sum in virtual machines.
std::string last_level_cache() {
  std::string size = "unknown";
  std::ifstream("/sys/devices/system/cpu/cpu0/cache/index3/size") >> size;
  return size;
}

int run(std::size_t mebibytes, int rounds) {
  report table("exact top-10 scan, GB/s against a plain streaming read of the same memory");
  std::printf("set: %zu MiB, last-level cache: %s\n", mebibytes, last_level_cache().c_str());
  for (const std::uint32_t dimension : {128u, 384u, 768u}) {
    const auto block = make_block(dimension, mebibytes << 20);
    const exact_index index(dimension, {block});
    for (const std::size_t threads : {1u, 2u})
      table.limit("dimension " + std::to_string(dimension) + ", threads " + std::to_string(threads),
                  measure(*block, index, threads, rounds), report::bound::at_least, 0.6);
    if (dimension != 384) continue;
    const std::int64_t compiled = hwy::SupportedTargets() & HWY_TARGETS;
    for (std::int64_t left = compiled; left != 0; left &= left - 1) {
      force(left & -left);
      table.note(std::string("dimension 384, threads 1, only ") + hwy::TargetName(left & -left),
                 measure(*block, index, 1, std::max(3, rounds / 3)));
    }
    force(0);
  }
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) {
  const std::size_t mebibytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 512;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
  return engram::bench::run(mebibytes, rounds);
}
