#pragma once
// A benchmark has no plan B: what fails ends it with the reason.

#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace engram::bench {

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "benchmark cannot go on: %s\n", why.c_str());
  std::exit(2);
}

template <class T>
T must(base::result<T> result) {
  if (!result) give_up(result.error().message());
  return *std::move(result);
}

inline void must(base::result<void> result) {
  if (!result) give_up(result.error().message());
}

} // namespace engram::bench
