#pragma once
// Metrics as plain counters. A folder declares a struct of counters whose verbs its code calls; one
// registry, built by node/, renders them in Prometheus text format. Counters may be bumped from any
// thread (relaxed); a registry outlives whoever registered.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace engram::base {

class counter {
public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

class gauge {
public:
  void set(std::int64_t v) noexcept { value_.store(v, std::memory_order_relaxed); }
  void add(std::int64_t v) noexcept { value_.fetch_add(v, std::memory_order_relaxed); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::int64_t> value_{0};
};

/// Durations in microseconds, buckets doubling from 1 us to 2^26 us (67 s). Rendered in seconds, as
/// Prometheus wants it: such names end in _seconds.
class histogram {
public:
  static constexpr int bucket_count = 28;
  void record_us(std::uint64_t microseconds) noexcept;
  std::uint64_t count() const noexcept;
  std::uint64_t sum_us() const noexcept { return sum_.value(); }
  std::uint64_t bucket(int i) const noexcept {
    return buckets_[static_cast<std::size_t>(i)].value();
  }
  /// Upper edge of the bucket that holds the q-quantile, in microseconds; 0 when empty.
  std::uint64_t quantile_us(double q) const noexcept;

private:
  std::array<counter, bucket_count> buckets_;
  counter sum_;
};

/// Names: engram_<folder>_<noun>_<unit>[_total]. Labels are rendered text: `code="conflict"`.
class registry {
public:
  counter& add_counter(std::string name, std::string help, std::string labels = {});
  gauge& add_gauge(std::string name, std::string help, std::string labels = {});
  histogram& add_histogram(std::string name, std::string help, std::string labels = {});
  /// Evaluated when rendered.
  void add_callback(std::string name, std::string help, std::function<double()> read,
                    std::string labels = {});

  /// Prometheus text format, families sorted by name.
  std::string render() const;

private:
  struct row {
    std::string name, help, labels;
    enum class kind { counter, gauge, histogram, callback } what;
    const void* metric;
    std::function<double()> read;

    std::string_view type() const noexcept;
    void append_to(std::string& out) const;
  };
  mutable std::mutex mutex_;
  std::deque<counter> counters_;
  std::deque<gauge> gauges_;
  std::deque<histogram> histograms_;
  std::vector<row> rows_;
};

} // namespace engram::base
