// Statements of the query language: where they go, and that any member answers them alike.
#include "actors/core/statement.hpp"
#include "actors/testing/cluster_fixture.hpp"

#include <bit>

namespace engram::actors {

namespace {

/// Two people who work on three packages in turns, in sentences that share words.
std::vector<memory::episode> history() {
  std::vector<memory::episode> all;
  const std::vector<std::string> packages{"tar", "gcc", "vim"}, people{"Ada", "Bo"};
  for (int n = 0; n < 24; ++n) {
    memory::episode what;
    what.id = "e" + std::to_string(n);
    what.session = packages[static_cast<std::size_t>(n) % 3];
    what.text = "fixed the build of " + what.session + " release number " + std::to_string(n);
    what.who = {people[static_cast<std::size_t>(n) % 2]};
    what.tags = {n % 4 == 0 ? "urgent" : "low"};
    what.when = base::instant{1'700'000'000'000 + n * std::int64_t{86'400'000}};
    all.push_back(std::move(what));
  }
  return all;
}

const std::vector<std::string> every_verb{
    "EXPLAIN RECALL \"build release\" WITH \"Ada\" WHERE tag = urgent LIMIT 4",
    "RECOGNIZE what = \"fixed the build of tar\", who = \"Ada\"",
    "SPREAD FROM e1, e2 MAX HOPS 2 LIMIT 8",
    "EXPLAIN COMPLETE what = \"fixed the build\", session = \"gcc\" MISSING who, tag",
    "PREDICT who GIVEN SESSION \"tar\" HORIZON 30 DAYS LIMIT 2",
    "IMAGINE \"release\" BASED ON e1, e2 NOVELTY 0.5",
    "REMINISCE ABOUT \"build\" AROUND 2023-11-20 WITHIN 1 WEEK LIMIT 6",
    "CONCEPTS ABOUT \"build\" LIMIT 3",
    "INTROSPECT LIMIT 2",
    "RECALL \"build release\" BLENDED LIMIT 8",
    "EXPLAIN RECALL \"build release\" PRIMED BY e3, e4 AGO 1 SECOND LIMIT 4",
    "REVISIONS \"e1\""};

std::string bits(double x) { return std::to_string(std::bit_cast<std::uint64_t>(x)); }

/// All of an answer but what it saw, bit for bit.
std::string told(const query_reply& got) {
  std::string out = got.answer.verb + "|" + got.answer.verdict + "\n";
  for (const auto& each : got.answer.findings) {
    out += std::to_string(each.group) + " " + each.field + " " + each.value + " " + each.source;
    for (const double x : {each.confidence.low, each.confidence.point, each.confidence.high})
      out += " " + bits(x);
    for (const auto& id : each.because) out += " " + id;
    for (const auto& [name, value] : each.measures) out += " " + name + bits(value);
    for (const auto& step : each.path) out += " " + step.from + step.to + step.kind;
    out += each.what ? " " + each.what->text : std::string();
    out += each.why ? " " + bits(each.why->retention) : std::string();
    out += "\n";
  }
  for (const auto& [name, value] : got.answer.measures) out += name + bits(value) + " ";
  return out;
}

struct statements_fixture : cluster_fixture {
  statements_fixture() : cluster_fixture(4, 2) {
    space = create(0, "work").identity;
    REQUIRE(wait_for<write_reply>(
        [&](auto done) { at(0).remember(space, history(), durability::all, done); }));
    for (std::size_t i = 0; i < 4; ++i)
      REQUIRE(comes([&] {
        const auto got = info(i, space);
        return got && got->memories == 24;
      }));
    now = base::instant{1'700'000'000'000 + 30 * std::int64_t{86'400'000}};
  }
  query_request asked(std::string text) {
    query_request request;
    request.text = std::move(text);
    request.now = now;
    return request;
  }
  base::result<query_reply> ask(std::size_t i, query_request request) {
    return wait_for<query_reply>([&](auto done) { at(i).query(space, request, done); });
  }
  base::result<query_reply> ask(std::size_t i, std::string text) {
    return ask(i, asked(std::move(text)));
  }
  base::result<query_reply> ask_across(std::size_t i, std::string text, std::string own = {}) {
    auto request = asked(std::move(text));
    request.space = std::move(own);
    return wait_for<query_reply>([&](auto done) { at(i).query_across({}, {}, request, done); });
  }
  base::space_id space;
  base::instant now;
};

base::errc code_of(const base::result<query_reply>& got) {
  return got ? base::errc::ok : got.error().code;
}

} // namespace

TEST_SUITE("cluster") {
  TEST_CASE("every member answers every verb alike, whether it holds the space or not") {
    statements_fixture c;
    for (const std::string& text : every_verb) {
      CAPTURE(text);
      const auto first = c.ask(0, text);
      REQUIRE_MESSAGE(first, first.error().message());
      CHECK_FALSE(first->answer.findings.empty());
      CHECK(first->coverage.memories == 24);
      for (std::size_t i = 1; i < 4; ++i) {
        const auto other = c.ask(i, text);
        REQUIRE_MESSAGE(other, other.error().message());
        CHECK(told(*other) == told(*first));
      }
      for (std::size_t i = 0; i < 4; ++i) {
        const auto across = c.ask_across(i, text, "work");
        REQUIRE_MESSAGE(across, across.error().message());
        CHECK(told(*across) == told(*first));
      }
    }
    const auto worked = c.ask(3, "CONSOLIDATE");
    REQUIRE(worked);
    CHECK(worked->answer.measures.at(2) == std::pair<std::string, double>{"memories", 24});
  }

  TEST_CASE("what a statement works at one member is written, and every replica agrees") {
    statements_fixture c;
    for (const char* setting : {"age_hours_min", "opens_hours"})
      REQUIRE(wait_for<write_reply>([&](auto done) {
        c.at(0).configure(c.space, std::string("reconsolidation.") + setting, "0", durability::all,
                          done);
      }));
    // Asked of each member, of those that hold nothing too.
    for (std::size_t i = 0; i < 4; ++i) {
      const auto dreamt = c.ask(i, "DREAM REPLAYS 2");
      REQUIRE_MESSAGE(dreamt, dreamt.error().message());
      CHECK(dreamt->answer.measures.at(0) == std::pair<std::string, double>{"replays", 2});
      CHECK_FALSE(dreamt->token.empty());
      const auto id = dreamt->answer.findings.at(0).value;
      auto later = c.asked("REVISE \"" + id + "\" TO place = \"Kent " + std::to_string(i) + "\"");
      later.now.ms += 3'600'000;
      later.read.token = dreamt->token;
      const auto revised = c.ask(i, later);
      REQUIRE_MESSAGE(revised, revised.error().message());
      CHECK(revised->answer.verdict == "stands beside " + id);
      auto listed = c.asked("REVISIONS \"" + id + "\"");
      listed.read.token = revised->token;
      for (std::size_t k = 0; k < 4; ++k) {
        const auto versions = c.ask(k, listed);
        REQUIRE_MESSAGE(versions, versions.error().message());
        CHECK(versions->answer.findings.size() >= 2);
      }
    }
    CHECK(code_of(c.ask(1, "REVISE \"nobody\" TO place = \"x\"")) == base::errc::unknown_memory);
    CHECK(code_of(c.ask_across(1, "DREAM IN SPACE work")) == base::errc::ok);
  }

  TEST_CASE("members of an older version are not asked what they do not know, and it is said") {
    statements_fixture c;
    c.feature_max = 1;
    c.tell();
    for (std::size_t i = 0; i < 4; ++i) {
      const auto seen = wait_for<cluster_info>([&](auto done) { c.at(i).cluster(done); });
      REQUIRE(seen);
      bool has_it = false;
      for (const auto& each : seen->spaces)
        for (const auto& replica : each.replicas)
          has_it = has_it || (each.identity == c.space && replica.store == c.members[i].id);
      for (const char* text : {"RECALL \"build\" BLENDED", "RECALL \"build\" PRIMED BY e1",
                               "REVISIONS \"e1\"", "DREAM"}) {
        CAPTURE(text);
        CHECK(code_of(c.ask(i, text)) == (has_it ? base::errc::ok : base::errc::incompatible));
      }
      CHECK(c.ask(i, "RECALL \"build\" LIMIT 2"));
    }
  }

  TEST_CASE("only RECALL asks several spaces, and IN SPACE says which") {
    statements_fixture c;
    memory::episode other;
    other.id = "n1";
    other.text = "the build of a bridge";
    const auto notes = c.create(1, "notes").identity;
    REQUIRE(wait_for<write_reply>(
        [&](auto done) { c.at(1).remember(notes, {other}, durability::all, done); }));
    for (std::size_t i = 0; i < 4; ++i)
      REQUIRE(c.comes([&] {
        const auto got = c.ask_across(i, "RECALL \"build\" LIMIT 50");
        return got && std::set<std::string>(got->spaces.begin(), got->spaces.end()).size() == 2 &&
               got->spaces.size() == got->answer.findings.size();
      }));
    CHECK(c.ask_across(2, "RECALL \"build\" IN SPACE notes")->answer.findings.size() == 1);
    const auto several = c.ask_across(2, "PREDICT who GIVEN SESSION tar");
    REQUIRE_FALSE(several);
    CHECK(several.error().code == base::errc::invalid_query);
    CHECK(several.error().context == "1:1: PREDICT asks one space; name it with IN SPACE");
    CHECK(c.ask_across(2, "PREDICT who GIVEN SESSION tar IN SPACE work"));
    CHECK(c.ask_across(2, "PREDICT who GIVEN SESSION tar", "work"));
    CHECK(code_of(c.ask_across(2, "RECALL \"x\" IN SPACE nowhere")) == base::errc::unknown_space);
    const auto elsewhere = c.ask(2, "RECALL \"x\" IN SPACE notes");
    REQUIRE_FALSE(elsewhere);
    CHECK(elsewhere.error().context == "1:12: IN SPACE notes: this is work");
    CHECK(c.ask(2, "RECALL \"x\" IN SPACE work"));
  }

  TEST_CASE("a faulty statement is refused where it arrives, also while no replica is reached") {
    statements_fixture c;
    for (std::size_t i = 1; i < 4; ++i) c.stop(i);
    c.tell();
    const auto wrong = c.ask(0, "RECALL \"x\" LIMT 5");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == base::errc::invalid_query);
    CHECK(wrong.error().context ==
          "1:12: expected a clause of RECALL, found LIMT; did you mean LIMIT?");
    auto named = c.asked("RECALL $cue LIMIT $n");
    named.parameters = {{"cue", std::string("x\" LIMIT 1")}};
    CHECK(c.ask(0, named).error().context == "1:19: no value was given for $n");
    named.parameters["n"] = 5.0;
    named.parameters["m"] = 5.0;
    CHECK(c.ask(0, named).error().context == "1:1: the query has no parameter $m");
  }
}

TEST_SUITE("actors") {
  TEST_CASE(
      "a statement goes to the spaces that it names, of those that were given and may be read") {
    const auto statement = [](std::string text) {
      query_request request;
      request.text = std::move(text);
      return *read_statement(request);
    };
    const auto plain = statement("RECALL \"x\""), named = statement("RECALL \"x\" IN SPACE a, b");
    const space_selector all{}, some{{"a", "b", "c"}, ""}, begun{{}, "a"};
    CHECK(narrow(all, {}, plain, "")->names.empty());
    CHECK(narrow(some, {}, plain, "")->names == some.names);
    CHECK(narrow(begun, {}, plain, "")->prefix == "a");
    CHECK(narrow(all, {}, plain, "b")->names == std::vector<std::string>{"b"});
    CHECK(narrow(all, {}, named, "c")->names == std::vector<std::string>{"a", "b"});
    CHECK(narrow(some, {"a", "b"}, named, "")->names == std::vector<std::string>{"a", "b"});
    CHECK(narrow(begun, {}, named, "").error().code == base::errc::unknown_space);
    CHECK(narrow({{"a"}, ""}, {}, named, "").error().code == base::errc::unknown_space);
    CHECK(narrow(all, {"a"}, named, "").error().code == base::errc::forbidden);
    CHECK(narrow(all, {"a"}, plain, "b").error().code == base::errc::forbidden);
  }

  TEST_CASE("only CONSOLIDATE, DREAM and REVISE work on a space, however they are written") {
    CHECK(needs_write(" consolidate IN SPACE \"diary\";"));
    CHECK(needs_write("EXPLAIN CONSOLIDATE"));
    CHECK(needs_write("dream"));
    CHECK(needs_write("REVISE \"m\" TO place = \"x\""));
    for (const std::string& text : every_verb) CHECK_FALSE(needs_write(text));
    CHECK_FALSE(needs_write("RECALL \"CONSOLIDATE\""));
    CHECK_FALSE(needs_write("CONSOLIDATE nonsense"));
  }
}

} // namespace engram::actors
