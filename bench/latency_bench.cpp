// How long one asker waits while another writes: recalls, and spreads of three hops from a cue,
// over RPC to a node that holds 100,000 memories of WordNet with its associations. Beside it runs a
// probe that wakes a thread and spins for a fixed time: what the machine itself makes of its tail.
//   latency_bench [questions] [writes a second]

#include "bench/bench_node.hpp"
#include "bench/paired.hpp"
#include "bench/scratch.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace engram::bench {
namespace {

using clock = std::chrono::steady_clock;

double percentile(std::vector<double> of, double share) {
  if (of.empty()) return 0;
  std::sort(of.begin(), of.end());
  return of[std::min(of.size() - 1,
                     static_cast<std::size_t>(share * static_cast<double>(of.size())))];
}

/// Additions that take about the time given, on a quiet core.
class spin {
public:
  explicit spin(double milliseconds) {
    constexpr std::uint64_t trial = 1'000'000;
    double best = 1;
    for (int i = 0; i < 20; ++i) best = std::min(best, seconds([&] { turn(trial); }));
    count_ = static_cast<std::uint64_t>(milliseconds / 1000 / best * trial);
  }
  void operator()() { turn(count_); }

private:
  void turn(std::uint64_t times) {
    for (std::uint64_t i = 0; i < times; ++i) sum_ = sum_ * 6364136223846793005u + i;
  }
  std::uint64_t count_ = 0;
  volatile std::uint64_t sum_ = 1;
};

/// A thread that is woken, spins, and wakes whoever waits: what a question is, without the
/// question.
class probe {
public:
  explicit probe(double milliseconds) : work_(milliseconds), thread_([this] { serve(); }) {}
  ~probe() {
    post(state::ended);
    thread_.join();
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;

  /// Milliseconds from the wish to the answer.
  double run() {
    return 1000 * seconds([this] {
             post(state::asked);
             std::unique_lock lock(mutex_);
             changed_.wait(lock, [this] { return state_ == state::idle; });
           });
  }

private:
  enum class state { idle, asked, ended };

  void post(state what) {
    const std::lock_guard lock(mutex_);
    state_ = what;
    changed_.notify_all();
  }
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return state_ != state::idle; });
      if (state_ == state::ended) return;
      lock.unlock();
      work_();
      lock.lock();
      state_ = state::idle;
      changed_.notify_all();
    }
  }

  spin work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  state state_ = state::idle;
  std::thread thread_;
};

/// Writes episodes at an even pace over a connection of its own, until it is told to stop.
class writer {
public:
  writer(const bench_node& node, const corpus& from, int per_second)
      : thread_([this, &node, &from, per_second] { write(node, from, per_second); }) {}
  ~writer() {
    stop_ = true;
    thread_.join();
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  std::size_t written() const { return written_; }

private:
  void write(const bench_node& node, const corpus& from, int per_second) {
    client::event_loop loop;
    const client::connection connection = node.connect(loop);
    const client::space space = connection.open_space("recall");
    const auto start = clock::now();
    for (std::size_t i = 0; !stop_; ++i) {
      client::episode one = from.episodes[i % from.episodes.size()];
      one.id = "late-" + std::to_string(i);
      if (!must(loop.wait(space.remember({one}))).items.at(0)) give_up("a write failed");
      ++written_;
      std::this_thread::sleep_until(start +
                                    (i + 1) * std::chrono::microseconds(1'000'000 / per_second));
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> written_ = 0;
  std::thread thread_;
};

/// A few words of a memory: what somebody would half remember.
std::string half_remembered(const std::string& text) {
  std::size_t end = 0;
  for (int words = 0; words < 6 && end != std::string::npos; ++words) end = text.find(' ', end + 1);
  return text.substr(0, end);
}

struct waits {
  std::vector<double> recall, spread, probe; // milliseconds
};

waits ask(client::event_loop& loop, const client::space& space, const corpus& from, int questions) {
  waits out;
  probe beside(1);
  for (int i = 0; i < questions; ++i) {
    const auto& text =
        from.episodes[static_cast<std::size_t>(i) * 7919 % from.episodes.size()].text;
    client::recall_query recall;
    recall.cue.text = half_remembered(text);
    out.recall.push_back(1000 * seconds([&] { must(loop.wait(space.recall(recall))); }));
    client::spread_query spread;
    spread.cue.text = recall.cue.text;
    out.spread.push_back(1000 * seconds([&] { must(loop.wait(space.spread(spread))); }));
    out.probe.push_back(beside.run());
  }
  return out;
}

void tell(report& table, const char* what, const std::vector<double>& ours,
          const std::vector<double>& probe) {
  const double tail = percentile(ours, 0.99), tail_of_probe = percentile(probe, 0.99);
  table.limit(std::string(what) + ": p50, ms", median(ours), 5, median(ours),
              report::bound::at_most, 5);
  table.limit(std::string(what) + ": p99 against the probe's, ms", tail, tail_of_probe,
              tail / tail_of_probe, report::bound::at_most, 4);
}

int run(int questions, int per_second) {
  scratch disk;
  bench_node node(disk.fresh("node"));
  client::event_loop loop;
  const corpus from = wordnet(100'000);
  report table("one asker, and one who writes");
  {
    const client::connection connection = node.connect(loop);
    must(loop.wait(connection.create_space({"recall", 0, ""})));
    const client::space space = connection.open_space("recall");
    import_all(loop, space, from, 256);
    loop.io().provider->getTimer().afterDelay(6 * kj::SECONDS).wait(loop.io().waitScope);
    const waits quiet = ask(loop, space, from, questions / 4);
    std::printf("nobody writes: recall p50 %.2f, p99 %.2f ms; spread p50 %.2f, p99 %.2f ms\n",
                median(quiet.recall), percentile(quiet.recall, 0.99), median(quiet.spread),
                percentile(quiet.spread, 0.99));
    writer load(node, from, per_second);
    const auto start = clock::now();
    const waits busy = ask(loop, space, from, questions);
    const double took = std::chrono::duration<double>(clock::now() - start).count();
    std::printf("%zu associations; %.0f writes a second\n", from.associations.size(),
                static_cast<double>(load.written()) / took);
    tell(table, "recall", busy.recall, busy.probe);
    tell(table, "three hops from a cue", busy.spread, busy.probe);
  }
  node.stop();
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) {
  return engram::bench::run(argc > 1 ? std::atoi(argv[1]) : 2000,
                            argc > 2 ? std::atoi(argv[2]) : 200);
}
