#include "memory/vector/dot_kernel.hpp"

#include "memory/vector/simd_targets.hpp"

#include "tests/support/doctest.hpp"

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace engram::memory {

namespace {

struct rows_case {
  std::size_t stride, count;
  std::vector<std::int16_t> query_storage;
  std::vector<std::int8_t> rows_storage;
  std::int16_t* query;
  std::int8_t* rows;

  rows_case(std::size_t stride_, std::size_t count_)
      : stride(stride_), count(count_), query_storage(stride + 32),
        rows_storage(stride * count + 64) {
    query = aligned(query_storage.data());
    rows = aligned(rows_storage.data());
  }
  template <class T>
  static T* aligned(T* start) {
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    return reinterpret_cast<T*>((address + 63) & ~std::uintptr_t{63});
  }
  void check_all_targets() const {
    std::vector<std::int32_t> expected(count), got(count);
    dot_rows_plain(query, rows, stride, count, expected.data());
    for (const std::int64_t target : all_targets()) {
      CAPTURE(target_name(target));
      const only_target forced(target);
      dot_rows(query, rows, stride, count, got.data());
      REQUIRE_EQ(got, expected);
    }
  }
};

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("more than one SIMD target is compared on a CPU that has any") {
    CHECK_GE(all_targets().size(), 1u);
#if defined(__x86_64__)
    CHECK_GE(all_targets().size(), 2u);
#endif
  }

  TEST_CASE("every SIMD target gives the plain dot products of random rows") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      rows_case one(64 * (1 + random() % 14), random() % 11);
      for (std::size_t j = 0; j < one.stride; ++j)
        one.query[j] = static_cast<std::int8_t>(random());
      for (std::size_t j = 0; j < one.stride * one.count; ++j)
        one.rows[j] = static_cast<std::int8_t>(random());
      one.check_all_targets();
    }
  }

  TEST_CASE("every SIMD target is exact at the ends of the value range and of the dimension") {
    for (const int q : {-128, -127, 127})
      for (const int x : {-128, -127, 127}) {
        CAPTURE(q);
        CAPTURE(x);
        rows_case one(65'536, 5);
        for (std::size_t j = 0; j < one.stride; ++j) one.query[j] = static_cast<std::int16_t>(q);
        std::memset(one.rows, x, one.stride * one.count);
        one.check_all_targets();
        std::int32_t first = 0;
        dot_rows(one.query, one.rows, one.stride, 1, &first);
        REQUIRE_EQ(first, q * x * 65'536);
      }
  }

} // TEST_SUITE

} // namespace engram::memory
