#include "jepsen/stage/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace engram::jepsen {

namespace {

constexpr int EXIT_NOT_RUN = 127;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> found;
  for (auto& each : words) found.push_back(each.data());
  found.push_back(nullptr);
  return found;
}

std::vector<std::string>
environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> all;
  for (char** each = environ; *each; ++each) all.emplace_back(*each);
  for (const auto& [name, value] : more) {
    std::erase_if(all, [&name](const std::string& old) { return old.starts_with(name + "="); });
    all.push_back(name + "=" + value);
  }
  return all;
}

/// Between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* argv, char* const* environment, const char* log) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (nothing < 0 || output < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
      dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
    _exit(EXIT_NOT_RUN);
  execve(argv[0], argv, environment);
  _exit(EXIT_NOT_RUN);
}

} // namespace

base::result<process> process::start(const launch& what) {
  auto words = what.words;
  auto environment = environment_with(what.environment);
  const auto argv = pointers(words), envp = pointers(environment);
  const pid_t made = fork();
  if (made == 0) become(argv.data(), envp.data(), what.log.c_str());
  if (made < 0) return {base::errc::unavailable, "fork"};
  return process(made);
}

void process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

std::optional<int> process::ended() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_;
}

int process::wait() {
  int status = 0;
  if (!status_) status_ = waitpid(pid_, &status, 0) == pid_ ? status : 0;
  return *status_;
}

std::optional<usage> usage_of(pid_t which) {
  const auto own = "/proc/" + std::to_string(which);
  std::ifstream in(own + "/statm");
  std::uint64_t size = 0, resident = 0;
  if (!(in >> size >> resident)) return std::nullopt;
  usage told;
  told.resident_bytes = resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::error_code failed;
  for (const auto& each : std::filesystem::directory_iterator(own + "/fd", failed))
    told.handles += !each.path().empty();
  if (failed) return std::nullopt;
  return told;
}

std::string status_text(int wait_status) {
  return WIFSIGNALED(wait_status) ? "signal " + std::to_string(WTERMSIG(wait_status))
                                  : "exit " + std::to_string(WEXITSTATUS(wait_status));
}

base::result<std::string> run_tool(const std::vector<std::string>& words,
                                   const std::string& input) {
  auto kept = words;
  const auto argv = pointers(kept);
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
    return {base::errc::unavailable, "pipe"};
  const pid_t made = fork();
  if (made == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(EXIT_NOT_RUN);
  }
  close(in[0]);
  close(out[1]);
  // Inputs are far smaller than a pipe holds.
  const bool fed = write(in[1], input.data(), input.size()) >= 0;
  close(in[1]);
  std::string said;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(out[0], piece.data(), piece.size())) > 0;)
    said.append(piece.data(), static_cast<std::size_t>(got));
  close(out[0]);
  int status = 0;
  waitpid(made, &status, 0);
  if (made < 0 || !fed || status != 0)
    return {base::errc::unavailable, words[0] + " (" + status_text(status) + "): " + said};
  return said;
}

std::string own_folder() {
  std::array<char, PATH_MAX> path{};
  const auto size = readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string all(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return all.substr(0, all.rfind('/'));
}

} // namespace engram::jepsen
