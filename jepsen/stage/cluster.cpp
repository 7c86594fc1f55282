#include "jepsen/stage/cluster.hpp"

#include "jepsen/stage/clock.hpp"
#include "jepsen/stage/sandbox.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

namespace engram::jepsen {

namespace {

void write_in_place(const std::string& path, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  if (!file.is_open()) file.open(path, std::ios::out | std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Of a node that ended unasked: data and log, in the folder of the run.
std::string remains_of(int node) { return "ended-n" + std::to_string(node); }

} // namespace

cluster::cluster(stage_options options, recorder& book)
    : options_(std::move(options)), book_(book) {}

cluster::~cluster() {
  for (auto& [node, each] : running_) {
    each.signal(SIGKILL);
    each.wait();
  }
  if (options_.small_disk_bytes > 0)
    for (int node = 1; node <= options_.nodes; ++node) unmount(data(node));
}

base::result<void> cluster::prepare() {
  for (int node = 1; node <= options_.nodes; ++node) {
    std::filesystem::create_directories(data(node));
    empty_folder(data(node)); // a run before may have left its own, to be looked at
    std::filesystem::remove(log(node));
    std::filesystem::remove_all(options_.folder + "/" + remains_of(node));
    set_clock(node, std::chrono::milliseconds(0));
    set_disk_fault(node, ' ');
    if (options_.small_disk_bytes > 0) TRY(mount_small_disk(data(node), options_.small_disk_bytes));
  }
  return base::success();
}

launch cluster::launch_of(int node, const std::vector<std::string>& more) const {
  const auto own = address_of(node);
  launch made{{options_.binary, "node", "--data", data(node), "--rpc", rpc(node), "--http",
               own + ":7432", "--gossip", own + ":7434"},
              {{"ENGRAM_JEPSEN_SOURCE", own}},
              log(node)};
  std::vector<int> seeds; // who stands first founds the cluster
  for (int other = 1; other <= options_.nodes; ++other)
    if (other != node || !renewed_.contains(node)) seeds.push_back(other);
  for (const int other : seeds)
    made.words.insert(made.words.end(), {"--join", address_of(other) + ":7434"});
  made.words.insert(made.words.end(), options_.flags.begin(), options_.flags.end());
  made.words.insert(made.words.end(), more.begin(), more.end());
  auto preload = own_folder() + "/jepsen_source.so";
  if (options_.clock_faults) {
    preload += ":" + own_folder() + "/jepsen_clock.so";
    made.environment.emplace_back("ENGRAM_JEPSEN_CLOCK", clock_file(node));
  }
  if (options_.disk_faults) {
    preload += ":" + own_folder() + "/jepsen_disk.so";
    made.environment.insert(made.environment.end(), {{"ENGRAM_JEPSEN_DISK", data(node)},
                                                     {"ENGRAM_JEPSEN_SYNCED", synced_file(node)},
                                                     {"ENGRAM_JEPSEN_EIO", eio_file(node)}});
  }
  made.environment.emplace_back("LD_PRELOAD", preload);
  return made;
}

base::result<void> cluster::start(int node, const std::vector<std::string>& more) {
  const std::lock_guard lock(mutex_);
  if (running_.contains(node)) return base::success();
  std::ofstream(synced_file(node), std::ios::trunc); // what is on the disk now, is
  TRY_ASSIGN(auto made, process::start(launch_of(node, more)));
  running_.emplace(node, std::move(made));
  return base::success();
}

void cluster::told(int node, int status, bool expected) {
  op line;
  line.type = op_type::info;
  line.f = "exited";
  line.value = {{"node", node}, {"status", status_text(status)}, {"expected", expected}};
  if (!expected) line.value["kept"] = keep_remains(node);
  book_.add(std::move(line));
}

/// Before anybody starts it again or empties its folder. The first time tells most, so only then.
json cluster::keep_remains(int node) {
  const auto name = remains_of(node), to = options_.folder + "/" + name;
  if (!kept_.insert(node).second) return name;
  if (const auto copied = copy_folder(data(node), to + "/data"); !copied)
    return copied.error().message();
  std::error_code failed;
  std::filesystem::copy_file(log(node), to + "/log", failed);
  return failed ? "copy " + log(node) + ": " + failed.message() : name;
}

void cluster::kill(int node) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(node);
  if (found == running_.end()) return;
  const bool was_dead = found->second.ended().has_value();
  found->second.signal(SIGKILL);
  told(node, found->second.wait(), !was_dead);
  running_.erase(found);
}

std::string cluster::stop(int node, std::chrono::milliseconds patience) {
  const auto status = stop_within(node, patience);
  const std::lock_guard lock(mutex_);
  stopping_.erase(node);
  return status;
}

std::string cluster::stop_within(int node, std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(node);
    if (found == running_.end()) return "not running";
    stopping_.insert(node);
    found->second.signal(SIGCONT);
    found->second.signal(SIGTERM);
  }
  for (auto waited = std::chrono::milliseconds(0); waited < patience;
       waited += std::chrono::milliseconds(20)) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = running_.find(node);
      if (found == running_.end()) return "ended";
      if (const auto status = found->second.ended()) {
        told(node, *status, *status == 0);
        running_.erase(found);
        return status_text(*status);
      }
    }
    pause_for(std::chrono::milliseconds(20));
  }
  kill(node);
  return "does not stop";
}

void cluster::suspend(int node) {
  const std::lock_guard lock(mutex_);
  if (const auto found = running_.find(node); found != running_.end())
    found->second.signal(SIGSTOP);
}

void cluster::resume(int node) {
  const std::lock_guard lock(mutex_);
  if (const auto found = running_.find(node); found != running_.end())
    found->second.signal(SIGCONT);
}

bool cluster::runs(int node) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(node);
  return found != running_.end() && !found->second.ended();
}

std::vector<cut_file> cluster::cut_power(int node, base::random& draw) {
  kill(node);
  return lose_unsynced(data(node), synced_file(node), draw);
}

void cluster::set_disk_fault(int node, char what) { write_in_place(eio_file(node), {&what, 1}); }

/// In place: the node has it mapped.
void cluster::set_clock(int node, std::chrono::milliseconds offset) {
  const std::int64_t nanoseconds = std::chrono::nanoseconds(offset).count();
  write_in_place(clock_file(node),
                 {reinterpret_cast<const char*>(&nanoseconds), sizeof nanoseconds});
}

void cluster::tell_usage() {
  op line;
  line.type = op_type::info;
  line.f = "usage";
  line.value = json::object();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [node, each] : running_)
      if (const auto told = usage_of(each.pid()))
        line.value[std::to_string(node)] = {{"memory", told->resident_bytes},
                                            {"handles", told->handles}};
  }
  book_.add(std::move(line));
}

void cluster::renew(int node) {
  const std::lock_guard lock(mutex_);
  empty_folder(data(node));
  renewed_.insert(node);
}

void cluster::mark_harmed(int node) {
  const std::lock_guard lock(mutex_);
  harmed_.insert(node);
}

bool cluster::is_harmed(int node) {
  const std::lock_guard lock(mutex_);
  return harmed_.contains(node);
}

/// A sync that fails on a full disk ends the process, and a damaged folder may be refused.
bool cluster::may_end_so(int node, int status) const {
  const auto text = status_text(status);
  return (text == "exit 0" && stopping_.contains(node)) ||
         (text == "exit 70" && (options_.small_disk_bytes > 0 || options_.disk_faults)) ||
         ((text == "exit 1" || text == "exit 70") && harmed_.contains(node)) ||
         node > options_.nodes; // a clone that is turned away
}

void cluster::watch() {
  const std::lock_guard lock(mutex_);
  for (auto each = running_.begin(); each != running_.end();) {
    const auto status = each->second.ended();
    if (status) told(each->first, *status, may_end_so(each->first, *status));
    each = status ? running_.erase(each) : std::next(each);
  }
}

} // namespace engram::jepsen
