#include "jepsen/stage/sandbox.hpp"

#include "jepsen/stage/process.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

namespace engram::jepsen {

namespace {

base::error failed(const std::string& what) {
  return {base::errc::unavailable, what + ": " + std::strerror(errno)};
}

base::result<void> write_line(const char* path, const std::string& line) {
  std::ofstream file(path);
  file << line << std::flush;
  return file ? base::success() : base::result<void>(failed(path));
}

base::result<void> raise_loopback() {
  const int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq asked{};
  std::strcpy(asked.ifr_name, "lo");
  asked.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool done = handle >= 0 && ioctl(handle, SIOCSIFFLAGS, &asked) == 0;
  if (handle >= 0) close(handle);
  return done ? base::success() : base::result<void>(failed("loopback up"));
}

/// Root keeps its user; anybody else becomes root of a user namespace.
base::result<void> leave_the_world() {
  const uid_t user = getuid();
  const gid_t group = getgid();
  const int spaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | (user == 0 ? 0 : CLONE_NEWUSER);
  if (unshare(spaces) != 0) return failed("unshare");
  if (user != 0) {
    TRY(write_line("/proc/self/setgroups", "deny"));
    TRY(write_line("/proc/self/uid_map", "0 " + std::to_string(user) + " 1"));
    TRY(write_line("/proc/self/gid_map", "0 " + std::to_string(group) + " 1"));
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("mount");
  return raise_loopback();
}

} // namespace

base::result<int> in_sandbox(const std::function<int()>& inside) {
  TRY(leave_the_world());
  const pid_t made = fork(); // the first process of the new process namespace: all end with it
  if (made < 0) return failed("fork");
  if (made == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)mount("proc", "/proc", "proc", 0, nullptr); // else nothing is told of what nodes use
    _exit(inside());
  }
  for (const int each : {SIGINT, SIGTERM}) std::signal(each, SIG_IGN); // the child decides
  int status = 0;
  if (waitpid(made, &status, 0) != made) return failed("waitpid");
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return base::error{base::errc::internal, "the run ended with " + status_text(status)};
}

int in_child(const std::function<int()>& inside) {
  const pid_t made = fork();
  if (made == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a suite that is stopped leaves no run behind
    _exit(inside());
  }
  int status = 0;
  if (made < 0 || waitpid(made, &status, 0) != made || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

base::result<void> mount_small_disk(const std::string& folder, std::uint64_t bytes) {
  const auto size = "size=" + std::to_string(bytes) + ",mode=0700";
  if (mount("engram-jepsen", folder.c_str(), "tmpfs", 0, size.c_str()) != 0) return failed("tmpfs");
  return base::success();
}

void unmount(const std::string& folder) { umount2(folder.c_str(), MNT_DETACH); }

} // namespace engram::jepsen
