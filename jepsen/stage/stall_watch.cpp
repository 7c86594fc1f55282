#include "jepsen/stage/stall_watch.hpp"

#include "jepsen/check/verdict.hpp"
#include "jepsen/stage/clock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace engram::jepsen {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds EVERY = std::chrono::milliseconds(50), TOLD_FROM = EVERY;

double ms(nanoseconds of) { return static_cast<double>(of.count() / 1'000) / 1e3; }

op line_of(const char* f, json value) {
  op line;
  line.type = op_type::info;
  line.f = f;
  line.value = std::move(value);
  return line;
}

} // namespace

stall_watch::stall_watch(recorder& book, std::string file)
    : book_(book), file_(std::move(file)), thread_([this] { watch(); }) {}

stall_watch::~stall_watch() {
  over_ = true;
  thread_.join();
  book_.add(line_of("machine", {{"late_ms", quantiles_ms(late_)},
                                {"write_ms", quantiles_ms(write_)},
                                {"sync_ms", quantiles_ms(sync_)}}));
}

void stall_watch::watch() {
  const int file = ::open(file_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  while (!over_) {
    const auto due = book_.now() + EVERY;
    pause_for(EVERY);
    look(file, book_.now() - due);
  }
  if (file >= 0) ::close(file);
  ::unlink(file_.c_str());
}

void stall_watch::look(int file, nanoseconds late) {
  const std::array<char, 64> some{};
  const auto began = book_.now();
  if (::write(file, some.data(), some.size()) < 0) return;
  const auto wrote = book_.now();
  if (::fdatasync(file) != 0) return;
  const auto synced = book_.now();
  late_.push_back(late);
  write_.push_back(wrote - began);
  sync_.push_back(synced - wrote);
  if (std::max({late, wrote - began, synced - wrote}) < TOLD_FROM) return;
  book_.add(line_of(
      "stall",
      {{"late_ms", ms(late)}, {"write_ms", ms(wrote - began)}, {"sync_ms", ms(synced - wrote)}}));
}

} // namespace engram::jepsen
