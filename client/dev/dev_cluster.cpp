#include "client/dev/dev_cluster.hpp"

#include "client/dial.hpp"

#include <array>
#include <csignal>

namespace engram::client {

namespace {

constexpr std::array STOP_SIGNALS{SIGINT, SIGTERM, SIGHUP};
constexpr auto ASK_AGAIN = 100 * kj::MILLISECONDS;

} // namespace

struct dev_cluster::process {
  std::size_t node = 0;
  kj::Maybe<pid_t> pid; // of a process that was not waited for yet
  kj::Own<kj::AsyncInputStream> output;
  std::array<char, 4096> buffer{};
  line_splitter lines;
  bool starting = true, serving = false;
};

dev_cluster::dev_cluster(event_loop& loop, std::vector<dev_node> plan, dev_listener& listener)
    : loop_(loop), plan_(std::move(plan)), listener_(listener), tasks_(*this) {}

dev_cluster::~dev_cluster() = default;

base::result<bool> dev_cluster::run(const std::string& executable) {
  kj::UnixEventPort::captureChildExit();
  for (const int each : STOP_SIGNALS) kj::UnixEventPort::captureSignal(each);
  auto all = kj::newPromiseAndFulfiller<void>();
  all_ended_ = kj::mv(all.fulfiller);
  for (const int each : STOP_SIGNALS) tasks_.add(watch_signal(each));
  base::result<void> started;
  for (std::size_t i = 0; started && i < plan_.size(); ++i) started = start(executable, i);
  if (!started) stop();
  if (alive_ > 0) all.promise.wait(loop_.io().waitScope);
  if (!started) return started.error();
  return clean_;
}

base::result<void> dev_cluster::start(const std::string& executable, std::size_t node) {
  std::vector<std::string> words{"node"};
  words.insert(words.end(), plan_[node].flags.begin(), plan_[node].flags.end());
  TRY_ASSIGN(const auto made, start_process(executable, words));
  auto& one = *processes_.emplace_back(std::make_unique<process>());
  one.node = node;
  one.pid = made.pid;
  one.output = loop_.io().lowLevelProvider->wrapInputFd(
      made.output,
      kj::LowLevelAsyncIoProvider::TAKE_OWNERSHIP | kj::LowLevelAsyncIoProvider::ALREADY_CLOEXEC);
  ++alive_;
  // The last words of a process are read before its end is told.
  auto end = loop_.io().unixEventPort.onChildExit(one.pid);
  tasks_.add(read(one)
                 .then([end = kj::mv(end)]() mutable { return kj::mv(end); })
                 .then([this, &one](int status) { ended(one, status); }));
  tasks_.add(wait_until_serving(one));
  return base::success();
}

kj::Promise<void> dev_cluster::read(process& of) {
  const auto take = [this, node = of.node](std::string_view line) { listener_.said(node, line); };
  return of.output->tryRead(of.buffer.data(), 1, of.buffer.size())
      .then([this, &of, take](std::size_t size) -> kj::Promise<void> {
        if (size > 0) {
          of.lines.add({of.buffer.data(), size}, take);
          return read(of);
        }
        of.lines.end(take);
        return kj::READY_NOW;
      });
}

/// Asks the node's RPC port until it answers, if only that it wants a key.
kj::Promise<void> dev_cluster::wait_until_serving(process& of) {
  if (of.pid == nullptr) return kj::READY_NOW;
  connection_options to;
  to.server = plan_[of.node].rpc;
  auto ways = tcp_dialers(loop_.io(), to);
  kj::Timer& timer = loop_.timer();
  return connection::open(*std::move(ways), timer, to)
      .then([this, &of, &timer](base::result<connection> got) -> kj::Promise<void> {
        const bool answers = got || got.error().code == base::errc::unauthenticated;
        if (!answers)
          return timer.afterDelay(ASK_AGAIN).then([this, &of] { return wait_until_serving(of); });
        of.starting = false;
        of.serving = of.pid != nullptr;
        settle();
        return kj::READY_NOW;
      });
}

kj::Promise<void> dev_cluster::watch_signal(int signal) {
  return loop_.io().unixEventPort.onSignal(signal).then([this, signal](siginfo_t&&) {
    stop();
    return watch_signal(signal);
  });
}

void dev_cluster::ended(process& of, int wait_status) {
  if (wait_status != 0 || !stopping_) clean_ = false;
  if (wait_status != 0 || !stopping_) listener_.died(of.node, end_text(wait_status));
  of.starting = of.serving = false;
  settle();
  if (--alive_ == 0) all_ended_->fulfill();
}

void dev_cluster::settle() {
  std::vector<std::size_t> serving;
  for (const auto& each : processes_) {
    if (each->starting) return;
    if (each->serving) serving.push_back(each->node);
  }
  if (settled_ || stopping_ || serving.empty() || processes_.size() < plan_.size()) return;
  settled_ = true;
  listener_.settled(serving);
}

void dev_cluster::stop() {
  if (stopping_) {
    listener_.killing();
    return send(SIGKILL);
  }
  stopping_ = true;
  if (alive_ > 0) listener_.stopping(alive_);
  send(SIGTERM);
}

void dev_cluster::send(int signal) {
  for (const auto& each : processes_)
    KJ_IF_MAYBE (pid, each->pid) kill(*pid, signal);
}

void dev_cluster::taskFailed(kj::Exception&& why) { all_ended_->reject(kj::mv(why)); }

} // namespace engram::client
