#include "memory/verbs/complete.hpp"
#include "memory/verbs/imagine.hpp"
#include "memory/verbs/predict.hpp"
#include "memory/verbs/recognize.hpp"
#include "memory/verbs/reminisce.hpp"
#include "memory/verbs/verb_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {
namespace {

const base::instant today = verb_fixture::on_day(400);

/// Two gardeners take turns in the orchard; one cook works in the kitchen.
struct two_gardens : verb_fixture {
  two_gardens() {
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(i);
      add("orchard" + n, "pruned the apple trees in row " + n, 10 * i + 1,
          i % 2 == 0 ? "Ada" : "Bob", "orchard", "Kent", i % 2 == 0 ? "winter" : "summer");
    }
    for (int i = 0; i < 10; ++i)
      add("kitchen" + std::to_string(i), "baked bread with rye and salt", 10 * i + 3, "Cleo",
          "kitchen", "London", "food");
  }
};

std::string best(const complete_answer& answer, episode_field field) {
  for (const completed_field& f : answer.fields)
    if (f.field == field && !f.values.empty()) return f.values.front().value;
  return "";
}

TEST_SUITE("memory") {

  // -- recognize --

  TEST_CASE("what was met is familiar, what was not is not, and part of it is in between") {
    two_gardens garden;
    const auto ask = [&](std::string text) {
      recognize_query query;
      query.probe.text = std::move(text);
      query.now = {0};
      return recognize(*garden.view(), garden.setting(), query);
    };
    const auto met = ask("pruned the apple trees in row 7");
    const auto partly = ask("pruned the apple trees behind the glass house");
    const auto strange = ask("launched a satellite");
    CHECK(met.recognized);
    CHECK(met.nearest.front().id == "orchard7");
    CHECK(met.familiarity.point > partly.familiarity.point);
    CHECK(partly.familiarity.point > strange.familiarity.point);
    CHECK_FALSE(strange.recognized);
    CHECK(strange.nearest.empty());
    CHECK(met.familiarity.low <= met.familiarity.point);
    CHECK(met.echo >= met.familiarity.point);
  }

  TEST_CASE("a faded memory is less familiar than a fresh one") {
    two_gardens garden;
    recognize_query query;
    query.probe.text = "baked bread with rye and salt";
    query.now = {0};
    const double fresh = recognize(*garden.view(), garden.setting(), query).familiarity.point;
    query.now = today;
    CHECK(recognize(*garden.view(), garden.setting(), query).familiarity.point < fresh);
  }

  TEST_CASE("an embedding is recognised where the words differ") {
    verb_fixture world;
    world.under.config.dimension = 4;
    world.under.memories = std::make_unique<index>(world.under.config);
    episode e;
    e.id = "tea";
    e.text = "a cup of tea";
    e.embedding = embedding{{127, 0, 10, 0}, 1};
    world.add(e);
    recognize_query query;
    query.probe.text = "infusion";
    CHECK_FALSE(recognize(*world.view(), world.setting(), query).recognized);
    query.probe.embedding = embedding{{120, 0, 12, 3}, 1};
    CHECK(recognize(*world.view(), world.setting(), query).recognized);
  }

  // -- complete --

  TEST_CASE("missing fields are filled from memories that share the others") {
    two_gardens garden;
    complete_query query;
    query.partial.text = "baked bread with rye";
    query.now = today;
    const auto answer = complete(*garden.view(), garden.setting(), query, garden.reader());
    CHECK(best(answer, episode_field::who) == "Cleo");
    CHECK(best(answer, episode_field::place) == "London");
    CHECK(best(answer, episode_field::session) == "kitchen");
    CHECK(best(answer, episode_field::tag) == "food");
    for (const completed_field& f : answer.fields) {
      CHECK((f.field == episode_field::when || f.enough_evidence));
      CHECK_FALSE(f.values.front().because.empty());
    }
  }

  TEST_CASE("nothing in memory is not enough evidence") {
    verb_fixture empty;
    complete_query query;
    query.partial.text = "baked bread";
    const auto nothing = complete(*empty.view(), empty.setting(), query, empty.reader());
    REQUIRE(nothing.fields.size() == 5);
    for (const completed_field& f : nothing.fields) {
      CHECK_FALSE(f.enough_evidence);
      CHECK(f.values.empty());
    }
    two_gardens garden;
    query.partial.text = "zzz";
    const auto strange = complete(*garden.view(), garden.setting(), query, garden.reader());
    for (const completed_field& f : strange.fields) CHECK_FALSE(f.enough_evidence);
  }

  TEST_CASE("a value says whether one memory said so or several were put together") {
    two_gardens garden;
    complete_query query;
    query.partial.text = "pruned the apple trees in row 7";
    query.partial.session = "orchard";
    query.wanted = {episode_field::who};
    query.now = today;
    const auto known = complete(*garden.view(), garden.setting(), query, garden.reader());
    const auto& values = known.fields.front().values;
    REQUIRE(values.size() == 2); // Ada and Bob
    const std::size_t bob = values.front().value == "Bob" ? 0 : 1;
    CHECK(values[bob].source == completion_source::recalled);
    CHECK(values[1 - bob].source == completion_source::reconstructed);
    query.partial.text = "climbed a ladder";
    const auto guessed = complete(*garden.view(), garden.setting(), query, garden.reader());
    CHECK(guessed.fields.front().values.front().source == completion_source::reconstructed);
  }

  TEST_CASE("what is given is never offered again, and probabilities are probabilities") {
    two_gardens garden;
    complete_query query;
    query.partial.text = "pruned the apple trees";
    query.partial.tags = {"winter"};
    query.partial.when = verb_fixture::on_day(100);
    query.wanted = {episode_field::tag, episode_field::who, episode_field::when};
    query.alternatives = 100;
    query.now = today;
    const auto answer = complete(*garden.view(), garden.setting(), query, garden.reader());
    for (const completed_field& f : answer.fields) {
      double sum = 0;
      for (const completed_value& v : f.values) {
        CHECK(v.value != "winter");
        CHECK(v.confidence.low <= v.confidence.point);
        CHECK(v.confidence.point <= v.confidence.high);
        sum += v.confidence.point;
      }
      CHECK(sum <= 1.0000001);
    }
  }

  TEST_CASE("hidden memories complete nothing") {
    two_gardens garden;
    for (std::uint32_t i = 20; i < 30; ++i) garden.under.memories->set_visible(i, false);
    complete_query query;
    query.partial.text = "baked bread with rye";
    query.now = today;
    const auto answer = complete(*garden.view(), garden.setting(), query, garden.reader());
    for (const completed_field& f : answer.fields)
      for (const completed_value& v : f.values) CHECK(v.value != "Cleo");
  }

  // -- predict --

  TEST_CASE("who takes turns is predicted by who came last") {
    two_gardens garden;
    predict_query query;
    query.session = "orchard";
    query.now = today;
    const auto next = predict(*garden.view(), garden.setting(), query, garden.reader());
    REQUIRE(next.values.size() == 2);
    CHECK(next.values.front().value == "Ada"); // Bob was the last
    CHECK(next.values.front().probability.point > 0.6);
    CHECK(next.history == 20);
    CHECK(next.enough_evidence);
    query.now = verb_fixture::on_day(185); // before the last one
    CHECK(predict(*garden.view(), garden.setting(), query, garden.reader()).values.front().value ==
          "Bob");
  }

  TEST_CASE("what was never begun has no prediction but the unseen") {
    two_gardens garden;
    predict_query query;
    query.session = "observatory";
    query.now = today;
    const auto next = predict(*garden.view(), garden.setting(), query, garden.reader());
    CHECK_FALSE(next.enough_evidence);
    CHECK(next.values.empty());
    CHECK(next.unseen > 0);
  }

  TEST_CASE("a person's next session is the one they are at, and given memories name the stream") {
    two_gardens garden;
    predict_query query;
    query.wanted = episode_field::session;
    query.given = {"kitchen3"};
    query.now = today;
    const auto next = predict(*garden.view(), garden.setting(), query, garden.reader());
    REQUIRE_FALSE(next.values.empty());
    CHECK(next.values.front().value == "kitchen");
    CHECK(next.values.front().because.size() == 3);
  }

  TEST_CASE("something is likelier to come within a longer horizon") {
    two_gardens garden;
    predict_query query;
    query.session = "orchard"; // every ten days
    query.now = verb_fixture::on_day(192);
    query.horizon = std::chrono::days(2);
    const auto soon = predict(*garden.view(), garden.setting(), query, garden.reader());
    query.horizon = std::chrono::days(20);
    const auto later = predict(*garden.view(), garden.setting(), query, garden.reader());
    CHECK(*soon.within < 0.2);
    CHECK(*later.within > 0.8);
  }

  // -- reminisce --

  TEST_CASE("memories are told in the order they happened, session by session") {
    two_gardens garden;
    reminisce_query query;
    query.from = verb_fixture::on_day(1);
    query.until = verb_fixture::on_day(60);
    query.limit = 50;
    query.now = today;
    const auto told = reminisce(*garden.view(), garden.setting(), query);
    REQUIRE(told.chapters.size() > 1);
    base::instant before{0};
    std::size_t count = 0;
    for (const chapter& c : told.chapters) {
      std::set<std::string> sessions;
      for (const told_memory& m : c.memories) {
        CHECK(*m.when >= before);
        before = *m.when;
        sessions.insert(m.id.substr(0, 7));
        ++count;
      }
      CHECK(sessions.size() == 1);
    }
    CHECK(count == 12);
  }

  TEST_CASE("one may reminisce about people, places and topics") {
    two_gardens garden;
    reminisce_query query;
    query.topic = "bread";
    query.now = today;
    const auto told = reminisce(*garden.view(), garden.setting(), query);
    for (const chapter& c : told.chapters)
      for (const told_memory& m : c.memories) CHECK(m.id.starts_with("kitchen"));
    query.topic.clear();
    query.who = {"Ada"};
    CHECK_FALSE(reminisce(*garden.view(), garden.setting(), query).chapters.empty());
  }

  // -- imagine --

  TEST_CASE("what is imagined never happened, and every part names where it is from") {
    two_gardens garden;
    for (const double novelty : {0.0, 0.5, 1.0}) {
      imagine_query query;
      query.seeds = {"orchard4", "kitchen2"};
      query.novelty = novelty;
      query.now = today;
      const auto made = imagine(*garden.view(), garden.setting(), query, garden.reader());
      REQUIRE_FALSE(made.episodes.empty());
      CHECK(made.episodes.size() <= query.limit);
      for (const imagined_episode& e : made.episodes) {
        std::set<std::string> from;
        for (const imagined_part& p : e.parts) {
          from.insert(p.from);
          const auto source = std::find_if(garden.contents.begin(), garden.contents.end(),
                                           [&](const auto& m) { return m->id == p.from; });
          REQUIRE(source != garden.contents.end());
        }
        CHECK(from.size() > 1);
        CHECK(e.plausibility > 0);
        CHECK(e.plausibility <= 1);
      }
    }
  }

  TEST_CASE("more novelty imagines from remoter memories") {
    two_gardens garden;
    const auto ask = [&](double novelty) {
      imagine_query query;
      query.topic = "apple trees";
      query.novelty = novelty;
      query.limit = 1;
      query.now = today;
      return imagine(*garden.view(), garden.setting(), query, garden.reader())
          .episodes.front()
          .plausibility;
    };
    CHECK(ask(0) > ask(1));
    verb_fixture empty;
    imagine_query query;
    query.topic = "anything";
    CHECK(imagine(*empty.view(), empty.setting(), query, empty.reader()).episodes.empty());
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
