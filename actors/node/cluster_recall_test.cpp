#include "actors/testing/cluster_fixture.hpp"

#include <bit>

namespace engram::actors {

namespace {

/// The hits of a recall, bit for bit.
std::vector<std::string> hits_of(const recall_reply& got) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < got.answer.hits.size(); ++i) {
    const auto& hit = got.answer.hits[i];
    out.push_back((got.spaces.empty() ? "" : got.spaces[i] + "/") + hit.id + " " +
                  std::to_string(hit.score.raw) + " " + std::to_string(hit.activation.raw) + " " +
                  std::to_string(std::bit_cast<std::uint64_t>(hit.confidence.low)) + " " +
                  std::to_string(std::bit_cast<std::uint64_t>(hit.confidence.point)) + " " +
                  std::to_string(std::bit_cast<std::uint64_t>(hit.confidence.high)));
  }
  return out;
}

const std::vector<std::string> words{"heron",  "river",  "winter", "bridge", "lantern",
                                     "copper", "garden", "storm",  "violin", "harbour"};

/// Memories that share words, in sessions, so that recall spreads.
memory::episode example(std::uint64_t n) {
  base::random random(n);
  memory::episode what;
  what.id = "m" + std::to_string(n);
  for (int w = 0; w < 5; ++w) what.text += words[random.below(words.size())] + " ";
  what.session = "session " + std::to_string(n % 3);
  what.order = static_cast<std::int64_t>(n);
  return what;
}

struct questions {
  cluster_fixture& c;
  std::vector<base::space_id> spaces;
  base::instant now;

  /// Every question's answer, as member `i` gives it.
  std::vector<std::vector<std::string>> asked_of(std::size_t i) const {
    std::vector<std::vector<std::string>> out;
    recall_request request;
    request.query.now = now;
    for (const auto& word : words) {
      request.query.cue.text = word + " by the river";
      const auto across =
          wait_for<recall_reply>([&](auto done) { c.at(i).recall_across({}, {}, request, done); });
      REQUIRE_MESSAGE(across, across.error().message());
      CHECK(across->coverage.missing_spaces.empty());
      CHECK(across->coverage.missing.high == 0);
      out.push_back(hits_of(*across));
    }
    for (const auto& space : spaces) {
      const auto one =
          wait_for<recall_reply>([&](auto done) { c.at(i).recall(space, request, done); });
      REQUIRE_MESSAGE(one, one.error().message());
      out.push_back(hits_of(*one));
      out.push_back(spread_from(i, space));
    }
    return out;
  }

private:
  std::vector<std::string> spread_from(std::size_t i, const base::space_id& space) const {
    spread_request request;
    request.query.from = {"m1", "m2"};
    request.query.now = now;
    const auto got =
        wait_for<spread_reply>([&](auto done) { c.at(i).spread(space, request, done); });
    REQUIRE_MESSAGE(got, got.error().message());
    std::vector<std::string> out;
    for (const auto& each : got->answer.memories)
      out.push_back(each.id + " " + std::to_string(each.activation.raw));
    return out;
  }
};

base::result<recall_reply> recall_river(cluster_fixture& c, std::size_t i, bool strict) {
  recall_request request;
  request.query.cue.text = "river";
  request.read.strict = strict;
  request.read.deadline = base::duration{2'000};
  return wait_for<recall_reply>([&](auto done) { c.at(i).recall_across({}, {}, request, done); });
}

} // namespace

TEST_SUITE("cluster") {
  TEST_CASE("five members answer every recall and spread as the one did that had all the data") {
    cluster_fixture c(5, 2);
    // At first one member is alone with everything.
    c.at(0).set_members({{c.members[0].id, "member-0", membership::member_state::alive, 1}});
    questions ask{c, {}, {}};
    std::vector<base::hash128> states;
    for (std::uint64_t s = 0; s < 8; ++s) {
      ask.spaces.push_back(c.create(0, "space-" + std::to_string(s)).identity);
      std::vector<memory::episode> what;
      for (std::uint64_t n = 0; n < 40; ++n) what.push_back(example(n + 7 * s));
      REQUIRE(wait_for<write_reply>(
          [&](auto done) { c.at(0).remember(ask.spaces.back(), what, durability::local, done); }));
      states.push_back(c.info(0, ask.spaces.back())->state_hash);
    }
    ask.now = c.clock.wall();
    const auto expected = ask.asked_of(0);
    CHECK(expected.front().size() == 10);
    c.tell();
    for (std::size_t i = 0; i < 5; ++i) {
      CAPTURE(i);
      for (std::size_t s = 0; s < ask.spaces.size(); ++s)
        REQUIRE(c.comes([&] {
          const auto got = c.info(i, ask.spaces[s]);
          return got && got->state_hash == states[s];
        }));
      CHECK(ask.asked_of(i) == expected);
    }
  }

  TEST_CASE("what a stopped member alone held is named as missing; strict refuses the answer") {
    cluster_fixture c(3, 1);
    std::set<std::string> names;
    for (int s = 0; s < 9; ++s) {
      const auto name = "space-" + std::to_string(s);
      const auto space = c.create(0, name).identity;
      memory::episode what = example(1);
      what.text += " river";
      const auto written = wait_for<write_reply>(
          [&](auto done) { c.at(0).remember(space, {what}, durability::local, done); });
      REQUIRE(written);
      REQUIRE(written->items.at(0));
      names.insert(name);
    }
    for (std::size_t i = 0; i < 3; ++i)
      REQUIRE(c.comes([&] {
        const auto got = recall_river(c, i, true);
        return got && got->answer.hits.size() == names.size();
      }));
    c.stop(2);
    c.tell();
    const auto part = recall_river(c, 0, false);
    REQUIRE_MESSAGE(part, part.error().message());
    const auto& seen = part->coverage;
    CHECK(seen.spaces_asked == 9);
    REQUIRE(seen.missing_spaces.size() > 0);
    CHECK(seen.spaces_answered + seen.missing_spaces.size() == 9);
    CHECK(part->answer.hits.size() == seen.spaces_answered);
    for (const auto& name : part->spaces) names.erase(name);
    for (const auto& space : seen.missing_spaces) CHECK(names.erase(space.name) == 1);
    CHECK(names.empty());
    const auto strict = recall_river(c, 0, true);
    REQUIRE_FALSE(strict);
    CHECK(strict.error().code == base::errc::unavailable);
  }
}

} // namespace engram::actors
