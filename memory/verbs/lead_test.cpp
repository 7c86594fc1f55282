#include "memory/verbs/lead.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

std::vector<backoff::guess> guesses(std::vector<double> shares) {
  std::vector<backoff::guess> out;
  for (const double share : shares) out.push_back({"v" + std::to_string(out.size()), share, 1});
  return out;
}

double first(episode_field field, std::vector<double> shares) {
  auto made = guesses(std::move(shares));
  judge_by_lead(field, made);
  return made.front().probability;
}

TEST_SUITE("memory") {

  TEST_CASE("a completion is the surer the further it leads, whatever its share") {
    for (const auto field : {episode_field::who, episode_field::session, episode_field::tag,
                             episode_field::place, episode_field::when}) {
      double before = 0;
      for (const double next : {0.3, 0.2, 0.1, 0.05, 0.01, 0.001}) {
        const double sure = first(field, {0.3, next});
        CHECK(sure > before);
        CHECK(sure < 1);
        before = sure;
      }
      CHECK(first(field, {0.4, 0.1}) == doctest::Approx(first(field, {0.08, 0.02})));
    }
    CHECK(first(episode_field::session, {0.15, 0.03}) > 0.35); // many that hardly differ
  }

  TEST_CASE("the order of values stays, and together they are no more than one") {
    for (const auto& shares :
         {std::vector<double>{0.15, 0.149, 0.1, 0.1}, std::vector<double>{0.9, 0.05, 0.04},
          std::vector<double>{1.0}, std::vector<double>{0.5, 0.5}, std::vector<double>{1.0, 0.0}}) {
      auto made = guesses(shares);
      judge_by_lead(episode_field::session, made);
      double sum = 0;
      for (std::size_t i = 0; i < made.size(); ++i) {
        CHECK(made[i].value == "v" + std::to_string(i));
        CHECK(made[i].probability >= 0);
        if (i > 0) CHECK(made[i].probability <= made[i - 1].probability);
        sum += made[i].probability;
      }
      CHECK(sum <= 1 + 1e-9);
    }
    std::vector<backoff::guess> none;
    judge_by_lead(episode_field::who, none);
    CHECK(none.empty());
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
