#include "memory/concepts/linkage.hpp"

#include "base/random.hpp"

#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::memory {

namespace {

/// The nearest pair of all joins, again and again; quadratic work for each.
std::vector<std::uint32_t> join_nearest(linkage<wide_sum> among, std::uint32_t least) {
  const std::size_t n = among.weights.size();
  std::vector<std::uint32_t> group(n);
  for (std::uint32_t i = 0; i < n; ++i) group[i] = i;
  const auto alive = [&](std::size_t i) { return group[i] == i; };
  while (true) {
    std::size_t a = n, b = n;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j) {
        if (!alive(i) || !alive(j)) continue;
        const wide_sum weight = wide_sum{static_cast<std::int64_t>(among.weights[i])} *
                                static_cast<std::int64_t>(among.weights[j]);
        if (wide_sum{among.sums[i * n + j]} < weight * least) continue;
        if (a != n && wide_sum{among.sums[i * n + j]} *
                              static_cast<std::int64_t>(among.weights[a]) *
                              static_cast<std::int64_t>(among.weights[b]) <=
                          wide_sum{among.sums[a * n + b]} * weight)
          continue;
        a = i;
        b = j;
      }
    if (a == n) break;
    for (std::size_t k = 0; k < n; ++k) {
      among.sums[a * n + k] += among.sums[b * n + k];
      among.sums[k * n + a] += among.sums[k * n + b];
    }
    among.weights[a] += among.weights[b];
    for (std::uint32_t& of : group)
      if (of == b) of = static_cast<std::uint32_t>(a);
  }
  return group;
}

template <class Sum>
linkage<Sum> drawn(base::random& random, std::size_t n, std::uint64_t heaviest) {
  linkage<Sum> out;
  for (std::size_t i = 0; i < n; ++i) out.weights.push_back(1 + random.below(heaviest));
  out.sums.assign(n * n, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) {
      const auto cosine = static_cast<std::int64_t>(random.below(131'073)) - 65'536;
      out.sums[i * n + j] = out.sums[j * n + i] =
          static_cast<Sum>(cosine * static_cast<std::int64_t>(out.weights[i] * out.weights[j]));
    }
  return out;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("groups are those that joining the nearest pair each time makes") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      const auto among = drawn<wide_sum>(random, 1 + random.below(24), 1 + random.below(9));
      const auto least = static_cast<std::uint32_t>(random.below(60'000));
      REQUIRE_EQ(link(among, least), join_nearest(among, least));
    }
  }

  TEST_CASE("narrow sums of single memories give the groups of wide ones") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      const auto narrow = drawn<std::int32_t>(random, 1 + random.below(256), 1);
      const linkage<wide_sum> wide{narrow.weights, {narrow.sums.begin(), narrow.sums.end()}};
      REQUIRE_EQ(link(narrow, 20'000), link(wide, 20'000));
    }
  }

  TEST_CASE("of equally near ones the least index joins first") {
    // 0-1, 1-2 and 2-3 are equally near, 0-2 and 1-3 are not near at all.
    linkage<std::int32_t> among{{1, 1, 1, 1}, std::vector<std::int32_t>(16, 0)};
    for (const int i : {0, 1, 2}) among.sums[i * 4 + i + 1] = among.sums[(i + 1) * 4 + i] = 60'000;
    CHECK_EQ(link(among, 50'000), std::vector<std::uint32_t>{0, 0, 2, 2});
  }

  TEST_CASE("groups of four thousand million members are compared without overflow") {
    const std::uint64_t many = 0xFFFFFFFF;
    const wide_sum all = wide_sum{0xFFFFFFFF} * 0xFFFFFFFF * 65'536;
    linkage<wide_sum> among{{many, many, many}, std::vector<wide_sum>(9, 0)};
    among.sums[1] = among.sums[3] = all / 4; // 0 and 1 are just near enough
    among.sums[5] = among.sums[7] = all / 8;
    CHECK_EQ(link(among, 16'384), std::vector<std::uint32_t>{0, 0, 2});
  }

} // TEST_SUITE

} // namespace engram::memory
