#include "jepsen/history/recorder.hpp"

#include <utility>

namespace engram::jepsen {

recorder::recorder(const base::clock& clock, const std::string& file)
    : clock_(clock), began_(clock.monotonic()) {
  if (file.empty()) return;
  file_.open(file);
  writer_ = std::thread([this] { write(); });
}

recorder::~recorder() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  more_.notify_one();
  writer_.join();
}

op recorder::add(op each) {
  {
    const std::lock_guard lock(mutex_);
    each.index = kept_.size();
    each.time = now();
    kept_.push_back(each);
    if (!writer_.joinable()) return each;
    unwritten_.push_back(each);
  }
  more_.notify_one();
  return each;
}

history recorder::taken() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

void recorder::write() {
  for (bool over = false; !over;) {
    history lines;
    {
      std::unique_lock lock(mutex_);
      more_.wait(lock, [this] { return over_ || !unwritten_.empty(); });
      lines.swap(unwritten_);
      over = over_;
    }
    write_history(lines, file_);
    file_.flush();
  }
}

} // namespace engram::jepsen
