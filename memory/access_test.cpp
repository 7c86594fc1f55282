#include "memory/access.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <vector>

namespace engram::memory {
namespace {

struct access {
  base::instant at;
  base::hash128 operation;
};

std::vector<access> random_accesses(base::random& random, std::size_t n) {
  std::vector<access> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back({{static_cast<std::int64_t>(random.below(30'000)) - 10'000},
                   {random.below(4), random.next()}});
  return out;
}

access_record record_of(const std::vector<access>& accesses) {
  access_record record;
  for (const auto& a : accesses) record.add(a.at, a.operation);
  return record;
}

TEST_SUITE("memory") {

  TEST_CASE("an access record keeps count, first, last and the eight newest") {
    access_record record;
    for (std::int64_t s = 1; s <= 20; ++s) record.add({s * 1000 + 999}, {7, 0});
    CHECK(record.count == 20);
    CHECK(record.first == 1);
    CHECK(record.last == 20);
    REQUIRE(record.marks().size() == 8);
    CHECK(record.marks().front().second == 20);
    CHECK(record.marks().back().second == 13);
  }

  TEST_CASE("times before 1970 round down as well") {
    access_record record;
    record.add({-1}, {});
    CHECK(record.first == -1);
  }

  TEST_CASE("two accesses in one second by different operations are both kept, one by one "
            "operation once") {
    access_record record;
    record.add({5000}, {1, 0});
    record.add({5001}, {2, 0});
    record.add({5002}, {2, 9});
    CHECK(record.count == 3);
    CHECK(record.marks().size() == 2);
  }

  TEST_CASE("an access record is a function of the set of accesses, however it was put together") {
    base::random random(99);
    for (int round = 0; round < 500; ++round) {
      CAPTURE(round);
      auto accesses = random_accesses(random, random.below(30));
      const access_record whole = record_of(accesses);
      for (std::size_t i = accesses.size(); i > 1; --i)
        std::swap(accesses[i - 1], accesses[random.below(i)]);
      CHECK(record_of(accesses) == whole);

      const auto cut = static_cast<std::ptrdiff_t>(random.below(accesses.size() + 1));
      const access_record a = record_of({accesses.begin(), accesses.begin() + cut});
      const access_record b = record_of({accesses.begin() + cut, accesses.end()});
      access_record ab = a, ba = b;
      ab.merge(b);
      ba.merge(a);
      CHECK(ab == whole);
      CHECK(ba == whole);
    }
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
