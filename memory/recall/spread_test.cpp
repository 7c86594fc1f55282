#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

/// penguin -hypernym-> bird -hypernym-> animal; wing -part-> bird
test_index& taxonomy(test_index& t) {
  for (const char* id : {"penguin", "bird", "animal", "wing"})
    t.add(id, std::string("about ") + id);
  t.relate({"penguin", "bird", "hypernym", 1});
  t.relate({"bird", "animal", "hypernym", 1});
  t.relate({"wing", "bird", "part", 0.5});
  return t;
}

spread_answer run(test_index& t, const spread_query& q) {
  return spread(*t.memories->publish(), {t.words}, q);
}

const activated* find(const spread_answer& answer, const std::string& id) {
  for (const activated& a : answer.memories)
    if (a.id == id) return &a;
  return nullptr;
}

spread_query from(std::string id) {
  spread_query q;
  q.from = {std::move(id)};
  return q;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("activation falls with every hop, and the path says how it came") {
    test_index t;
    const spread_answer answer = run(taxonomy(t), from("penguin"));
    REQUIRE(find(answer, "animal"));
    CHECK(answer.memories.front().id == "penguin");
    CHECK(find(answer, "penguin")->activation > find(answer, "bird")->activation);
    CHECK(find(answer, "bird")->activation > find(answer, "animal")->activation);
    const auto& path = find(answer, "animal")->best_path;
    REQUIRE(path.size() == 2);
    CHECK(path[0].from == "penguin");
    CHECK(path[0].kind == "hypernym");
    CHECK(path[1].to == "animal");
    CHECK(find(answer, "penguin")->best_path.empty());
  }

  TEST_CASE("hops, threshold and kinds bound how far it goes") {
    test_index t;
    taxonomy(t);
    spread_query one = from("penguin");
    one.hops = 1;
    CHECK(find(run(t, one), "bird"));
    CHECK_FALSE(find(run(t, one), "animal"));
    spread_query quiet = from("penguin");
    quiet.threshold = 0.9;
    CHECK_FALSE(find(run(t, quiet), "animal"));
    spread_query parts = from("wing");
    parts.kinds = {"part"};
    CHECK(find(run(t, parts), "bird"));
    CHECK_FALSE(find(run(t, parts), "animal"));
    spread_query down = from("animal");
    down.kinds = {"inverse-hypernym"};
    CHECK(find(run(t, down), "penguin"));
    CHECK_FALSE(find(run(t, down), "wing"));
  }

  TEST_CASE("it walks sessions and shared rare terms as well as associations") {
    test_index t;
    t.add("a", "saw an axolotl", "s1");
    t.add("b", "then went home", "s1");
    t.add("c", "the axolotl again", "s2");
    for (int i = 0; i < 10; ++i) t.add("x" + std::to_string(i), "something else entirely");
    const spread_answer answer = run(t, from("a"));
    CHECK(find(answer, "b"));
    CHECK(find(answer, "c"));
    CHECK(find(answer, "c")->best_path[0].kind == "rare-term");
  }

  TEST_CASE("a cue gives seeds, and hidden memories neither pass on nor appear") {
    test_index t;
    taxonomy(t);
    spread_query q;
    q.cue.text = "penguin";
    CHECK(find(run(t, q), "animal"));
    t.memories->set_visible(1, false); // bird
    const spread_answer answer = run(t, q);
    CHECK(find(answer, "penguin"));
    CHECK_FALSE(find(answer, "bird"));
    CHECK_FALSE(find(answer, "animal"));
  }

  TEST_CASE("a wide fan weakens each of its associations") {
    test_index narrow, wide;
    for (test_index* t : {&narrow, &wide}) {
      t->add("hub", "centre");
      const int spokes = t == &narrow ? 1 : 20;
      for (int i = 0; i < spokes; ++i) {
        const std::string id = "spoke" + std::to_string(i);
        t->add(id, "rim" + std::to_string(i));
        t->relate({"hub", id, "near", 1});
      }
    }
    CHECK(find(run(narrow, from("hub")), "spoke0")->activation >
          find(run(wide, from("hub")), "spoke0")->activation);
  }
}

} // namespace engram::memory
