#include "actors/core/audits.hpp"
#include "actors/core/pacer.hpp"
#include "tests/support/doctest.hpp"

namespace engram::actors {

namespace {

audited_copy copy(std::uint64_t id, std::uint64_t digest, std::uint64_t state) {
  audit said;
  said.digest = digest;
  said.buckets = {{1, 1}, {state, state}, {2, 2}};
  return {base::store_id{{id, id}}, said};
}

std::vector<copy_verdict> verdicts(const std::vector<audited_copy>& copies) {
  std::vector<copy_verdict> out;
  for (const auto& one : judge(copies)) out.push_back(one.verdict);
  return out;
}

} // namespace

TEST_SUITE_BEGIN("actors");

TEST_CASE("copies that stand at one vector in one state are good, a lone one too") {
  using enum copy_verdict;
  CHECK(verdicts({copy(1, 7, 1), copy(2, 7, 1), copy(3, 7, 1)}) == std::vector{good, good, good});
  CHECK(verdicts({copy(1, 7, 1)}) == std::vector{good});
  CHECK(verdicts({}).empty());
}

TEST_CASE("the odd one of three has diverged, by as many buckets as differ") {
  using enum copy_verdict;
  const auto found = judge({copy(1, 7, 1), copy(2, 7, 2), copy(3, 7, 1)});
  CHECK(found[0].verdict == good);
  CHECK(found[1].verdict == diverged);
  CHECK(found[1].differing == 1);
  CHECK(found[2].verdict == good);
}

TEST_CASE("of two that differ nobody is right, nor of three that all differ") {
  using enum copy_verdict;
  CHECK(verdicts({copy(1, 7, 1), copy(2, 7, 2)}) == std::vector{unsettled, unsettled});
  CHECK(verdicts({copy(1, 7, 1), copy(2, 7, 2), copy(3, 7, 3)}) ==
        std::vector{unsettled, unsettled, unsettled});
  // Two of three agree, but the third, of four replicas, and one more could outvote them.
  CHECK(verdicts({copy(1, 7, 1), copy(2, 7, 2), copy(3, 7, 1), copy(4, 8, 1)}) ==
        std::vector{unsettled, unsettled, unsettled, behind});
}

TEST_CASE("who holds other entries is behind, who is damaged or silent has no vote") {
  using enum copy_verdict;
  auto damaged_one = copy(2, 7, 2);
  damaged_one.said->damaged = true;
  auto rebuilding_one = copy(3, 7, 2);
  rebuilding_one.said->rebuilding = true;
  CHECK(verdicts({copy(1, 7, 1), damaged_one, rebuilding_one}) ==
        std::vector{good, damaged, rebuilding});
  CHECK(verdicts({copy(1, 7, 1), copy(2, 7, 1), copy(3, 6, 5)}) == std::vector{good, good, behind});
  CHECK(
      verdicts({copy(1, 7, 1), {base::store_id{{2, 2}}, base::error{base::errc::timed_out, {}}}}) ==
      std::vector{good, unreachable});
}

TEST_CASE("what came is paid for before more is asked, and idle time is not saved up") {
  pacer paced(1'000);
  const auto at = [](std::int64_t ms) { return base::instant{1'000'000 + ms}; };
  CHECK(paced.may_ask(at(0)));
  paced.took(500, at(0));
  CHECK_FALSE(paced.may_ask(at(499)));
  CHECK(paced.may_ask(at(500)));
  paced.took(100, at(60'000));
  CHECK_FALSE(paced.may_ask(at(60'050)));
  paced.took(100, at(60'050)); // two that were under way
  CHECK_FALSE(paced.may_ask(at(60'199)));
  CHECK(paced.may_ask(at(60'200)));
  pacer unbound(0);
  unbound.took(1'000'000, at(0));
  CHECK(unbound.may_ask(at(0)));
}

TEST_SUITE_END();

} // namespace engram::actors
