// Loaded into every node of a run with faults of the disk, before libc. It notes how much of each
// file of the data folder was synced, so that a loss of power can take the rest, and fails writes,
// syncs or reads there while it is told to. The node's binary stays the shipped one.
//
// ENGRAM_JEPSEN_DISK    the data folder; files opened below it are watched
// ENGRAM_JEPSEN_SYNCED  lines "inode bytes", appended: so much of it is safe from here on
// ENGRAM_JEPSEN_EIO     its first byte says what fails: s(yncs), w(rites), r(eads); else nothing
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int HANDLES_MAX = 65'536;

template <class Call>
Call next(const char* name) {
  return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name));
}

struct disk {
  disk() {
    if (const char* folder = std::getenv("ENGRAM_JEPSEN_DISK")) prefix = folder;
    if (const char* notes = std::getenv("ENGRAM_JEPSEN_SYNCED"))
      record = static_cast<int>(
          syscall(SYS_openat, AT_FDCWD, notes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    const char* orders = std::getenv("ENGRAM_JEPSEN_EIO");
    const int handle =
        orders == nullptr
            ? -1
            : static_cast<int>(syscall(SYS_openat, AT_FDCWD, orders, O_RDONLY | O_CLOEXEC, 0));
    if (handle < 0) return;
    void* mapped = mmap(nullptr, 1, PROT_READ, MAP_SHARED, handle, 0);
    if (mapped != MAP_FAILED) order = static_cast<const volatile char*>(mapped);
  }

  void opened(int handle, const char* path) {
    if (handle < 0 || handle >= HANDLES_MAX) return;
    watched[static_cast<std::size_t>(handle)] =
        prefix != nullptr && std::strncmp(path, prefix, std::strlen(prefix)) == 0;
    struct stat is {};
    if (watches(handle) && fstat(handle, &is) == 0 && S_ISREG(is.st_mode) && is.st_size == 0)
      note(is.st_ino, 0); // the number may have been another file's
  }
  bool watches(int handle) const {
    return handle >= 0 && handle < HANDLES_MAX && watched[static_cast<std::size_t>(handle)];
  }
  bool fails(int handle, char what) const {
    return order != nullptr && *order == what && watches(handle);
  }
  void note(ino_t which, off_t bytes) const {
    std::array<char, 64> line{};
    const int size =
        std::snprintf(line.data(), line.size(), "%llu %lld\n",
                      static_cast<unsigned long long>(which), static_cast<long long>(bytes));
    if (record >= 0) (void)syscall(SYS_write, record, line.data(), size);
  }

  const char* prefix = nullptr;
  int record = -1;
  const volatile char* order = nullptr;
  std::array<std::atomic<bool>, HANDLES_MAX> watched{};
};

disk& here() {
  static disk only;
  return only;
}

/// What was there before it began is safe when it succeeds.
int sync_with(const char* name, int handle) {
  struct stat before {};
  const bool known = here().watches(handle) && fstat(handle, &before) == 0;
  if (here().fails(handle, 's')) {
    errno = EIO;
    return -1;
  }
  const int done = next<int (*)(int)>(name)(handle);
  if (done == 0 && known && S_ISREG(before.st_mode)) here().note(before.st_ino, before.st_size);
  return done;
}

int open_with(const char* name, const char* path, int flags, mode_t mode) {
  const int handle = next<int (*)(const char*, int, mode_t)>(name)(path, flags, mode);
  here().opened(handle, path);
  return handle;
}

mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

bool refuse(int handle, char what) {
  if (!here().fails(handle, what)) return false;
  errno = EIO;
  return true;
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = mode_of(flags, rest);
  va_end(rest);
  return open_with("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = mode_of(flags, rest);
  va_end(rest);
  return open_with("open64", path, flags, mode);
}
int close(int handle) {
  if (here().watches(handle)) here().watched[static_cast<std::size_t>(handle)] = false;
  static const auto real = next<int (*)(int)>("close");
  return real(handle);
}
int fsync(int handle) { return sync_with("fsync", handle); }
int fdatasync(int handle) { return sync_with("fdatasync", handle); }
ssize_t write(int handle, const void* data, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return refuse(handle, 'w') ? -1 : real(handle, data, size);
}
ssize_t pwrite(int handle, const void* data, size_t size, off_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return refuse(handle, 'w') ? -1 : real(handle, data, size, at);
}
ssize_t pwrite64(int handle, const void* data, size_t size, off64_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return refuse(handle, 'w') ? -1 : real(handle, data, size, at);
}
ssize_t pread(int handle, void* data, size_t size, off_t at) {
  static const auto real = next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  return refuse(handle, 'r') ? -1 : real(handle, data, size, at);
}
ssize_t pread64(int handle, void* data, size_t size, off64_t at) {
  static const auto real = next<ssize_t (*)(int, void*, size_t, off64_t)>("pread64");
  return refuse(handle, 'r') ? -1 : real(handle, data, size, at);
}

} // extern "C"
