#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

std::vector<std::string> ids(const snapshot& on, const std::vector<std::uint32_t>& ordinals) {
  std::vector<std::string> out;
  for (const std::uint32_t o : ordinals) out.emplace_back(on.id(o));
  return out;
}

std::string id_or_none(const snapshot& on, std::uint32_t ordinal) {
  return ordinal == snapshot::none ? "none" : std::string(on.id(ordinal));
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("memories are found by key, all versions of one id, hidden ones too") {
    test_index t;
    t.add("a", "first");
    t.add("b", "other");
    t.add("a", "second");
    t.memories->set_visible(2, false);
    const auto on = t.memories->publish();
    CHECK(on->size() == 3);
    CHECK(on->visible_count() == 2);
    CHECK(on->find_id("a").size() == 2);
    CHECK(ids(*on, on->find_id("b")) == std::vector<std::string>{"b"});
    CHECK(on->find_id("c").empty());
  }

  TEST_CASE(
      "neighbours in a session follow (when, order, id) across segments and skip the hidden") {
    test_index t;
    for (const int n : {5, 1, 4, 2, 3}) {
      episode e;
      e.id = "m" + std::to_string(n);
      e.text = "text";
      e.session = "s";
      e.when = base::instant{1000};
      e.order = n;
      t.add(e);
      t.memories->publish(); // a segment each, or merged: no difference
    }
    t.add("elsewhere", "text", "other");
    auto on = t.memories->publish();
    const auto around = [&](const char* id) { return on->around(on->find_id(id).front()); };
    CHECK(id_or_none(*on, around("m3").before[0]) == "m2");
    CHECK(id_or_none(*on, around("m3").before[1]) == "m1");
    CHECK(id_or_none(*on, around("m3").after[1]) == "m5");
    CHECK(id_or_none(*on, around("m1").before[0]) == "none");
    CHECK(id_or_none(*on, around("elsewhere").after[0]) == "none");
    t.memories->set_visible(on->find_id("m2").front(), false);
    t.memories->amend(on->find_id("m5").front(), base::hlc{1}, 0); // now the first
    on = t.memories->publish();
    CHECK(id_or_none(*on, around("m3").before[0]) == "m1");
    CHECK(id_or_none(*on, around("m3").before[1]) == "m5");
    CHECK(on->session_size(on->facts(0).session, 100) == 4);
    CHECK(on->session_size(on->facts(0).session, 3) == 3);
  }

  TEST_CASE("a quiet index settles to few segments, one bounded step at a time, and then rests") {
    test_index t;
    // Shrinking batches, which publishing leaves apart.
    for (const int batch : {2300, 1100, 512, 63, 7}) {
      for (int i = 0; i < batch; ++i)
        t.add("m" + std::to_string(batch) + "-" + std::to_string(i), "a heron by the river");
      t.memories->publish();
    }
    const auto before = t.memories->publish();
    REQUIRE(before->segments().size() == 5);
    int steps = 0;
    while (t.memories->settle()) ++steps;
    const auto after = t.memories->publish();
    CHECK(steps == 3);
    CHECK(after->segments().size() == 2);
    CHECK(after->size() == before->size());
    CHECK(after->find_id("m7-3").size() == 1);
    CHECK_FALSE(t.memories->settle());
    CHECK(before->segments().size() == 5); // readers keep what they pinned
  }

  TEST_CASE("single writes leave few segments, which every recall would have to ask") {
    test_index t;
    std::size_t most = 0;
    for (int i = 0; i < 1000; ++i) {
      t.add("m" + std::to_string(i), "a heron by the river");
      most = std::max(most, t.memories->publish()->segments().size());
    }
    CHECK(most <= 4);
  }

  TEST_CASE("who names a title and who bears it follow what is hidden and shown again") {
    test_index t;
    const auto bridge = [&](const char* id) {
      episode titled;
      titled.id = id;
      titled.text = "built long ago";
      titled.title = "Old Bridge";
      t.add(titled);
    };
    t.add("text", "we walked over the Old Bridge in the rain");
    t.memories->publish();
    bridge("first");
    t.memories->publish();
    bridge("second");
    t.add("later", "the Old Bridge is closed");
    auto on = t.memories->publish();
    std::vector<mention> named;
    on->titles_named_by(on->find_id("text").front(), named);
    REQUIRE(named.size() == 1);
    const auto at = [&](const char* id) { return on->find_id(id).front(); };
    const auto namers = [&](const char* id) {
      std::vector<std::uint32_t> found;
      on->who_names(at(id), 16, found);
      return found;
    };
    const auto latest = [&] {
      std::vector<std::uint32_t> found;
      on->latest_bearers(named[0].titled, found);
      return found;
    };
    CHECK(latest() == std::vector<std::uint32_t>{at("second"), at("first")});
    CHECK(namers("first") == std::vector<std::uint32_t>{at("text"), at("later")});
    CHECK(namers("second") == namers("first"));
    CHECK(namers("text").empty()); // without a title
    std::vector<std::uint32_t> none;
    on->who_names(at("first"), 1, none);
    CHECK(none.empty());
    t.memories->set_visible(at("second"), false);
    t.memories->set_visible(at("text"), false);
    on = t.memories->publish();
    CHECK(latest() == std::vector<std::uint32_t>{at("first")});
    CHECK(namers("first") == std::vector<std::uint32_t>{at("later")});
    t.memories->set_visible(at("second"), true);
    t.memories->set_visible(at("text"), true);
    on = t.memories->publish();
    CHECK(namers("first") == std::vector<std::uint32_t>{at("text"), at("later")});
    bridge("third");
    on = t.memories->publish();
    CHECK(latest() == std::vector<std::uint32_t>{at("third"), at("second")});
  }

  TEST_CASE("a title that comes after the text naming it is found in it") {
    test_index t;
    t.add("text", "we walked over the Old Bridge in the rain");
    t.memories->publish();
    episode titled;
    titled.id = "bridge";
    titled.text = "built long ago";
    titled.title = "Old Bridge";
    t.add(titled);
    const auto on = t.memories->publish();
    std::vector<mention> named;
    on->titles_named_by(0, named);
    REQUIRE(named.size() == 1);
    CHECK(named[0].begin == 4);
    CHECK(named[0].length == 2);
    named.clear();
    on->titles_named_by(1, named);
    CHECK(named.empty());
  }

  TEST_CASE("of overlapping titles the longest visible one is named") {
    test_index t;
    const auto titled = [&](std::string id, std::string title) {
      episode e;
      e.id = std::move(id);
      e.text = "x";
      e.title = std::move(title);
      return t.add(e);
    };
    t.add("text", "in New York City today");
    titled("short", "New York");
    const std::uint32_t long_one = titled("long", "New York City");
    const auto named = [&] {
      const auto on = t.memories->publish();
      std::vector<mention> found;
      on->titles_named_by(0, found);
      return found;
    };
    REQUIRE(named().size() == 1);
    CHECK(named()[0].length == 3);
    t.memories->set_visible(long_one, false);
    REQUIRE(named().size() == 1);
    CHECK(named()[0].length == 2);
  }

  TEST_CASE(
      "an association is replaced and removed by a later word, before or after its ends come") {
    test_index t;
    t.relate({"a", "b", "cause", 0.5});
    t.add("a", "one");
    t.memories->publish();
    t.relate({"a", "b", "cause", 0.25});
    t.relate({"a", "b", "part", 1});
    t.add("b", "two");
    auto on = t.memories->publish();
    std::vector<edge> out, in;
    on->edges().out_of(t.key("a"), out);
    on->edges().into(t.key("b"), in);
    CHECK(out.size() == 2);
    CHECK(in.size() == 2);
    CHECK(std::any_of(out.begin(), out.end(),
                      [](const edge& e) { return e.weight == base::q32::from(0.25); }));
    t.relate({"a", "b", "cause", 0});
    on = t.memories->publish();
    out.clear();
    on->edges().out_of(t.key("a"), out);
    REQUIRE(out.size() == 1);
    CHECK((*on->edges().kinds)[out[0].kind] == "part");
  }

  TEST_CASE("frequencies count visible memories") {
    test_index t;
    t.add("a", "bridge bridge");
    t.add("b", "bridge");
    const std::uint64_t key = t.words.analyse_query("bridge").words[0].key;
    CHECK(t.memories->publish()->frequency(key) == 2);
    t.memories->set_visible(0, false);
    CHECK(t.memories->publish()->frequency(key) == 1);
    t.memories->set_visible(0, true);
    CHECK(t.memories->publish()->frequency(key) == 2);
  }

  TEST_CASE("what is held is counted") {
    test_index t;
    t.memories->publish();
    const std::size_t empty = t.memories->memory_bytes();
    for (int i = 0; i < 100; ++i) t.add("m" + std::to_string(i), "some words to keep in memory");
    CHECK(t.memories->memory_bytes() > empty);
    t.memories->publish();
    CHECK(t.memories->memory_bytes() > empty + 100 * sizeof(document));
  }

  TEST_CASE("keys near each other are told apart in a table of hashes") {
    base::random draw(3);
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < 1000; ++i) hashes.push_back(i < 500 ? draw.next() : draw.below(1000));
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    sorted_hashes table;
    CHECK(table.find(1) == 0);
    for (const std::uint64_t hash : hashes) table.push_back(hash);
    table.push_back(hashes.back()); // of several the first is found
    table.seal();
    for (std::size_t i = 0; i < hashes.size(); ++i) REQUIRE(table.find(hashes[i]) == i);
    for (int i = 0; i < 1000; ++i)
      if (const auto other = draw.next(); !std::binary_search(hashes.begin(), hashes.end(), other))
        CHECK(table.find(other) == table.size());
    CHECK(table.find(0xFFFFFFFFFFFFFFFF) == table.size());
  }
}

} // namespace engram::memory
