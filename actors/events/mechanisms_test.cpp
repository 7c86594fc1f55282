// What an answer shows of the mechanisms behind it.
#include "actors/events/mechanisms.hpp"
#include "tests/support/doctest.hpp"

namespace engram::actors {
namespace {

memory::hit hit(const char* id, double retention, double distinctness, double own, double heard) {
  memory::hit out;
  out.id = id;
  out.activation = base::q32::from(1);
  out.why.emplace();
  out.why->cues = {{"heron", own, heard}};
  out.why->retention = retention;
  out.why->distinctness = distinctness;
  return out;
}

const event* find(const std::vector<event>& all, std::string_view kind) {
  for (const event& each : all)
    if (each.kind == kind) return &each;
  return nullptr;
}

} // namespace

TEST_SUITE("actors") {

  TEST_CASE("a recall tells what faded, was primed, interfered with and evoked, each by its kind") {
    memory::recall_answer given;
    given.hits = {hit("a", 0.9, 0.4, 1, 0), hit("b", 0.3, 0.9, 1, 1), hit("c", 0.2, 0.1, 0, 1)};
    given.hits[1].why->factors = {{"date", 2}, {"primed", 1.25}};
    const auto seen = events_of(given, {7});
    CHECK(seen.size() == 4);
    REQUIRE(find(seen, event_kind::faded));
    CHECK(find(seen, event_kind::faded)->ids == std::vector<std::string>{"b", "c"});
    CHECK(find(seen, event_kind::faded)->measures == memory::measures{{"retention", 0.3}});
    REQUIRE(find(seen, event_kind::primed));
    CHECK(find(seen, event_kind::primed)->measures == memory::measures{{"factor", 1.25}});
    REQUIRE(find(seen, event_kind::interfered));
    CHECK(find(seen, event_kind::interfered)->ids == std::vector<std::string>{"a", "c"});
    REQUIRE(find(seen, event_kind::evoked));
    CHECK(find(seen, event_kind::evoked)->ids == std::vector<std::string>{"c"});
    CHECK(seen.front().at == base::instant{7});
  }

  TEST_CASE("where the first hit stands out nothing interferes, and a plain recall shows nothing") {
    memory::recall_answer given;
    given.hits = {hit("a", 0.9, 0.8, 1, 0), hit("b", 0.9, 0.1, 1, 0)};
    CHECK(events_of(given, {7}).empty());
    CHECK(events_of(memory::recall_answer{}, {7}).empty());
  }

  TEST_CASE("a completion names its fields and its evidence, and no value") {
    memory::query_answer given;
    given.verb = "COMPLETE";
    memory::finding who;
    who.field = "who";
    who.value = "Ada";
    who.confidence = {0.1, 0.5, 0.9};
    who.because = {"walk", "boat"};
    memory::finding other = who;
    other.value = "Bob";
    other.confidence.point = 0.2;
    other.because = {"walk"};
    given.findings = {who, other};
    const auto seen = events_of(given, {7});
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].kind == event_kind::completed);
    CHECK(seen[0].ids == std::vector<std::string>{"boat", "walk"});
    CHECK(seen[0].detail == "who");
    CHECK(seen[0].measures == memory::measures{{"who", 0.5}});
    given.verb = "INTROSPECT";
    CHECK(events_of(given, {7}).empty());
  }

  TEST_CASE("who watches other kinds does not make answers tell") {
    watch_request asked;
    CHECK(wants_answers(asked));
    asked.kinds = {"remembered"};
    CHECK_FALSE(wants_answers(asked));
    asked.kinds.push_back("interfered");
    CHECK(wants_answers(asked));
  }

} // TEST_SUITE
} // namespace engram::actors
