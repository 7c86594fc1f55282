// Loaded into every node of a run with faults of the clock, before libc: the time of day is as many
// nanoseconds off as the file named by ENGRAM_JEPSEN_CLOCK says (8 bytes, changed while it runs).
// The monotonic clock goes on undisturbed. Straight to the kernel: whoever looks a function up by
// name here is called by allocators that are not ready for it.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t SECOND = 1'000'000'000;

const volatile std::int64_t* map_offset() {
  const char* path = std::getenv("ENGRAM_JEPSEN_CLOCK");
  const auto handle =
      path == nullptr ? -1 : syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (handle < 0) return nullptr;
  void* mapped =
      mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, static_cast<int>(handle), 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(mapped);
}

std::int64_t offset() {
  static const auto* const told = map_offset();
  return told == nullptr ? 0 : *told;
}

} // namespace

extern "C" {

int clock_gettime(clockid_t which, timespec* now) noexcept {
  const auto done = static_cast<int>(syscall(SYS_clock_gettime, which, now));
  if (done != 0 || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return done;
  const auto moved = now->tv_sec * SECOND + now->tv_nsec + offset();
  now->tv_sec = moved / SECOND;
  now->tv_nsec = moved % SECOND;
  return 0;
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec told{};
  const int done = clock_gettime(CLOCK_REALTIME, &told);
  now->tv_sec = told.tv_sec;
  now->tv_usec = told.tv_nsec / 1'000;
  return done;
}

time_t time(time_t* now) noexcept {
  timespec told{};
  clock_gettime(CLOCK_REALTIME, &told);
  if (now != nullptr) *now = told.tv_sec;
  return told.tv_sec;
}

} // extern "C"
