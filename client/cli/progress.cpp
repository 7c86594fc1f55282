#include "client/cli/progress.hpp"

#include "client/cli/words.hpp"

#include <algorithm>
#include <ostream>

namespace engram::client {

namespace {
constexpr int WIDTH = 30;
}

progress_bar::progress_bar(const shell& in, bool visible)
    : in_(in), visible_(visible), began_(kj::systemPreciseMonotonicClock().now()), shown_(began_) {}

base::duration progress_bar::elapsed() const {
  return base::duration{(kj::systemPreciseMonotonicClock().now() - began_) / kj::MILLISECONDS};
}

void progress_bar::show(const std::string& what, std::uint64_t done, double fraction) {
  const auto now = kj::systemPreciseMonotonicClock().now();
  if (!visible_ || now - shown_ < 100 * kj::MILLISECONDS) return;
  shown_ = now;
  drawn_ = true;
  std::string line = "\r\x1b[K";
  if (fraction >= 0) {
    const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * WIDTH);
    line.append("[").append(static_cast<std::size_t>(full), '#');
    line.append(static_cast<std::size_t>(WIDTH - full), '.').append("] ");
    line.append(fixed_text(fraction * 100, 0) + " %  ");
  }
  line.append(what);
  if (const auto ms = elapsed().count(); ms > 0)
    line.append("  " + count_text(done * 1000 / static_cast<std::uint64_t>(ms)) + "/s");
  in_.err() << line << std::flush;
}

void progress_bar::clear() {
  if (drawn_) in_.err() << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

} // namespace engram::client
