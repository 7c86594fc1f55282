#pragma once
// What crosses from one thread to an actor. CAF orders a send before its receipt, but Debian's CAF
// is not instrumented, and ThreadSanitizer would see none of it: the parcel says it once more in
// our own code, so that what lies behind stays checked.

#include <atomic>
#include <memory>
#include <utility>

namespace engram::actors {

template <class T>
class parcel {
public:
  parcel() = default; // empty; CAF wants one
  explicit parcel(T content) : box_(std::make_shared<box>(std::move(content))) {
    box_->closed.store(true, std::memory_order_release);
  }
  /// Requires: not empty.
  T& open() const {
    (void)box_->closed.load(std::memory_order_acquire);
    return box_->content;
  }

private:
  struct box {
    explicit box(T what) : content(std::move(what)) {}
    T content;
    std::atomic<bool> closed{false};
  };
  std::shared_ptr<box> box_;
};

} // namespace engram::actors
