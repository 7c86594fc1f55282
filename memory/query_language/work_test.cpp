// Statements that work on a space, answered by one and written into it, as a replica does.
#include "base/random.hpp"
#include "memory/codec.hpp"
#include "memory/index/keys.hpp"
#include "memory/query_language/answer.hpp"
#include "memory/verbs/reconsolidation.hpp"
#include "tests/support/space_fixture.hpp"

#include <algorithm>
#include <map>

namespace engram::memory {
namespace {

constexpr std::int64_t HOUR = 3'600'000;

/// A walk and what is around it; encoded at a time near zero.
struct walks : test_space {
  walks() {
    remember("walk", "We walked along the river to the old mill by the bridge at noon");
    for (int n = 0; n < 6; ++n)
      remember("m" + std::to_string(n), "the mill number " + std::to_string(n) + " ground rye");
    relate("walk", "m0"), relate("m0", "m1"), relate("m1", "m2");
  }
  void relate(const char* from, const char* to) { write(associate_op{associated(from, to)}); }
  episode_reader reader() {
    const auto view = state.publish();
    return [this, view](std::uint32_t ordinal) -> std::shared_ptr<const episode> {
      const auto at = disk.payloads.find(view->payloads.at(ordinal));
      if (at == disk.payloads.end()) return nullptr;
      auto read = decode(entry_kind::remember, at->second);
      REQUIRE(read);
      return std::make_shared<const episode>(std::get<remember_op>(*std::move(read)).what);
    };
  }
  base::result<query_answer> ask(const std::string& text, double hours) {
    const auto view = state.publish();
    const concept_set concepts = consolidate(*view->index, view->concepts);
    return answer_query(*view->index, {words, view->decay, {}, view->reconsolidation}, config,
                        {text, {}, at(hours), &concepts}, reader());
  }
  /// As a replica: what the answer says is written.
  query_answer work(const std::string& text, double hours) {
    auto got = ask(text, hours);
    if (!got) FAIL(got.error().message());
    for (const operation& each : got->operations) write(each);
    return *std::move(got);
  }
  void recall_that_counts(const std::string& id, double hours) {
    write(access_op{{memory_key_of(config.identity, id)}, at(hours)});
  }
  static base::instant at(double hours) {
    return {1000 + static_cast<std::int64_t>(hours * static_cast<double>(HOUR))};
  }
  std::vector<std::string> values(const std::string& text, double hours) {
    const auto got = ask(text, hours);
    REQUIRE(got);
    std::vector<std::string> out;
    for (const finding& each : got->findings) out.push_back(each.value);
    return out;
  }
};

double measure(const measures& of, const std::string& name) {
  return std::map<std::string, double>(of.begin(), of.end()).at(name);
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("REVISE writes a revision inside the window, and nothing outside of it") {
    walks t;
    const std::string revise = "REVISE \"walk\" TO place = \"Kent\" SURE 0.5";
    CHECK(t.ask(revise, 50).error().context.find("recall it again") != std::string::npos);
    t.recall_that_counts("walk", 48);
    CHECK_FALSE(t.ask(revise, 48.5));
    CHECK(t.ask("REVISE \"nobody\" TO place = \"Kent\"", 51).error().code ==
          base::errc::unknown_memory);
    const auto made = t.work(revise, 51.5);
    CHECK(made.verdict == "stands beside walk");
    CHECK(measure(made.findings.at(0).measures, "plasticity") == doctest::Approx(0.5).epsilon(.01));
    CHECK(made.findings.at(0).what->place == "Kent");
    CHECK(made.findings.at(0).what->text.find("noon") != std::string::npos); // as it was
    CHECK(made.findings.at(0).what->confidence == doctest::Approx(0.7).epsilon(.01));
    const auto again = t.work(revise, 52.5); // a retry
    CHECK(again.verdict == "already known");
    CHECK(again.operations.empty());
    CHECK(again.findings.at(0).value == made.findings.at(0).value);
    CHECK(t.values("REVISIONS \"walk\"", 53).size() == 2);
  }

  TEST_CASE("every revision of a memory stays readable, in whatever order they come") {
    std::vector<std::vector<std::string>> seen;
    for (const std::uint64_t seed : {1, 2, 3}) {
      walks t;
      t.recall_that_counts("walk", 48);
      // Each was made where the others were not known yet.
      std::vector<operation> all;
      for (const char* text : {"We sailed to the harbour", "We flew to the moon and back again"}) {
        const auto got = t.ask("REVISE \"walk\" TO what = \"" + std::string(text) + "\"", 51);
        REQUIRE(got);
        CHECK(got->verdict == "replaces walk");
        all.insert(all.end(), got->operations.begin(), got->operations.end());
      }
      const auto third = t.ask("REVISE \"walk\" TO place = \"Kent\" NAMED \"kent\"", 51);
      REQUIRE(third);
      all.insert(all.end(), third->operations.begin(), third->operations.end());
      base::random random(seed);
      for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random.below(i)]);
      // An association may come before its memories.
      for (const operation& each : all) t.commit(t.make(each));
      auto ids = t.values("REVISIONS \"kent\"", 60);
      CHECK(ids.size() == 4);
      CHECK(measure(t.ask("REVISIONS \"walk\"", 60)->measures, "hidden") == 1);
      std::sort(ids.begin(), ids.end());
      seen.push_back(ids);
      CHECK(t.values("RECALL \"harbour\" LIMIT 1", 60).size() == 1);
      CHECK(t.values("RECALL \"moon\" LIMIT 1", 60).size() == 1);
    }
    CHECK(seen[0] == seen[1]);
    CHECK(seen[0] == seen[2]);
  }

  TEST_CASE("the id of a revision is another memory's: refused, nothing is written") {
    walks t;
    t.recall_that_counts("walk", 48);
    const auto got = t.ask("REVISE \"walk\" TO place = \"Kent\" NAMED \"m0\"", 51);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == base::errc::conflict);
    CHECK(t.ask("REVISE \"walk\" TO place = \"Kent\" NAMED \"walk\"", 51).error().code ==
          base::errc::conflict);
    CHECK(t.ask("REVISE \"walk\"", 51).error().code == base::errc::invalid_query);
  }

  TEST_CASE("a space says when its memories can be revised") {
    walks t;
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"reconsolidation.age_hours_min", "0"}, {"reconsolidation.opens_hours", "0"}})
      t.write(configure_op{name, value});
    t.recall_that_counts("walk", 1);
    CHECK(t.ask("REVISE \"walk\" TO place = \"Kent\"", 2));
    t.write(configure_op{"reconsolidation.plasticity", "0"});
    CHECK_FALSE(t.ask("REVISE \"walk\" TO place = \"Kent\"", 2));
  }

  TEST_CASE("DREAM leaves more of what it replayed, and links what it reached") {
    walks t;
    const auto before = t.ask("INTROSPECT", 72);
    const auto dreamt = t.work("DREAM REPLAYS 3", 48);
    CHECK(measure(dreamt.measures, "replays") == 3);
    CHECK(measure(dreamt.measures, "linked") >= 1);
    CHECK(std::any_of(dreamt.findings.begin(), dreamt.findings.end(), [](const finding& f) {
      return f.field == "association" && f.source == "dreamt";
    }));
    const auto after = t.ask("INTROSPECT", 72);
    CHECK(measure(after->measures, "retention") > measure(before->measures, "retention"));
    CHECK(measure(after->measures, "recalled") >= 3);
    walks same;
    CHECK(same.work("DREAM REPLAYS 3", 48).operations.size() == dreamt.operations.size());
    CHECK(same.state.hash() == t.state.hash()); // a function of the memories and the statement
  }

  TEST_CASE("RECALL BLENDED brings concepts beside memories and says which is which") {
    walks t;
    const auto got = t.ask("RECALL \"mill rye\" BLENDED LIMIT 20", 48);
    REQUIRE(got);
    std::map<std::string, int> sources;
    for (const finding& each : got->findings) {
      ++sources[each.source];
      CHECK((each.field == "concept") == (each.source == "reconstructed"));
      if (each.field == "concept") CHECK_FALSE(each.because.empty());
      CHECK_FALSE(each.why);
    }
    CHECK(sources["vivid"] >= 6);
    CHECK(sources["reconstructed"] >= 1);
    CHECK(got->operations.empty());
    CHECK(uses_concepts("recall \"x\" blended"));
    CHECK_FALSE(uses_concepts("RECALL \"x BLENDED\""));
  }

  TEST_CASE("PRIMED BY makes what hangs together with it come easier, for a moment") {
    walks t;
    const auto score = [&](const std::string& more) {
      const auto got = t.ask("RECALL \"mill\" WITHOUT SPREADING " + more, 48);
      REQUIRE(got);
      for (const finding& each : got->findings)
        if (each.value == "m1") return measure(each.measures, "score");
      return 0.0;
    };
    const double plain = score("");
    CHECK(score("PRIMED BY m0") > plain);
    CHECK(score("PRIMED BY m0 AGO 1 SECOND") < score("PRIMED BY m0"));
    CHECK(score("PRIMED BY m0 AGO 1 WEEK") == doctest::Approx(plain));
    CHECK_FALSE(t.ask("RECALL \"mill\" AGO 1 SECOND", 48));
  }

} // TEST_SUITE
} // namespace engram::memory
