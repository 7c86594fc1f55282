#pragma once
// Ratios on a machine that is busy with other things. Ours and its peer run by turns in one
// process, and what counts is the median of the turns' ratios: whatever slows the machine slows
// both sides of a turn. Used by every program in this folder; one thread.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace engram::bench {

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Wall time of one call, in seconds.
template <class Action>
double seconds(Action&& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The same in time that this thread had a core: for what waits for nothing, on a busy machine.
template <class Action>
double core_seconds(Action&& action) {
  const auto now = [] {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
  };
  const double start = now();
  action();
  return now() - start;
}

struct pairs {
  std::vector<double> ours, peer, ratios; // of one turn each, in one unit

  double ratio() const { return median(ratios); }
};

/// About `rounds` times each. They run as ours, peer, peer, ours: either follows itself once and
/// the other once, so what is left in the caches favours neither. (By mere turns, who goes first
/// alternating, the pairs' ratios fall into two heaps, and a median picks one of them.) The first
/// turn of each warms up and is not counted.
template <class Ours, class Peer>
pairs interleave(int rounds, Ours&& ours, Peer&& peer) {
  pairs out;
  peer();
  ours();
  for (int turn = 0; turn < std::max(1, rounds / 2); ++turn) {
    double a = ours(), b = peer();
    b += peer();
    a += ours();
    out.ours.push_back(a / 2);
    out.peer.push_back(b / 2);
    out.ratios.push_back(a / b);
  }
  return out;
}

/// The table a program prints, and its exit code.
class report {
public:
  enum class bound { at_least, at_most };

  explicit report(const char* title) {
    std::printf("\n%s\n%-52s %12s %12s %9s  %s\n", title, "what", "ours", "peer", "ratio", "limit");
  }
  /// A figure with a bar to reach.
  void limit(const std::string& what, double ours, double peer, double value, bound kind,
             double bar) {
    const bool good = kind == bound::at_least ? value >= bar : value <= bar;
    if (!good) missed_ = true;
    std::printf("%-52s %12.4g %12.4g %9.3f  %s %g %s\n", what.c_str(), ours, peer, value,
                kind == bound::at_least ? ">=" : "<=", bar, good ? "ok" : "MISSED");
    std::fflush(stdout);
  }
  void limit(const std::string& what, const pairs& p, bound kind, double bar) {
    limit(what, median(p.ours), median(p.peer), p.ratio(), kind, bar);
  }
  /// A figure for information.
  void note(const std::string& what, const pairs& p) {
    std::printf("%-52s %12.4g %12.4g %9.3f\n", what.c_str(), median(p.ours), median(p.peer),
                p.ratio());
    std::fflush(stdout);
  }
  int exit_code() const { return missed_ ? 1 : 0; }

private:
  bool missed_ = false;
};

} // namespace engram::bench
