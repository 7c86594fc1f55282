#include "base/random.hpp"
#include "tests/support/space_fixture.hpp"

#include <utility>

namespace engram::memory {
namespace {

/// A space as it comes back from disk.
struct reopened {
  explicit reopened(const test_space& from, std::vector<stored_item> items) : state(from.config) {
    state.take(*space::stage(std::move(items), from.config, from.words));
    report = state.finish_load();
  }
  explicit reopened(const test_space& from) : reopened(from, from.disk.stored()) {}
  space state;
  load_report report;
};

/// Three memories, one of them suppressed, one deleted, with all that may hang on them.
void fill(test_space& t) {
  t.remember("a", "the cat sat on the mat");
  t.remember("b", "the dog chased the cat");
  t.remember("c", "a bird that cannot fly");
  t.write(associate_op{associated("a", "b", 0.5)});
  t.write(associate_op{associated("b", "c")});
  t.write(access_op{{memory_key_of(t.config.identity, "a")}, {9000}});
  t.write(forget_op{"b", forget_mode::suppress});
  t.write(forget_op{"c", forget_mode::erase});
  t.write(configure_op{"decay.floor", "0.25"});
}

TEST_SUITE("memory") {

  TEST_CASE("a space comes back from its state items as it was") {
    test_space t;
    fill(t);
    reopened r(t);
    CHECK(r.report.clean());
    CHECK(r.report.memories == 2);
    CHECK(r.state.hash() == t.state.hash());
    const auto was = t.state.counts(), is = r.state.counts();
    CHECK(is.memories == was.memories);
    CHECK(is.suppressed == 1);
    CHECK(is.associations == 1);
    CHECK(is.graves == 1);
    const auto view = r.state.publish();
    CHECK(view->decay.floor == 0.25);
    const auto a = view->index->find_id("a");
    REQUIRE(a.size() == 1);
    CHECK(view->index->access(a[0])->count == 1);
    CHECK(view->payloads.at(a[0]) == payload_ref{1, 1});
    CHECK_FALSE(view->index->visible(view->index->find_id("b")[0]));
    CHECK(r.state.drain().empty());
  }

  TEST_CASE("a memory whose body is lost is named and left out; the rest is served") {
    test_space t;
    fill(t);
    t.disk.payloads.erase({1, 1});
    reopened r(t);
    CHECK(r.report.damaged_count == 1);
    REQUIRE(r.report.damaged.size() == 1);
    CHECK(r.report.damaged[0].find(memory_key_of(t.config.identity, "a").hex()) !=
          std::string::npos);
    CHECK(r.report.mismatched.empty());
    CHECK(r.state.counts().damaged == 1);
    const auto view = r.state.publish();
    CHECK(view->index->find_id("a").empty());
    CHECK(view->is_damaged(memory_key_of(t.config.identity, "a")));
    CHECK(view->index->find_id("b").size() == 1);
  }

  TEST_CASE("a body that is another memory's is not served under this name") {
    test_space t;
    fill(t);
    t.disk.payloads[{1, 1}] = t.disk.payloads[{1, 2}];
    CHECK(reopened(t).report.damaged_count == 1);
  }

  TEST_CASE("the same content written again heals a damaged memory") {
    test_space t;
    fill(t);
    const auto hash = t.state.hash();
    t.disk.payloads.erase({1, 1});
    reopened r(t);
    const prepared other = t.make(remember_op{episode_of("a", "something else")});
    CHECK(r.state.check(other, t.pending).error().code == base::errc::conflict);
    const prepared again = t.make(remember_op{episode_of("a", "the cat sat on the mat")});
    CHECK(r.state.check(again, t.pending)->admission == admission::fresh);
    CHECK(r.state.apply(t.next_meta(again), again).what == applied::effect::created);
    CHECK(r.state.hash() == hash);
    CHECK(r.state.counts().damaged == 0);
    const auto view = r.state.publish();
    REQUIRE(view->index->find_id("a").size() == 1);
    CHECK(view->index->access(view->index->find_id("a")[0])->count == 1);
  }

  TEST_CASE("a lost state item shows as a bucket that does not add up") {
    test_space t;
    fill(t);
    auto items = t.disk.stored();
    std::erase_if(items, [](const stored_item& i) { return i.key[0] == 'G'; });
    const reopened r(t, std::move(items));
    CHECK(r.report.mismatched.size() == 1);
    CHECK_FALSE(r.report.clean());
  }

  TEST_CASE("damage that is written over shows at the next loading too") {
    test_space t;
    fill(t);
    std::erase_if(t.disk.items, [](const auto& i) { return i.first[0] == 'A'; });
    reopened r(t);
    CHECK(r.report.mismatched.size() == 1);
    const auto seen = t.make(access_op{{memory_key_of(t.config.identity, "a")}, {11000}});
    r.state.apply(t.next_meta(seen), seen);
    t.disk.write(r.state.drain());
    const reopened again(t, t.disk.stored());
    CHECK(again.report.mismatched.size() == 1);
  }

  TEST_CASE("items that are none are counted, and loading goes on") {
    test_space t;
    fill(t);
    auto items = t.disk.stored();
    items.push_back({"E", "", std::nullopt});
    items.push_back({"", "x", std::nullopt});
    items.push_back({"Zebra", "x", std::nullopt});
    reopened r(t, std::move(items));
    CHECK(r.report.damaged_count == 3);
    CHECK(r.state.hash() == t.state.hash());
  }

  TEST_CASE("any bytes as state items are loaded or named, without a crash") {
    base::random random(5);
    test_space t;
    fill(t);
    for (int round = 0; round < 300; ++round) {
      auto items = t.disk.stored();
      for (auto& item : items) {
        std::string& bytes = random.chance(0.5) ? item.key : item.value;
        if (random.chance(0.3) && !bytes.empty())
          bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        if (random.chance(0.1)) bytes.resize(random.below(bytes.size() + 1));
        if (item.payload && random.chance(0.3))
          (*item.payload)[random.below(item.payload->size())] =
              static_cast<char>(random.below(256));
      }
      reopened r(t, std::move(items));
      CHECK(r.state.publish()->index->size() <= 3);
    }
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
