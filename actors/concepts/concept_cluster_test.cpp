#include "actors/testing/cluster_fixture.hpp"

namespace engram::actors {

namespace {

memory::episode about(const std::string& theme, std::uint64_t n) {
  memory::episode what;
  what.id = theme + std::to_string(n);
  for (const auto* part : {"", "song", "path", "light"}) what.text += theme + part + " ";
  what.text += "number" + std::to_string(n);
  what.when = base::instant{static_cast<std::int64_t>(n) * 86'400'000};
  return what;
}

struct concept_fixture : cluster_fixture {
  concept_fixture() : cluster_fixture(0) {
    config.concepts.interval = base::duration{20};
    config.concepts.sheets.interval = base::duration{50};
    config.concepts.sheets.patience = base::duration{200};
    grow(5);
  }
  base::space_id create_about(const std::string& name, const std::vector<std::string>& themes,
                              bool shared = true) {
    const auto space = create(0, name).identity;
    if (shared) share(0, space, "on");
    std::vector<memory::episode> what;
    for (const auto& theme : themes)
      for (std::uint64_t n = 1; n <= 6; ++n) what.push_back(about(theme, n));
    const auto done = wait_for<write_reply>(
        [&](auto reply) { at(0).remember(space, what, durability::quorum, reply); });
    REQUIRE(done);
    return space;
  }
  void share(std::size_t i, const base::space_id& space, const std::string& value) {
    const auto done = wait_for<write_reply>([&](auto reply) {
      at(i).configure(space, "share_concepts", value, durability::quorum, reply);
    });
    REQUIRE(done);
    REQUIRE(done->items.at(0));
  }
  base::result<concepts_reply> concepts(std::size_t i, const base::space_id& space,
                                        const std::string& cue = {}) {
    concepts_request request;
    request.cue.text = cue;
    return wait_for<concepts_reply>([&](auto done) { at(i).concepts(space, request, done); });
  }
  knowing_reply knowing(std::size_t i, const std::string& cue) {
    memory::cue asked;
    asked.text = cue;
    auto got = wait_for<knowing_reply>([&](auto done) { at(i).knowing({}, {}, asked, 20, done); });
    if (!got) CHECK(got.error().code == base::errc::unknown_space); // its directory is behind
    return got ? *std::move(got) : knowing_reply{};
  }
  /// "name match members" of each space that knows about the cue.
  std::string told(std::size_t i, const std::string& cue) {
    std::string out;
    for (const auto& each : knowing(i, cue).spaces)
      out += each.space + " " + std::to_string(each.match.point) + " " +
             std::to_string(each.members) + "; ";
    return out;
  }
  std::vector<std::size_t> holders(const base::space_id& space, bool holding) {
    std::vector<std::size_t> out;
    const auto seen = wait_for<cluster_info>([&](auto done) { at(0).cluster(done); });
    for (const auto& placed : seen->spaces)
      for (std::size_t i = 0; placed.identity == space && i < members.size(); ++i) {
        const bool holds =
            std::any_of(placed.replicas.begin(), placed.replicas.end(), [&](const replica_info& r) {
              return r.placed && r.store == members[i].id;
            });
        if (holds == holding) out.push_back(i);
      }
    return out;
  }
};

/// Everything a replica and a sheet tell alike.
std::string gist_of(const concepts_reply& got) {
  std::string out = std::to_string(got.total) + "/" + std::to_string(got.members);
  for (const auto& row : got.concepts)
    out += " " + row.name.hex() + row.version.hex() + std::to_string(row.strength) + "," +
           std::to_string(row.similarity) + "," + std::to_string(row.members);
  return out;
}

} // namespace

TEST_SUITE("actors") {
  TEST_CASE("replicas with equal vectors have byte-identical concepts, whoever is asked") {
    concept_fixture c;
    const auto space = c.create_about("notes", {"heron", "lantern", "harbour"});
    for (std::size_t i = 0; i < 5; ++i)
      for (std::uint64_t n = 7; n < 10; ++n) {
        const std::vector<memory::episode> what{about(n % 2 ? "heron" : "harbour", 10 * i + n)};
        REQUIRE(wait_for<write_reply>(
            [&](auto done) { c.at(i).remember(space, what, durability::quorum, done); }));
      }
    const auto replicas = c.holders(space, true);
    REQUIRE(replicas.size() == 3);
    REQUIRE(c.comes([&] { // each replica answers for itself
      std::set<base::hash128> contents;
      for (const auto i : replicas) contents.insert(c.concepts(i, space)->content);
      return contents.size() == 1 && c.concepts(replicas[0], space)->memories == 33;
    }));
    std::set<std::string> answers;
    for (std::size_t i = 0; i < 5; ++i) {
      const auto got = c.concepts(i, space, "heron at the harbour");
      REQUIRE(got);
      CHECK_FALSE(got->coarse);
      CHECK(got->concepts.size() >= 2);
      CHECK_FALSE(got->concepts.at(0).exemplar.empty());
      answers.insert(gist_of(*got));
    }
    CHECK(answers.size() == 1);
  }

  TEST_CASE("every member says at once which spaces know about a cue; unshared ones stay silent") {
    concept_fixture c;
    c.create_about("notes", {"heron", "lantern"});
    c.create_about("diary", {"violin", "heron"});
    c.create_about("secret", {"heron"}, false);
    REQUIRE(c.comes([&] {
      for (std::size_t i = 0; i < 5; ++i)
        if (c.knowing(i, "heron").spaces.size() != 2) return false;
      return true;
    }));
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(c.told(i, "heron") == c.told(0, "heron"));
      CHECK(c.knowing(i, "violin").spaces.size() == 1);
      CHECK(c.knowing(i, "violin").spaces.at(0).space == "diary");
      CHECK(c.knowing(i, "zeppelin").spaces.empty());
      CHECK(c.knowing(i, "heron").spaces_asked == 3);
      CHECK(c.knowing(i, "heron").spaces_shared == 2);
      CHECK(c.knowing(i, "heron").spaces.at(0).members == 6);
    }
  }

  TEST_CASE("while all replicas are out of reach others answer coarsely, and say so") {
    concept_fixture c;
    const auto space = c.create_about("notes", {"heron", "lantern"});
    const auto others = c.holders(space, false);
    REQUIRE(others.size() == 2);
    REQUIRE(c.comes([&] {
      for (const auto i : others)
        if (c.knowing(i, "heron").spaces.size() != 1) return false;
      return true;
    }));
    const auto whole = c.concepts(others[0], space, "heron");
    REQUIRE(whole);
    for (const auto i : c.holders(space, true)) c.stop(i);
    c.tell();
    for (const auto i : others) {
      const auto coarse = c.concepts(i, space, "heron");
      REQUIRE_MESSAGE(coarse, coarse.error().message());
      CHECK(coarse->coarse);
      CHECK(gist_of(*coarse) == gist_of(*whole));
      CHECK(coarse->concepts.at(0).exemplar.empty());

      concepts_request strict;
      strict.read.strict = true;
      CHECK_FALSE(
          wait_for<concepts_reply>([&](auto done) { c.at(i).concepts(space, strict, done); }));

      recall_request request;
      request.query.cue.text = "heron";
      const auto across =
          wait_for<recall_reply>([&](auto done) { c.at(i).recall_across({}, {}, request, done); });
      REQUIRE(across);
      REQUIRE(across->coverage.missing_spaces.size() == 1);
      const auto& known = across->coverage.missing_spaces[0].known;
      REQUIRE(known);
      CHECK(known->members == 6);
      CHECK(known->match.point > 0);
      CHECK(known->match.low <= known->match.point);
      CHECK(known->match.point <= known->match.high);
      CHECK(across->coverage.missing.high == 1);
    }
  }

  TEST_CASE("a space that shares no more, or is dropped, is forgotten by all") {
    concept_fixture c;
    const auto space = c.create_about("notes", {"heron", "copper"});
    c.create_about("diary", {"heron", "winter"});
    const auto all_know = [&](std::size_t count) {
      return c.comes([&] {
        for (std::size_t i = 0; i < 5; ++i)
          if (c.knowing(i, "heron").spaces.size() != count) return false;
        return true;
      });
    };
    REQUIRE(all_know(2));
    c.share(3, space, "off");
    CHECK(all_know(1));
    REQUIRE(wait_for<void>([&](auto done) { c.at(2).drop_space("diary", done); }));
    CHECK(c.comes([&] {
      for (std::size_t i = 0; i < 5; ++i)
        if (c.counted(i, "engram_actors_concept_sheet_bytes") != 0) return false;
      return true;
    }));
  }

  TEST_CASE("where nothing is shared nothing is said and no thread is made") {
    concept_fixture c;
    c.create_about("secret", {"heron"}, false);
    const auto end = c.clock.wall() + base::duration{3'000};
    while (c.clock.wall() < end) c.clock.wait();
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(c.counted(i, "engram_actors_concept_messages_sent_total") == 0);
      CHECK(c.counted(i, "engram_actors_consolidations_total") == 0);
      CHECK(c.members[i].registry->render().find("pool=\"consolidation\"") == std::string::npos);
    }
    const auto made = wait_for<consolidation_report>(
        [&](auto done) { c.at(0).consolidate(c.create(0, "secret").identity, done); });
    REQUIRE(made);
    CHECK(made->memories == 6);
    CHECK(made->total == made->changed);
    CHECK_FALSE(made->shared);
  }
}

} // namespace engram::actors
