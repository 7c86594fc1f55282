#include "base/counters.hpp"

#include "tests/support/doctest.hpp"

#include <thread>

namespace engram::base {

TEST_SUITE_BEGIN("base");

TEST_CASE("a registry renders families sorted by name, each with help and type once") {
  registry metrics;
  metrics.add_counter("engram_b_total", "Second.", "code=\"x\"").add(2);
  metrics.add_gauge("engram_a_bytes", "First,\non two lines.").set(-5);
  metrics.add_counter("engram_b_total", "Second.", "code=\"a\"").add();
  metrics.add_callback("engram_c_ratio", "Third.", [] { return 0.25; });

  CHECK(metrics.render() == "# HELP engram_a_bytes First,\\non two lines.\n"
                            "# TYPE engram_a_bytes gauge\n"
                            "engram_a_bytes -5\n"
                            "# HELP engram_b_total Second.\n"
                            "# TYPE engram_b_total counter\n"
                            "engram_b_total{code=\"a\"} 1\n"
                            "engram_b_total{code=\"x\"} 2\n"
                            "# HELP engram_c_ratio Third.\n"
                            "# TYPE engram_c_ratio gauge\n"
                            "engram_c_ratio 0.25\n");
}

TEST_CASE("a histogram puts a duration into the first bucket whose edge is not below it") {
  histogram h;
  for (const std::uint64_t us : {0, 1, 2, 3, 4, 5}) h.record_us(us);
  h.record_us(std::uint64_t{1} << 26);
  h.record_us(~std::uint64_t{0} >> 8);

  CHECK(h.bucket(0) == 2);
  CHECK(h.bucket(1) == 1);
  CHECK(h.bucket(2) == 2);
  CHECK(h.bucket(3) == 1);
  CHECK(h.bucket(26) == 1);
  CHECK(h.bucket(27) == 1);
  CHECK(h.count() == 8);
}

TEST_CASE("a quantile is the upper edge of the bucket that holds it") {
  histogram h;
  CHECK(h.quantile_us(0.5) == 0);
  for (int i = 0; i < 99; ++i) h.record_us(100);
  h.record_us(5000);

  CHECK(h.quantile_us(0.5) == 128);
  CHECK(h.quantile_us(0.99) == 128);
  CHECK(h.quantile_us(1) == 8192);
}

TEST_CASE("a histogram is rendered cumulatively, in seconds") {
  registry metrics;
  histogram& h = metrics.add_histogram("engram_x_seconds", "X.", "op=\"get\"");
  h.record_us(1);
  h.record_us(1'000'000);
  const std::string text = metrics.render();

  CHECK(text.find("# TYPE engram_x_seconds histogram\n") != std::string::npos);
  CHECK(text.find("engram_x_seconds_bucket{op=\"get\",le=\"1e-06\"} 1\n") != std::string::npos);
  CHECK(text.find("engram_x_seconds_bucket{op=\"get\",le=\"+Inf\"} 2\n") != std::string::npos);
  CHECK(text.find("engram_x_seconds_sum{op=\"get\"} 1.000001\n") != std::string::npos);
  CHECK(text.find("engram_x_seconds_count{op=\"get\"} 2\n") != std::string::npos);
}

TEST_CASE("bumps from many threads are all counted") {
  registry metrics;
  counter& c = metrics.add_counter("engram_n_total", "N.");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&c] {
      for (int n = 0; n < 10'000; ++n) c.add();
    });
  for (std::thread& t : threads) t.join();

  CHECK(c.value() == 40'000);
}

TEST_CASE("a callback may register further metrics while it is read") {
  registry metrics;
  metrics.add_callback("engram_self", "Self.", [&metrics] {
    metrics.add_gauge("engram_late", "Late.").set(1);
    return 1.0;
  });

  CHECK(metrics.render().find("engram_self 1\n") != std::string::npos);
  CHECK(metrics.render().find("engram_late 1\n") != std::string::npos);
}

TEST_SUITE_END();

} // namespace engram::base
