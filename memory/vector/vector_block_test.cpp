#include "memory/vector/vector_block.hpp"

#include "tests/support/doctest.hpp"

#include <algorithm>
#include <cmath>

namespace engram::memory {

TEST_SUITE("memory") {

  TEST_CASE("rows are aligned, padded with zeros and found by ordinal") {
    const embedding a{{1, 2, 3}, 1.0f}, zero{{0, 0, 0}, 0.0f}, b{{-127, 127, -5}, 0.1f};
    const std::vector<vector_block::item> items{{4, &a}, {5, &zero}, {9, &b}};
    const vector_block block(3, items);
    REQUIRE_EQ(block.rows(), 2u);
    CHECK_EQ(block.stride(), 64u);
    CHECK_EQ(block.ordinal(1), 9u);
    CHECK_EQ(block.length(0), std::sqrt(14.0));
    CHECK_EQ(block.row_of(9), 1u);
    for (const std::uint32_t without : {0u, 5u, 10u}) CHECK_FALSE(block.row_of(without));
    CHECK(std::ranges::equal(block.values(1), b.values));
    CHECK_EQ(reinterpret_cast<std::uintptr_t>(block.data(0)) % 64, 0u);
    CHECK(std::all_of(block.data(0) + 3, block.data(1), [](auto x) { return x == 0; }));
  }

  TEST_CASE("a concatenation holds the rows of its parts in order") {
    const embedding a{{1, 2}, 1.0f}, b{{3, 4}, 1.0f};
    const std::vector<vector_block::item> left{{1, &a}}, right{{2, &b}, {7, &a}};
    const vector_block first(2, left), second(2), third(2, right);
    const std::vector<const vector_block*> parts{&first, &second, &third};
    const vector_block all = vector_block::concatenate(parts);
    REQUIRE_EQ(all.rows(), 3u);
    CHECK_EQ(all.ordinal(0), 1u);
    CHECK_EQ(all.ordinal(2), 7u);
    CHECK(std::ranges::equal(all.values(1), b.values));
    CHECK_EQ(all.length(1), 5.0);
    CHECK_EQ(all.row_of(7), 2u);
    CHECK(vector_block::concatenate({}).empty());
  }

  TEST_CASE("a block without vectors costs no rows") {
    const vector_block none(768);
    CHECK(none.empty());
    CHECK_FALSE(none.row_of(0));
    CHECK_LT(none.memory_bytes(), 256u);
  }

} // TEST_SUITE

} // namespace engram::memory
