#include "bench/process_cluster.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <thread>

extern char** environ;

namespace engram::bench {

namespace {

using clock = std::chrono::steady_clock;

/// Free now, for TCP and UDP; nobody else asks for ports on a machine that measures.
std::string free_address() {
  const int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* raw = reinterpret_cast<sockaddr*>(&at);
  if (s < 0 || ::bind(s, raw, size) != 0 || ::getsockname(s, raw, &size) != 0)
    give_up("no free port");
  ::close(s);
  return "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
}

/// User and system, to the nanosecond.
double cpu_of(pid_t process) {
  clockid_t which{};
  timespec used{};
  if (::clock_getcpuclockid(process, &which) != 0 || ::clock_gettime(which, &used) != 0)
    give_up("no clock of a node's time");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

} // namespace

process_cluster::process_cluster(client::event_loop& loop, std::string binary, std::string folder,
                                 std::size_t size, std::vector<std::string> flags)
    : binary_(std::move(binary)), flags_(std::move(flags)) {
  nodes_.resize(size);
  const auto began = clock::now();
  for (std::size_t i = 0; i < size; ++i) {
    nodes_[i] = {0, folder + "-" + std::to_string(i), free_address(), free_address(),
                 free_address()};
    start(i);
  }
  await_members(loop);
  formed_s_ = std::chrono::duration<double>(clock::now() - began).count();
}

process_cluster::~process_cluster() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) kill(i);
}

void process_cluster::start(std::size_t i) {
  auto& n = nodes_[i];
  std::vector<std::string> words{binary_, "node",   "--data", n.folder,   "--rpc",
                                 n.rpc,   "--http", n.http,   "--gossip", n.gossip};
  words.insert(words.end(), flags_.begin(), flags_.end());
  if (i > 0) words.insert(words.end(), {"--join", nodes_[0].gossip});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  const std::string log = n.folder + ".log";
  ::posix_spawn_file_actions_addopen(&files, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int failed =
      ::posix_spawn(&n.process, binary_.c_str(), &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) give_up("cannot start " + binary_);
}

void process_cluster::kill(std::size_t i) {
  auto& n = nodes_[i];
  if (n.process == 0) return;
  ::kill(n.process, SIGKILL);
  ::waitpid(n.process, nullptr, 0);
  n.process = 0;
}

client::connection process_cluster::connect(client::event_loop& loop, std::size_t i) const {
  client::connection_options options;
  options.server = nodes_[i].rpc;
  options.call_timeout = base::duration{20'000};
  for (const auto end = clock::now() + std::chrono::seconds(30); clock::now() < end;) {
    if (auto got = client::connection::open(loop, options)) return *std::move(got);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  give_up("node " + std::to_string(i) + " does not answer; see " + nodes_[i].folder + ".log");
}

void process_cluster::await_members(client::event_loop& loop) const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto connection = connect(loop, i);
    for (const auto end = clock::now() + std::chrono::seconds(30); clock::now() < end;) {
      const auto seen = loop.wait(connection.cluster());
      if (seen && seen->members.size() == nodes_.size()) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
}

double process_cluster::cpu_seconds() const {
  double sum = 0;
  for (const auto& n : nodes_)
    if (n.process != 0) sum += cpu_of(n.process);
  return sum;
}

} // namespace engram::bench
