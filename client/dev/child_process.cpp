#include "client/dev/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

namespace engram::client {

namespace {

constexpr int EXIT_NOT_RUN = 127;

/// Between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* argv, int output, pid_t starter) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != starter) _exit(EXIT_NOT_RUN); // it died before it was watched
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) std::signal(each, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(output, STDERR_FILENO) < 0)
    _exit(EXIT_NOT_RUN);
  execv(argv[0], argv);
  _exit(EXIT_NOT_RUN);
}

base::error system_error(const char* what) {
  return {base::errc::unavailable, std::string{what} + ": " + std::strerror(errno)};
}

} // namespace

base::result<child_process> start_process(const std::string& executable,
                                          const std::vector<std::string>& arguments) {
  std::vector<std::string> words{executable};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("pipe");
  const pid_t self = getpid();
  const pid_t made = fork();
  if (made == 0) become(argv.data(), ends[1], self);
  const int failure = errno;
  close(ends[1]);
  if (made < 0) {
    close(ends[0]);
    errno = failure;
    return system_error("fork");
  }
  return child_process{made, ends[0]};
}

base::result<std::string> own_executable() {
  std::array<char, PATH_MAX> path{};
  const auto size = readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return system_error("/proc/self/exe");
  return std::string(path.data(), static_cast<std::size_t>(size));
}

std::string end_text(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return "exit code " + std::to_string(WEXITSTATUS(wait_status));
  const int number = WTERMSIG(wait_status);
  return "signal " + std::to_string(number) + " (" + strsignal(number) + ")";
}

} // namespace engram::client
