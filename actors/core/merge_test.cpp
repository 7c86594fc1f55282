#include "actors/core/merge.hpp"
#include "actors/core/selection.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

using namespace engram;
using namespace engram::actors;

namespace {

base::space_id space(std::uint64_t n) { return base::space_id{base::hash128{n, n}}; }

memory::hit hit(const std::string& id, double score) {
  memory::hit out;
  out.id = id;
  out.score = base::q32::from(score);
  return out;
}

recalled_part part(std::uint64_t n, std::vector<memory::hit> hits) {
  recall_reply reply;
  for (const auto& each : hits) {
    memory_record record;
    record.what.id = each.id;
    reply.content.push_back(record);
  }
  reply.answer.hits = std::move(hits);
  reply.answer.considered = 10;
  reply.coverage.memories = 100;
  return {"s" + std::to_string(n), space(n), std::move(reply), 1};
}

recalled_part silent(std::uint64_t n, base::errc why) {
  return {"s" + std::to_string(n), space(n), base::error{why, ""}, 3};
}

std::vector<std::string> ids(const recall_reply& of) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < of.answer.hits.size(); ++i)
    out.push_back(of.spaces.at(i) + "/" + of.answer.hits[i].id);
  return out;
}

} // namespace

TEST_SUITE("merge") {
  TEST_CASE("the best of all spaces come first, equal scores by space and then by id") {
    const auto got = merge({part(2, {hit("b", 3), hit("a", 1)}),
                            part(1, {hit("c", 3), hit("b", 3)}), part(3, {hit("z", 9)})},
                           4);
    CHECK(ids(got) == std::vector<std::string>{"s3/z", "s1/b", "s1/c", "s2/b"});
    CHECK(got.content.at(1).what.id == "b");
    CHECK(got.answer.considered == 30);
    CHECK(got.coverage.memories == 300);
  }

  TEST_CASE("the order in which spaces answer changes nothing") {
    base::random random(7);
    for (int round = 0; round < 200; ++round) {
      std::vector<recalled_part> parts;
      for (std::uint64_t s = 0; s < 1 + random.below(6); ++s) {
        std::vector<memory::hit> hits;
        for (std::uint64_t n = random.below(8); n > 0; --n)
          hits.push_back(hit(std::to_string(random.below(4)), double(random.below(4))));
        std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) {
          return a.score != b.score ? a.score > b.score : a.id < b.id;
        });
        parts.push_back(part(s, hits));
      }
      const auto limit = static_cast<std::uint32_t>(1 + random.below(10));
      const auto expected = ids(merge(parts, limit));
      for (std::size_t i = parts.size(); i > 1; --i)
        std::swap(parts[i - 1], parts[random.below(i)]);
      CHECK(ids(merge(parts, limit)) == expected);
    }
  }

  TEST_CASE("one space's answer is kept as it is") {
    const std::vector<memory::hit> versions{hit("same", 2), hit("same", 2), hit("x", 1)};
    const auto got = merge({part(1, versions)}, 10);
    CHECK(ids(got) == std::vector<std::string>{"s1/same", "s1/same", "s1/x"});
  }

  TEST_CASE("a space that does not answer is named, and its replicas count as asked") {
    auto seen = part(1, {hit("a", 1)});
    seen.got->coverage.stale_ms = 70;
    seen.got->coverage.damaged = 2;
    const auto got = merge({silent(2, base::errc::deadline_exceeded), seen}, 5);
    CHECK(got.coverage.spaces_asked == 2);
    CHECK(got.coverage.spaces_answered == 1);
    CHECK(got.coverage.replicas_asked == 4);
    CHECK(got.coverage.replicas_answered == 1);
    CHECK(got.coverage.stale_ms == 70);
    REQUIRE(got.coverage.missing_spaces.size() == 1);
    CHECK(got.coverage.missing_spaces[0].name == "s2");
    CHECK(got.coverage.missing_spaces[0].why.code == base::errc::deadline_exceeded);
    CHECK(check_whole(got.coverage).error().code == base::errc::unavailable);
  }

  TEST_CASE("an answer is whole when every space answered and nothing was damaged") {
    CHECK(check_whole(merge({part(1, {}), part(2, {})}, 5).coverage));
    auto torn = part(1, {});
    torn.got->coverage.damaged = 1;
    CHECK(check_whole(merge({torn}, 5).coverage).error().code == base::errc::damaged);
  }
}

TEST_SUITE("selection") {
  membership::directory three() {
    membership::directory known;
    for (const auto* name : {"note-b", "diary", "note-a"})
      known.apply(membership::create_space_op{{name, 1, 0, "english"}}, base::hlc{1},
                  base::hash128{1, 1});
    return known;
  }
  std::vector<std::string> names(const base::result<std::vector<membership::space_row>>& of) {
    std::vector<std::string> out;
    if (of)
      for (const auto& row : *of) out.push_back(row.what.name);
    return out;
  }

  TEST_CASE("names, a prefix and all mean spaces by name, each once") {
    const auto known = three();
    using list = std::vector<std::string>;
    CHECK(names(select(known, {{"note-b", "diary", "note-b"}, ""}, {})) == list{"diary", "note-b"});
    CHECK(names(select(known, {{}, "note-"}, {})) == list{"note-a", "note-b"});
    CHECK(names(select(known, {}, {})) == list{"diary", "note-a", "note-b"});
  }
  TEST_CASE("a prefix means what the key may read of it") {
    CHECK(names(select(three(), {}, {"note-a", "elsewhere"})) ==
          std::vector<std::string>{"note-a"});
    CHECK(select(three(), {{}, "diary"}, {"note-a"}).error().code == base::errc::unknown_space);
  }
  TEST_CASE("a name that nobody has is an error, not less coverage") {
    CHECK(select(three(), {{"diary", "nowhere"}, ""}, {}).error().code ==
          base::errc::unknown_space);
  }
}
