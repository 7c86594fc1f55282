#pragma once
// Working memory that outlives a question: an object that the thread keeps, lent to whoever is
// alive on it. Made when there is none idle; as many as one question needs at a time, one or two.
// Whoever borrows gives it back as it was found. What a thread keeps is bounded by its borrowers.

#include <memory>
#include <utility>
#include <vector>

namespace engram::memory {

template <class T>
class borrowed {
public:
  borrowed() {
    if (idle().empty()) {
      what_ = std::make_unique<T>();
    } else {
      what_ = std::move(idle().back());
      idle().pop_back();
    }
  }
  ~borrowed() {
    if (what_) idle().push_back(std::move(what_));
  }
  borrowed(borrowed&&) noexcept = default;
  borrowed(const borrowed&) = delete;
  borrowed& operator=(const borrowed&) = delete;

  T& operator*() const noexcept { return *what_; }
  T* operator->() const noexcept { return what_.get(); }

private:
  static std::vector<std::unique_ptr<T>>& idle() {
    thread_local std::vector<std::unique_ptr<T>> all;
    return all;
  }

  std::unique_ptr<T> what_;
};

} // namespace engram::memory
