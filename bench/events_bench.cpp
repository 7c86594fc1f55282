// What events cost. The hooks themselves beside a recall without them, in the engine; then recalls
// and durable writes in a whole node, asked of its service in process: of a space that nobody
// watches, of another such (how far equals lie apart here), of one whose log somebody watches, and
// of one where somebody watches what answers show.
//   events_bench [rounds]

#include "actors/space/space_slot.hpp"
#include "bench/bench_node.hpp"
#include "bench/local_engine.hpp"
#include "bench/paired.hpp"
#include "bench/scratch.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <future>
#include <thread>

namespace engram::bench {
namespace {

constexpr std::size_t MEMORIES = 3'000;
constexpr int AT_ONCE = 20; // calls of a turn
constexpr base::instant NOW{1'800'000'000'000};

/// Calls and waits for the reply.
template <class T, class Call>
base::result<T> wait_for(Call&& call) {
  std::promise<base::result<T>> answered;
  call([&answered](base::result<T> got) { answered.set_value(std::move(got)); });
  return answered.get_future().get();
}

memory::recall_query question(const corpus& from, std::size_t i) {
  memory::recall_query out;
  const std::string& text = from.episodes[i * 7919 % from.episodes.size()].text;
  out.cue.text = text.substr(0, text.find(' ', std::min<std::size_t>(30, text.size())));
  out.now = NOW;
  return out;
}

/// A recall as a replica makes it, with the hook and without.
void measure_hooks(report& table, const corpus& from, int rounds) {
  const local_engine engine(from, 256);
  actors::space_slot slot({}, 1);
  std::size_t at = 0;
  const auto turn = [&](bool hooked) {
    return 1e6 / AT_ONCE * core_seconds([&] {
             for (int i = 0; i < AT_ONCE; ++i) {
               memory::recall_query asked = question(from, at + static_cast<std::size_t>(i));
               asked.explain = hooked && slot.answers_watched(std::chrono::nanoseconds(NOW.ms));
               benchmark::DoNotOptimize(engine.recall(asked).hits.size());
               if (hooked) slot.notice([] { return actors::event{}; });
             }
           });
  };
  const pairs both = interleave(
      rounds * 20, [&] { return turn(true); },
      [&] {
        const double took = turn(false);
        at += AT_ONCE;
        return took;
      });
  table.limit("recall in the engine, us: hooks, none", both, report::bound::at_most, 1.02);

  constexpr int MANY = 1'000'000;
  const double alone = core_seconds([&] {
    for (int i = 0; i < MANY; ++i) {
      benchmark::DoNotOptimize(slot.answers_watched(std::chrono::nanoseconds(i)));
      slot.notice([] { return actors::event{}; });
    }
  });
  std::printf("the hooks alone: %.1f ns of %.0f us\n", alone / MANY * 1e9, median(both.peer));
}

/// A space of the node's, filled.
class filled {
public:
  filled(bench_node& node, const std::string& name, const corpus& from)
      : service_(node.service()), from_(from) {
    id_ = must(wait_for<actors::space_info>([&](auto done) {
            service_.create_space({name, 0, "english"}, std::move(done));
          })).identity;
    client::event_loop loop;
    const client::connection connection = node.connect(loop);
    import_all(loop, connection.open_space(name), from, 256);
  }

  const base::space_id& id() const { return id_; }

  /// Microseconds a recall; rounds ask the same of every space.
  double recall(int round) {
    return 1e6 / AT_ONCE * seconds([&] {
             for (int i = 0; i < AT_ONCE; ++i) {
               actors::recall_request asked;
               asked.query = question(from_, static_cast<std::size_t>(round * AT_ONCE + i));
               asked.with_content = false;
               must(wait_for<actors::recall_reply>(
                   [&](auto done) { service_.recall(id_, std::move(asked), std::move(done)); }));
             }
           });
  }
  /// Microseconds a durable memory, one at a time.
  double remember() {
    return 1e6 / AT_ONCE * seconds([&] {
             for (int i = 0; i < AT_ONCE; ++i) {
               memory::episode one;
               one.id = "late-" + std::to_string(written_++);
               one.text = from_.episodes[written_ % from_.episodes.size()].text;
               const auto got = must(wait_for<actors::write_reply>([&](auto done) {
                 service_.remember(id_, {one}, actors::durability::quorum, std::move(done));
               }));
               if (!got.items.at(0)) give_up(got.items.at(0).error().message());
             }
           });
  }

private:
  actors::service& service_;
  const corpus& from_;
  base::space_id id_;
  std::size_t written_ = 0;
};

/// Asks for what came, again and again, until it is told to stop.
class watcher {
public:
  watcher(actors::service& of, const base::space_id& space, std::vector<std::string> kinds)
      : thread_([this, &of, space, kinds = std::move(kinds)] { watch(of, space, kinds); }) {
    first_.get_future().wait();
  }
  ~watcher() {
    stop_ = true;
    thread_.join();
  }
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;
  std::size_t told() const { return told_; }

private:
  void watch(actors::service& of, const base::space_id& space,
             const std::vector<std::string>& kinds) {
    actors::watch_request asked;
    asked.kinds = kinds;
    asked.wait = base::duration{200};
    for (bool first = true; !stop_; first = false) {
      const auto got = must(wait_for<actors::watch_reply>(
          [&](auto done) { of.watch(space, asked, std::move(done)); }));
      asked.cursor = got.cursor;
      told_ += got.events.size();
      if (first) first_.set_value();
    }
  }

  std::promise<void> first_; // it is known to the node
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> told_ = 0;
  std::thread thread_;
};

void measure_node(report& table, scratch& disk, const corpus& from, int rounds) {
  bench_node node(disk.fresh("node"));
  {
    filled quiet(node, "quiet", from), alike(node, "alike", from), logged(node, "logged", from),
        told(node, "told", from);
    std::this_thread::sleep_for(std::chrono::seconds(8)); // a node settles what is left alone
    const watcher of_log(node.service(), logged.id(), {"remembered", "deleted"});
    const watcher of_answers(node.service(), told.id(), {"faded", "interfered", "evoked"});
    const auto recalls = [&](const char* what, filled& other) {
      int a = 0, b = 0;
      table.note(what, interleave(
                           rounds * 20, [&] { return other.recall(a++); },
                           [&] { return quiet.recall(b++); }));
    };
    recalls("recall, us: two that nobody watches", alike);
    recalls("recall, us: one watches the log, nobody", logged);
    recalls("recall, us: one watches answers, nobody", told);
    const auto writes = [&](const char* what, filled& other) {
      table.note(what, interleave(
                           rounds * 20, [&] { return other.remember(); },
                           [&] { return quiet.remember(); }));
    };
    writes("remember, us: two that nobody watches", alike);
    writes("remember, us: one watches the log, nobody", logged);
    std::printf("told: %zu of the log, %zu of answers\n", of_log.told(), of_answers.told());
  }
  node.stop();
}

int run(int rounds) {
  scratch disk;
  corpus from = wordnet(MEMORIES);
  report table("events: cost where nobody watches, and with one watcher");
  measure_hooks(table, from, rounds);
  measure_node(table, disk, from, rounds);
  return table.exit_code();
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) { return engram::bench::run(argc > 1 ? std::atoi(argv[1]) : 10); }
