#include "node/signals.hpp"

#include "base/check.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace engram::node {

namespace {

// Sent to the thread to make it end.
constexpr int GO_HOME = SIGUSR2;

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (int each : {SIGTERM, SIGINT, GO_HOME}) sigaddset(&set, each);
  return set;
}

} // namespace

stop_signals::stop_signals(int second_exit_code) {
  auto set = watched();
  CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  ::signal(SIGPIPE, SIG_IGN); // a peer that hangs up is an error of a write
  thread_ = std::thread([this, second_exit_code] {
    auto mine = watched();
    for (int seen = 0;;) {
      int which = 0;
      if (sigwait(&mine, &which) != 0) continue;
      if (which == GO_HOME) return;
      if (++seen == 1)
        first_.set_value();
      else
        _exit(second_exit_code);
    }
  });
}

stop_signals::~stop_signals() {
  pthread_kill(thread_.native_handle(), GO_HOME);
  thread_.join();
}

void stop_signals::raise() { pthread_kill(thread_.native_handle(), SIGTERM); }

} // namespace engram::node
