#include "jepsen/history/recorder.hpp"

namespace engram::jepsen {

recorder::recorder(const base::clock& clock, const std::string& file)
    : clock_(clock), began_(clock.monotonic()) {
  if (!file.empty()) file_.open(file);
}

op recorder::add(op each) {
  const std::lock_guard lock(mutex_);
  each.index = kept_.size();
  each.time = now();
  kept_.push_back(each);
  if (file_.is_open()) file_ << to_json(each).dump() << '\n';
  return each;
}

history recorder::taken() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

} // namespace engram::jepsen
