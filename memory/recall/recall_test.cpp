#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

using names = std::vector<std::string>;

constexpr std::int64_t DAY_MS = 86'400'000;

recall_query asking(std::string text) {
  recall_query q;
  q.cue.text = std::move(text);
  q.now = base::instant{1'000'000'000'000};
  return q;
}

names ids(const recall_answer& answer) {
  names out;
  for (const hit& h : answer.hits) out.push_back(h.id);
  return out;
}

episode dated(std::string id, std::string text, std::int64_t day) {
  episode e;
  e.id = std::move(id);
  e.text = std::move(text);
  e.when = base::instant{day * DAY_MS};
  return e;
}

embedding direction(int x, int y) {
  return {{static_cast<std::int8_t>(x), static_cast<std::int8_t>(y)}, 1};
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("rarer words weigh more, and what matches more comes first") {
    test_index t;
    t.add("a", "the cat sat");
    t.add("b", "the cat saw a penguin");
    t.add("c", "a cat again");
    t.add("d", "nothing here");
    CHECK(t.ask("cat and penguin", false).front() == "b");
    CHECK(t.ask("cat", false).size() == 3);
    CHECK(t.ask("zebra").empty());
    CHECK(t.ask("").empty());
  }

  TEST_CASE("the reply to a question is recalled by the question's words") {
    test_index t;
    t.add("q", "What did you do at the lighthouse?", "s1", "Anna");
    t.add("r", "I painted all morning.", "s1", "Karl");
    t.add("x", "I slept all day.", "s2", "Karl");
    CHECK(t.ask("lighthouse", false) == names{"q"});
    const names found = t.ask("lighthouse");
    CHECK(std::find(found.begin(), found.end(), "r") != found.end());
    CHECK(std::find(found.begin(), found.end(), "x") == found.end());
  }

  TEST_CASE("a passage is reached through the title that another names") {
    test_index t;
    episode song{};
    song.id = "song";
    song.title = "Blue Window";
    song.text = "Blue Window is a song by the band Tall Ships.";
    episode band{};
    band.id = "band";
    band.title = "Tall Ships";
    band.text = "They were formed in a harbour town.";
    t.add(song);
    t.add(band);
    CHECK(t.ask("Who sang Blue Window?", false) == names{"song"});
    CHECK(t.ask("Who sang Blue Window?") == names{"song", "band"});
  }

  TEST_CASE("a memory of the person named comes before the same said of another") {
    test_index t;
    t.add("anna", "went to the market with Karl", "", "Anna");
    t.add("maria", "went to the market with Anna", "", "Maria");
    CHECK(t.ask("What did Anna do at the market?", false).front() == "anna");
  }

  TEST_CASE("a date named in the question prefers memories near it") {
    test_index t;
    t.add(dated("may", "we saw a concert", 19'485));  // 2023-05-08
    t.add(dated("july", "we saw a concert", 19'545)); // 2023-07-07
    CHECK(t.ask("concert in May 2023").front() == "may");
    CHECK(t.ask("concert in July 2023").front() == "july");
    CHECK(t.ask("concert on 7 July").front() == "july");
  }

  TEST_CASE("requirements bound what is answered, not who may speak for it") {
    test_index t;
    episode q = dated("q", "Shall we meet at the lighthouse?", 10);
    q.session = "s";
    episode r = dated("r", "Yes, at noon.", 20);
    r.session = "s";
    r.tags = {"plan"};
    t.add(q);
    t.add(r);
    recall_query late = asking("lighthouse");
    late.cue.from = base::instant{15 * DAY_MS};
    CHECK(ids(t.ask(late)) == names{"r"});
    recall_query tagged = asking("lighthouse");
    tagged.cue.tags = {"plan"};
    CHECK(ids(t.ask(tagged)) == names{"r"});
    recall_query untagged = asking("lighthouse");
    untagged.cue.tags_excluded = {"plan"};
    CHECK(ids(t.ask(untagged)) == names{"q"});
    recall_query only_time;
    only_time.cue.until = base::instant{20 * DAY_MS};
    CHECK(ids(t.ask(only_time)) == names{"q"});
    recall_query only_tag;
    only_tag.cue.tags = {"plan"};
    CHECK(ids(t.ask(only_tag)) == names{"r"});
  }

  TEST_CASE("people and places are cues of their own") {
    test_index t;
    episode e;
    e.id = "meeting";
    e.text = "talked of ships";
    e.who = {"Maria Lind"};
    e.place = "Old Harbour";
    t.add(e);
    t.add("other", "talked of ships");
    recall_query who;
    who.cue.who = {"maria lind"};
    CHECK(ids(t.ask(who)) == names{"meeting"});
    recall_query place;
    place.cue.place = "old harbour";
    CHECK(ids(t.ask(place)) == names{"meeting"});
  }

  TEST_CASE("embeddings alone rank by their angle; with words, both speak") {
    test_index t(2);
    const auto add = [&](std::string id, std::string text, embedding vector) {
      episode e;
      e.id = std::move(id);
      e.text = std::move(text);
      e.embedding = std::move(vector);
      t.add(e);
    };
    add("east", "red boat", direction(100, 5));
    add("north", "blue boat", direction(5, 100));
    add("west", "green boat", direction(-100, 0));
    recall_query q;
    q.cue.vector = direction(50, 10);
    CHECK(ids(t.ask(q)) == names{"east", "north"});
    q.cue.text = "blue";
    const recall_answer both = t.ask(q);
    CHECK(both.hits.size() == 2);
    recall_query like;
    like.cue.like = {"east"};
    like.spread = false;
    CHECK(ids(t.ask(like)).front() == "north");
  }

  TEST_CASE("memories like one are those that share its words, without itself") {
    test_index t;
    t.add("a", "a storm broke the harbour wall");
    t.add("b", "the harbour wall was rebuilt");
    t.add("c", "we baked bread");
    recall_query q;
    q.cue.like = {"a"};
    CHECK(ids(t.ask(q)) == names{"b"});
  }

  TEST_CASE("of equals the less faded comes first, and forgetting can be left out") {
    test_index t;
    t.add("a", "the storm came");
    t.add("b", "the storm came");
    auto record = std::make_shared<access_record>();
    record->add(base::instant{1'000'000'000'000 + 30 * DAY_MS}, {1, 1});
    t.memories->set_access(1, record);
    recall_query q = asking("storm");
    q.now = base::instant{1'000'000'000'000 + 31 * DAY_MS};
    CHECK(ids(t.ask(q)) == names{"b", "a"});
    recall_setting setting{t.words};
    setting.weights.forgetting = 0;
    CHECK(ids(recall(*t.memories->publish(), setting, q)) == names{"a", "b"});
  }

  TEST_CASE("an explanation's shares sum to the activation and name who spoke") {
    test_index t;
    t.add("q", "What did you see at the lighthouse?", "s1", "Anna");
    t.add("r", "A storm at the harbour.", "s1", "Karl");
    recall_query q = asking("lighthouse storm");
    q.explain = true;
    const recall_answer answer = t.ask(q);
    REQUIRE(answer.hits.size() == 2);
    for (const hit& h : answer.hits) {
      REQUIRE(h.why);
      double sum = 0, heard = 0, told = 0;
      for (const cue_share& c : h.why->cues) {
        sum += c.first_hand + c.by_association;
        heard += c.by_association;
      }
      for (const association_share& a : h.why->associations) told += a.amount;
      CHECK(sum == doctest::Approx(h.activation.to_double()).epsilon(1e-6));
      CHECK(told == doctest::Approx(heard).epsilon(1e-6));
    }
    const auto& reply = *std::find_if(answer.hits.begin(), answer.hits.end(), [](const hit& h) {
                           return h.id == "r";
                         })->why;
    CHECK(std::any_of(reply.associations.begin(), reply.associations.end(),
                      [](const auto& a) { return a.from == "q" && a.kind == "reply"; }));
  }

  TEST_CASE("confidence lies in [0, 1], grows with what matches, and can be asked for") {
    test_index t;
    t.add("both", "the storm broke the harbour");
    t.add("one", "the storm came");
    recall_query q = asking("storm harbour");
    const recall_answer answer = t.ask(q);
    REQUIRE(answer.hits.size() == 2);
    for (const hit& h : answer.hits) {
      CHECK(h.confidence.low >= 0);
      CHECK(h.confidence.low <= h.confidence.point);
      CHECK(h.confidence.point <= h.confidence.high);
      CHECK(h.confidence.high <= 1);
    }
    CHECK(answer.hits[0].confidence.point > answer.hits[1].confidence.point);
    q.confidence_min = answer.hits[0].confidence.point;
    CHECK(ids(t.ask(q)) == names{"both"});
  }

  TEST_CASE("explicit associations take part in recall") {
    test_index t;
    t.add("penguin", "a bird of the south");
    t.add("albatross", "flies over oceans");
    t.relate({"penguin", "albatross", "neighbour", 1});
    CHECK(t.ask("bird", false) == names{"penguin"});
    CHECK(t.ask("bird") == names{"penguin", "albatross"});
  }

  TEST_CASE("the same text many times over is answered in the order of ids") {
    test_index t;
    for (const char* id : {"c", "a", "d", "b"}) t.add(id, "hello world");
    CHECK(t.ask("hello") == names{"a", "b", "c", "d"});
  }

  TEST_CASE("an empty space, and one of one word, are asked in vain or at once") {
    test_index t;
    CHECK(t.ask("anything").empty());
    t.add("only", "no");
    CHECK(t.ask("no") == names{"only"});
    spread_query from_nobody;
    from_nobody.from = {"missing"};
    CHECK(spread(*t.memories->publish(), {t.words}, from_nobody).memories.empty());
  }
}

} // namespace engram::memory
