#include "node/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace engram::node {

namespace {

base::error failed(const std::string& what, const std::string& path) {
  return {base::errc::unavailable, what + " " + path + ": " + std::strerror(errno)};
}

base::result<void> create_folders(const std::filesystem::path& path) {
  std::filesystem::path grown;
  for (const auto& part : path) {
    grown /= part;
    if (mkdir(grown.c_str(), 0700) != 0 && errno != EEXIST) {
      struct stat found {};
      bool is_there = stat(grown.c_str(), &found) == 0; // e.g. a read-only file system above
      if (!is_there) return failed("cannot create", grown.string());
    }
  }
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return failed("cannot look at", path.string());
  if (!S_ISDIR(found.st_mode)) {
    return base::error{base::errc::unavailable, path.string() + " is not a folder"};
  }
  return base::success();
}

std::string holder_of(int lock) {
  char text[32] = {};
  auto count = pread(lock, text, sizeof text - 1, 0);
  std::string_view digits(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : "process " + std::string(digits);
}

} // namespace

base::result<data_folder> data_folder::open(const std::string& path) {
  TRY(create_folders(path));
  std::string name = path + "/lock";
  int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failed("cannot open", name);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    bool is_held = errno == EWOULDBLOCK;
    base::error refused =
        is_held ? base::error{base::errc::data_in_use, path + " is in use by " + holder_of(lock)}
                : failed("cannot lock", name);
    ::close(lock);
    return refused;
  }
  data_folder opened(path, lock);
  // For the message above only; the lock is the flock, not the text.
  auto pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock, 0) != 0 ||
      pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return failed("cannot write", name);
  }
  return opened;
}

data_folder::data_folder(data_folder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

data_folder::~data_folder() {
  if (lock_ >= 0) ::close(lock_);
}

bool data_folder::is_open_to_others() const {
  struct stat found {};
  return stat(path_.c_str(), &found) == 0 && (found.st_mode & 077) != 0;
}

} // namespace engram::node
