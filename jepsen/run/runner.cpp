#include "jepsen/run/runner.hpp"

#include "jepsen/nemesis/nemesis.hpp"
#include "jepsen/run/probe.hpp"
#include "jepsen/stage/clock.hpp"
#include "jepsen/stage/stall_watch.hpp"
#include "jepsen/workload/workload.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

namespace engram::jepsen {

namespace {

using namespace std::chrono_literals;

constexpr auto FORMS_WITHIN = 60s;
constexpr auto AGREES_WITHIN = 90s; // longer than is allowed, to tell late from never
constexpr auto ALONE_WITHIN = 40s;
constexpr auto SETTLES_IN = 200ms;     // what is durable is applied, and calls under way are over
constexpr const char* COUNTED = "set"; // the space whose copies are counted
constexpr std::uint64_t SMALL_DISK = 256u << 20;

bool has_fault(const schedule& in, std::string_view name) {
  return std::any_of(in.begin(), in.end(), [name](const step& each) { return each.fault == name; });
}

/// What was on one store only may be lost.
bool harms_data(const schedule& in) {
  return has_fault(in, "corrupt") || has_fault(in, "restore") || has_fault(in, "damage") ||
         has_fault(in, "replace");
}

std::chrono::nanoseconds cpu_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The whole of one run; each member function is one of its acts, in order.
class performance {
public:
  explicit performance(const run_options& options)
      : options_(options), book_(clock_, options.folder + "/history.jsonl") {}

  base::result<run_result> play() {
    TRY(plan());
    TRY(form());
    cluster_->tell_usage();
    const auto cost = cpu_time();
    const auto began = book_.now();
    {
      const stall_watch stalls(book_, options_.folder + "/stalls");
      work();
    }
    tell_cost(cpu_time() - cost, book_.now() - began);
    watch_agreement();
    cluster_->tell_usage();
    read_finals();
    read_alone();
    close();
    return judge_all();
  }

private:
  base::result<void> plan() {
    if (options_.schedule.empty()) {
      schedule_wish wish{options_.faults, options_.nodes,
                         (std::min(options_.replication_factor, options_.nodes) - 1) / 2,
                         options_.time, options_.seed};
      TRY_ASSIGN(result_.schedule, make_schedule(wish));
    } else {
      const auto read = json::parse(text_of(options_.schedule), nullptr, false);
      TRY_ASSIGN(result_.schedule, schedule_from_json(read));
    }
    leave_out_what_is_lacking();
    std::ofstream(options_.folder + "/schedule.json") << to_json(result_.schedule).dump(1) << '\n';
    const bool harms = harms_data(result_.schedule);
    const auto names =
        options_.workload == "mixed" ? workload_names() : std::vector{options_.workload};
    for (const auto& name : names) {
      TRY_ASSIGN(auto made,
                 make_workload(name, {options_.durability, !harms, options_.text_bytes}));
      workloads_.push_back(std::move(made));
    }
    return base::success();
  }

  void leave_out(std::string_view fault, const std::string& why) {
    if (!has_fault(result_.schedule, fault)) return;
    std::erase_if(result_.schedule, [fault](const step& each) { return each.fault == fault; });
    result_.lacks.push_back("no " + std::string(fault) + ": " + why);
  }

  void leave_out_what_is_lacking() {
    if (const auto why = firewall_fault(); !why.empty()) {
      leave_out("partition", why);
      leave_out("loss", why);
      leave_out("census", why);
    }
    if (options_.workload != COUNTED && options_.workload != "mixed")
      leave_out("census", std::string("only copies of the workload '") + COUNTED + "' are counted");
  }

  base::result<void> form() {
    stage_options stage;
    stage.binary = options_.binary;
    stage.folder = options_.folder;
    stage.nodes = options_.nodes;
    stage.flags = options_.flags;
    stage.flags.insert(stage.flags.end(),
                       {"--replication-factor", std::to_string(options_.replication_factor),
                        "--deadline-ms", "3000"});
    if (has_fault(result_.schedule, "full-disk")) {
      stage.small_disk_bytes = SMALL_DISK;
      stage.flags.insert(stage.flags.end(), {"--disk-reserve-bytes", "16MiB"});
    }
    stage.disk_faults =
        has_fault(result_.schedule, "power") || has_fault(result_.schedule, "io-error");
    stage.clock_faults = has_fault(result_.schedule, "clock");
    cluster_ = std::make_unique<cluster>(std::move(stage), book_);
    TRY(cluster_->prepare());
    for (int node = 1; node <= options_.nodes; ++node) {
      servers_.push_back(cluster_->rpc(node));
      TRY(cluster_->start(node));
    }
    client_side through(servers_, true);
    TRY(until("the cluster never formed", [&] { return is_whole(through); }));
    for (auto& each : workloads_) {
      for (const auto& name : each->spaces()) {
        client::space_spec spec;
        spec.name = name;
        TRY_ASSIGN(auto* first, through.at(1));
        TRY(through.wait(first->create_space(spec)));
        spaces_.push_back(name);
      }
      base::result<void> ready;
      TRY(until("the workload could not be prepared", [&] {
        ready = each->prepare(through);
        return ready.has_value();
      }));
    }
    op line;
    line.type = op_type::info;
    line.f = "formed";
    line.value = {{"nodes", options_.nodes},
                  {"factor", std::min(options_.replication_factor, options_.nodes)}};
    book_.add(std::move(line));
    return until("not every node knows the spaces", [&] { return all_know_the_spaces(through); });
  }

  bool all_know_the_spaces(client_side& through) {
    for (int node = 1; node <= options_.nodes; ++node)
      for (const auto& name : spaces_)
        if (!through.wait(through.space_at(node, name)->info())) return false;
    return true;
  }

  template <class Done>
  base::result<void> until(const char* otherwise, Done done) {
    const auto end = book_.now() + FORMS_WITHIN;
    while (!done()) {
      cluster_->watch();
      if (book_.now() > end) return {base::errc::unavailable, otherwise};
      pause_for(100ms);
    }
    return base::success();
  }

  // -- the run itself --

  void work() {
    const auto began = book_.now();
    const auto end = began + options_.time;
    std::vector<std::thread> threads;
    for (int slot = 0; slot < options_.workers; ++slot)
      threads.emplace_back([this, slot, end] { serve(slot, end); });
    std::atomic<bool> over{false};
    std::thread watcher([this, &over] {
      for (; !over; pause_for(200ms)) cluster_->watch();
    });
    nemesis does(*cluster_, book_, options_.folder,
                 std::max(0, options_.nodes - options_.replication_factor),
                 [this] { count_copies(); });
    for (const auto& each : result_.schedule) {
      pause_for(began + each.at - book_.now());
      does.act(each);
    }
    for (auto& each : threads) each.join();
    over = true;
    watcher.join();
    does.heal();
  }

  /// One worker: its operations, one after the other, at its share of the rate.
  void serve(int slot, std::chrono::nanoseconds end) {
    session own;
    own.slot = slot;
    own.slots = options_.workers;
    own.nodes = options_.nodes;
    own.draw = base::random(options_.seed * 1'000 + static_cast<std::uint64_t>(slot));
    const bool half = slot % 2 == 0;
    client_side through(servers_, options_.retries == "half" ? half : options_.retries == "all");
    auto& does = *workloads_[static_cast<std::size_t>(slot) % workloads_.size()];
    const auto pace = std::chrono::nanoseconds(1s) * options_.workers / options_.rate;
    auto turn = book_.now() + pace * slot / options_.workers;
    for (int process = slot; turn < end; turn = std::max(turn + pace, book_.now())) {
      pause_for(turn - book_.now());
      auto asked = does.next(own);
      asked.process = process;
      asked = book_.add(std::move(asked));
      auto done = book_.add(does.perform(asked, own, through));
      if (done.type != op_type::info) continue;
      process += options_.workers; // nobody knows what the old one did
      own.crash();
    }
    library_cpu_ns_ += through.library_cpu().count();
  }

  /// While all nodes are cut off from each other: what each has by itself. Who is paused, dead or
  /// no replica does not answer.
  void count_copies() {
    pause_for(SETTLES_IN);
    const int round = ++censuses_;
    std::vector<std::thread> asking;
    for (int node = 1; node <= options_.nodes; ++node)
      asking.emplace_back([this, node, round] {
        client_side through(servers_, false, base::duration{800});
        session nobody;
        auto asked = invocation("read", COUNTED, nullptr, node);
        asked.more["census"] = round;
        for (auto& each : workloads_)
          if (each->spaces() == std::vector<std::string>{COUNTED})
            record(node, asked,
                   [&](const op& what) { return each->perform(what, nobody, through); });
      });
    for (auto& each : asking) each.join();
  }

  /// Of the harness with the client library that its workers call, and of the library alone.
  void tell_cost(std::chrono::nanoseconds cpu, std::chrono::nanoseconds wall) {
    const auto percent = [wall](std::int64_t of) {
      return 100.0 * static_cast<double>(of) /
             static_cast<double>(std::max<std::int64_t>(wall.count(), 1));
    };
    op line;
    line.type = op_type::info;
    line.f = "cost";
    line.value = {{"cpu_percent", percent(cpu.count())},
                  {"library_percent", percent(library_cpu_ns_)},
                  {"cores", std::thread::hardware_concurrency()}};
    book_.add(std::move(line));
  }

  // -- afterwards --

  /// Processes of the harness itself, one per node, beyond all workers'.
  int own_process(int node) const { return 1'000'000 * options_.workers + node; }

  op record(int node, op asked, const std::function<op(const op&)>& perform) {
    asked.process = own_process(node);
    asked = book_.add(std::move(asked));
    auto done = perform(asked);
    done.process = asked.process;
    return book_.add(std::move(done));
  }

  /// `alone`: of how many times cut off from each other; 0: they are not.
  bool agree(client_side& through, int alone = 0) {
    bool all = true;
    for (const auto& space : spaces_) {
      std::set<std::string> states;
      std::size_t told = 0, expected = 1;
      for (int node = 1; node <= options_.nodes; ++node) {
        auto asked = invocation("state", space, nullptr, node);
        if (alone > 0) asked.more["alone"] = alone;
        const auto state = record(node, std::move(asked),
                                  [&](const op& what) { return read_state(through, what); });
        if (state.type != op_type::ok) continue;
        ++told;
        if (alone > 0) alone_[space].insert(node);
        expected = state.value["replicas"];
        states.insert(state.value["hash"].dump() + state.value["memories"].dump() +
                      state.value["graves"].dump());
      }
      all = all && states.size() == 1 && told >= expected;
    }
    return all;
  }

  void watch_agreement() {
    const auto end = book_.now() + AGREES_WITHIN;
    client_side through(servers_, false);
    for (int agreed = 0; agreed < 2 && book_.now() < end; pause_for(500ms)) {
      cluster_->watch();
      agreed = agree(through) ? agreed + 1 : 0;
    }
  }

  void read_finals() {
    client_side through(servers_, false);
    session nobody;
    for (auto& each : workloads_) {
      for (auto last : each->finals()) {
        last.more["final"] = true;
        for (int node = 1; node <= options_.nodes; ++node) {
          last.more["node"] = node;
          for (int tries = 0; tries < 10; ++tries, pause_for(500ms)) {
            const auto done = record(
                node, last, [&](const op& asked) { return each->perform(asked, nobody, through); });
            if (done.type == op_type::ok) break;
          }
        }
      }
    }
  }

  /// A copy that is out of service is answered for by another as long as one can be reached. So
  /// all are cut off from each other, and each tells what it has by itself.
  void read_alone() {
    if (!firewall_fault().empty()) return;
    client_side through(servers_, false);
    const auto none = all_cut(options_.nodes);
    const auto end = book_.now() + ALONE_WITHIN;
    for (int round = 1;; ++round, pause_for(4s)) { // what is being rebuilt gets its time
      alone_.clear();
      (void)cluster_->set_links(none);
      pause_for(200ms);
      const bool whole = agree(through, round);
      if (whole || book_.now() > end) break;
      (void)cluster_->set_links({});
    }
    session nobody;
    for (auto& each : workloads_)
      for (auto last : each->finals())
        for (const int node : alone_[last.text("space")]) {
          last.more.update({{"final", true}, {"alone", true}, {"node", node}});
          record(node, last,
                 [&](const op& asked) { return each->perform(asked, nobody, through); });
        }
    (void)cluster_->set_links({});
  }

  void close() {
    for (int node = 1; node <= options_.nodes; ++node) {
      (void)cluster_->stop(node, 20'000ms);
      logs_.push_back({"n" + std::to_string(node), text_of(cluster_->log(node))});
    }
    for (int node = 1; node <= 2 * options_.nodes; ++node) {
      std::error_code ignored;
      for (const char* each : {".clock", ".synced", ".eio"})
        std::filesystem::remove(cluster_->data(node) + each, ignored);
    }
  }

  base::result<run_result> judge_all() {
    result_.history = book_.taken();
    TRY_ASSIGN(result_.verdicts, judge(result_.history, options_.workload));
    result_.verdicts.push_back(check_logs(logs_));
    result_.workers = options_.workers;
    result_.took = std::chrono::duration_cast<std::chrono::seconds>(book_.now());
    return std::move(result_);
  }

  const run_options options_;
  const real_clock clock_;
  recorder book_;
  run_result result_;
  std::unique_ptr<cluster> cluster_;
  std::vector<std::unique_ptr<workload>> workloads_;
  std::vector<std::string> spaces_, servers_;
  std::vector<named_log> logs_;
  int censuses_ = 0;
  std::atomic<std::int64_t> library_cpu_ns_{0};
  std::map<std::string, std::set<int>> alone_; // space -> nodes that answer for it by themselves
};

} // namespace

base::result<run_result> run(const run_options& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) return base::error{base::errc::unavailable, options.folder + ": " + failed.message()};
  return performance(options).play();
}

base::result<std::vector<verdict>> judge(const history& of, const std::string& workload) {
  std::vector<verdict> all;
  const auto names = workload == "mixed" ? workload_names() : std::vector{workload};
  for (const auto& name : names) {
    TRY_ASSIGN(auto some, check_workload(name, within(of, name)));
    for (auto& each : some) {
      if (names.size() > 1) each.checker = name + "/" + each.checker;
      all.push_back(std::move(each));
    }
  }
  all.push_back(check_exits(of));
  all.push_back(check_usage(of));
  return all;
}

std::string name_of(const run_options& options) {
  std::string faults;
  for (const auto& each : options.faults) faults += (faults.empty() ? "" : "+") + each;
  std::replace(faults.begin(), faults.end(), ':', '.');
  return options.workload + "-" + (faults.empty() ? "calm" : faults) + "-" +
         std::to_string(options.nodes) + "n-" + std::to_string(options.seed);
}

} // namespace engram::jepsen
