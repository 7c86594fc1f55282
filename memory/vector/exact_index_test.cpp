#include "memory/vector/exact_index.hpp"

#include "tests/support/doctest.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace engram::memory {

namespace {

embedding vector_of(std::vector<std::int8_t> values) { return {std::move(values), 1.0f}; }

std::shared_ptr<const vector_block> block_of(std::uint32_t dimension,
                                             const std::vector<embedding>& vectors,
                                             std::uint32_t first_ordinal = 0) {
  std::vector<vector_block::item> items;
  for (const embedding& one : vectors)
    items.push_back({first_ordinal + static_cast<std::uint32_t>(items.size()), &one});
  return std::make_shared<vector_block>(dimension, items);
}

std::vector<std::uint32_t> ordinals(const std::vector<vector_hit>& hits) {
  std::vector<std::uint32_t> out;
  for (const vector_hit& hit : hits) out.push_back(hit.ordinal);
  return out;
}

std::vector<vector_hit> found(const exact_index& index, const embedding& query, std::size_t k,
                              const search_rules& rules = {}) {
  auto hits = index.search(query, k, rules);
  REQUIRE(hits);
  return *std::move(hits);
}

std::vector<embedding> random_vectors(std::mt19937_64& random, std::size_t count,
                                      std::size_t dimension, int range) {
  std::vector<embedding> out(count);
  for (embedding& one : out)
    for (std::size_t i = 0; i < dimension; ++i)
      one.values.push_back(static_cast<std::int8_t>(
          static_cast<int>(random() % static_cast<std::uint64_t>(2 * range + 1)) - range));
  return out;
}

/// The definition: all cosines, then a full sort.
std::vector<vector_hit> reference(const std::vector<embedding>& vectors, const embedding& query,
                                  std::size_t k, const search_rules& rules) {
  const auto dot = [](const embedding& a, const embedding& b) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
    return static_cast<double>(sum);
  };
  std::vector<vector_hit> all;
  for (std::uint32_t i = 0; i < vectors.size(); ++i) {
    const double lengths = std::sqrt(dot(query, query)) * std::sqrt(dot(vectors[i], vectors[i]));
    if (lengths == 0 || (rules.visible && !rules.visible(i))) continue;
    all.push_back({base::q32::from(dot(query, vectors[i]) / lengths), i});
  }
  std::sort(all.begin(), all.end(), [&](const vector_hit& a, const vector_hit& b) {
    if (a.cosine != b.cosine) return a.cosine > b.cosine;
    return rules.before ? rules.before(a.ordinal, b.ordinal) : a.ordinal < b.ordinal;
  });
  all.resize(std::min(k, all.size()));
  return all;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("the nearest memories come first, with their cosine") {
    const exact_index index(2, {block_of(2, {vector_of({127, 0}), vector_of({0, 127}),
                                             vector_of({127, 127}), vector_of({-127, 0})})});
    const auto hits = found(index, vector_of({127, 0}), 4);
    CHECK_EQ(ordinals(hits), std::vector<std::uint32_t>{0, 2, 1, 3});
    CHECK_EQ(hits[0].cosine, base::q32::from(1.0));
    CHECK_EQ(hits[1].cosine.raw, 3037000500); // sqrt(1/2) in 2^-32
    CHECK_EQ(hits[2].cosine, base::q32{});
    CHECK_EQ(hits[3].cosine, base::q32::from(-1.0));
  }

  TEST_CASE("no rows, no k and a larger k than rows are all answered") {
    const exact_index none(3, {});
    CHECK(found(none, vector_of({1, 2, 127}), 5).empty());
    const exact_index two(3, {block_of(3, {vector_of({127, 0, 0}), vector_of({0, 0, 127})}),
                              std::make_shared<vector_block>(3)});
    CHECK(found(two, vector_of({127, 0, 0}), 0).empty());
    CHECK_EQ(found(two, vector_of({127, 0, 0}), 100).size(), 2u);
  }

  TEST_CASE("a query of another dimension is refused") {
    const exact_index index(2, {block_of(2, {vector_of({127, 0})})});
    const auto hits = index.search(vector_of({127, 0, 0}), 1, {});
    REQUIRE_FALSE(hits);
    CHECK_EQ(hits.error().code, base::errc::wrong_dimension);
  }

  TEST_CASE("vectors that point nowhere neither find nor are found") {
    const exact_index index(2, {block_of(2, {vector_of({0, 0}), vector_of({127, 1})})});
    CHECK_EQ(index.rows(), 1u);
    CHECK_EQ(ordinals(found(index, vector_of({-127, 0}), 5)), std::vector<std::uint32_t>{1});
    CHECK(found(index, vector_of({0, 0}), 5).empty());
  }

  TEST_CASE("hidden memories do not take the place of visible ones") {
    const exact_index index(1, {block_of(1, std::vector<embedding>(50, vector_of({127})))});
    search_rules rules;
    rules.visible = [](std::uint32_t ordinal) { return ordinal % 10 == 7; };
    CHECK_EQ(ordinals(found(index, vector_of({127}), 3, rules)),
             std::vector<std::uint32_t>{7, 17, 27});
  }

  TEST_CASE("the caller decides between equally near memories") {
    const exact_index index(1, {block_of(1, std::vector<embedding>(50, vector_of({127})))});
    search_rules rules;
    rules.before = [](std::uint32_t left, std::uint32_t right) { return left > right; };
    CHECK_EQ(ordinals(found(index, vector_of({127}), 3, rules)),
             std::vector<std::uint32_t>{49, 48, 47});
  }

  TEST_CASE("a search equals the definition, however rows are laid out and shared among threads") {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      const std::size_t dimension = 1 + random() % 130;
      // A small range of values makes many ties.
      const auto vectors = random_vectors(random, random() % 700, dimension, seed % 3 ? 127 : 1);
      const embedding query = random_vectors(random, 1, dimension, 127).front();
      const std::size_t k = random() % 20;
      search_rules rules;
      if (random() % 2) rules.visible = [](std::uint32_t o) { return o * 2654435761u % 5 != 0; };
      if (random() % 2)
        rules.before = [](std::uint32_t a, std::uint32_t b) { return (a ^ 341u) < (b ^ 341u); };
      const auto expected = reference(vectors, query, k, rules);

      exact_index::blocks blocks;
      for (std::size_t from = 0; from < vectors.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % 300, vectors.size() - from);
        const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(from);
        blocks.push_back(block_of(static_cast<std::uint32_t>(dimension),
                                  {begin, begin + static_cast<std::ptrdiff_t>(size)},
                                  static_cast<std::uint32_t>(from)));
        from += size;
      }
      const exact_index index(static_cast<std::uint32_t>(dimension), blocks);
      REQUIRE_EQ(found(index, query, k, rules), expected);

      const scan_query ready(query);
      top_hits joined(k, rules);
      const std::size_t parts = 1 + random() % 4;
      for (std::size_t part = parts; part-- > 0;) {
        top_hits best(k, rules);
        index.search_part(ready, part, parts, best);
        joined.merge(std::move(best));
      }
      REQUIRE_EQ(std::move(joined).take(), expected);
    }
  }

} // TEST_SUITE

} // namespace engram::memory
