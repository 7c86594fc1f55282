#include "memory/settings.hpp"
#include "tests/support/space_fixture.hpp"

namespace engram::memory {
namespace {

using base::errc;

errc code_of(const base::result<verdict>& judged) {
  return judged ? errc::ok : judged.error().code;
}

TEST_SUITE("memory") {

  TEST_CASE("what is remembered is published with the place of its body") {
    test_space t;
    CHECK(t.remember("a", "the first thing").what == applied::effect::created);
    CHECK(t.remember("b", "the second thing").ordinal == 1);
    const auto view = t.state.publish();
    CHECK(view->counts.memories == 2);
    const auto found = view->index->find_id("b");
    REQUIRE(found.size() == 1);
    CHECK(view->payloads.at(found[0]) == payload_ref{1, 2});
    CHECK(view->index->stored_at(found[0]).wall().ms == 1'002'000);
  }

  TEST_CASE("the same id with the same content is known, with other content a conflict") {
    test_space t;
    t.remember("a", "one");
    const auto same = t.judge(remember_op{episode_of("a", "one")});
    REQUIRE(same);
    CHECK(same->admission == admission::known);
    CHECK(same->stamp.wall().ms == 1'001'000);
    CHECK(code_of(t.judge(remember_op{episode_of("a", "two")})) == errc::conflict);
  }

  TEST_CASE("order and the sequence of people are outside the content") {
    test_space t;
    episode e = episode_of("a", "one");
    e.who = {"zoe", "adam", "zoe", ""};
    t.write(remember_op{e});
    e.who = {"adam", "zoe"};
    e.order = 5;
    const auto same = t.judge(remember_op{e});
    REQUIRE(same);
    CHECK(same->admission == admission::known);
  }

  TEST_CASE("two writes of one id in flight together are judged as if the first were done") {
    test_space t;
    const prepared first = t.make(remember_op{episode_of("a", "one")});
    t.pending.add(first);
    const auto same = t.judge(remember_op{episode_of("a", "one")});
    REQUIRE(same);
    CHECK(same->admission == admission::in_flight);
    CHECK(code_of(t.judge(remember_op{episode_of("a", "two")})) == errc::conflict);
    CHECK(code_of(t.judge(forget_op{"a", forget_mode::suppress})) == errc::ok);
    CHECK(code_of(t.judge(forget_op{"b", forget_mode::suppress})) == errc::unknown_memory);
    t.pending.remove(first);
    CHECK(code_of(t.judge(remember_op{episode_of("a", "two")})) == errc::ok);
  }

  TEST_CASE("a delete in flight already keeps its id from being written") {
    test_space t;
    t.remember("a", "one");
    const prepared erase = t.make(forget_op{"a", forget_mode::erase});
    t.pending.add(erase);
    CHECK(code_of(t.judge(remember_op{episode_of("a", "one")})) == errc::deleted);
    const auto again = t.judge(forget_op{"a", forget_mode::erase});
    REQUIRE(again);
    CHECK(again->admission == admission::in_flight);
  }

  TEST_CASE("the newest register write in flight decides, not the state") {
    test_space t;
    t.remember("a", "one");
    t.write(forget_op{"a", forget_mode::suppress});
    t.pending.add(t.make(forget_op{"a", forget_mode::restore}));
    const auto suppress = t.judge(forget_op{"a", forget_mode::suppress});
    REQUIRE(suppress);
    CHECK(suppress->admission == admission::fresh);
    const auto restore = t.judge(forget_op{"a", forget_mode::restore});
    REQUIRE(restore);
    CHECK(restore->admission == admission::in_flight);
  }

  TEST_CASE("a suppressed memory is hidden, counted, still known, and comes back") {
    test_space t;
    t.remember("a", "one");
    t.write(forget_op{"a", forget_mode::suppress});
    auto view = t.state.publish();
    CHECK(view->counts.memories == 0);
    CHECK(view->counts.suppressed == 1);
    CHECK_FALSE(view->index->visible(0));
    CHECK(view->is_suppressed(memory_key_of(t.config.identity, "a")));
    CHECK(t.judge(forget_op{"a", forget_mode::suppress})->admission == admission::known);
    t.write(forget_op{"a", forget_mode::restore});
    view = t.state.publish();
    CHECK(view->counts.memories == 1);
    CHECK(view->index->visible(0));
  }

  TEST_CASE(
      "a deleted memory leaves the state, its body leaves the disk, and its id stays closed") {
    test_space t;
    t.remember("a", "one");
    t.remember("b", "two");
    t.write(associate_op{associated("a", "b")});
    t.write(forget_op{"a", forget_mode::suppress});
    CHECK(t.disk.payloads.count({1, 1}) == 1);
    t.write(forget_op{"a", forget_mode::erase});
    CHECK(t.disk.payloads.count({1, 1}) == 0);
    const auto counts = t.state.counts();
    CHECK(counts.memories == 1);
    CHECK(counts.suppressed == 0);
    CHECK(counts.associations == 0);
    CHECK(counts.graves == 1);
    CHECK(code_of(t.judge(remember_op{episode_of("a", "one")})) == errc::deleted);
    CHECK(code_of(t.judge(associate_op{associated("b", "a")})) == errc::deleted);
    CHECK(code_of(t.judge(forget_op{"a", forget_mode::restore})) == errc::deleted);
    CHECK(t.judge(forget_op{"a", forget_mode::erase})->admission == admission::known);
  }

  TEST_CASE("what arrives under a deleted id is invisible and its body goes at once") {
    test_space t;
    t.remember("a", "one");
    t.write(forget_op{"a", forget_mode::erase});
    const auto hash = t.state.hash();
    const applied done = t.commit(t.make(remember_op{episode_of("a", "from elsewhere")}));
    CHECK(done.what == applied::effect::nothing);
    CHECK(t.disk.payloads.count({1, 3}) == 0);
    CHECK(t.state.hash() == hash);
  }

  TEST_CASE("two contents under one id that never saw each other are both kept") {
    test_space t;
    t.remember("a", "one");
    t.commit(t.make(remember_op{episode_of("a", "two")}));
    const auto view = t.state.publish();
    CHECK(view->counts.memories == 2);
    CHECK(view->index->find_id("a").size() == 2);
    CHECK(t.judge(remember_op{episode_of("a", "two")})->admission == admission::known);
    t.write(forget_op{"a", forget_mode::suppress});
    CHECK(t.state.counts().suppressed == 2);
  }

  TEST_CASE("the same content from two sides is one memory with the least stamp and order") {
    test_space t;
    episode e = episode_of("a", "one");
    e.order = 9;
    t.write(remember_op{e});
    e.order = 4;
    const prepared p = t.make(remember_op{e});
    entry_meta earlier;
    earlier.origin_number = 2;
    earlier.sequence = 1;
    earlier.stamp = {500ull << 16};
    t.disk.payloads[{2, 1}] = p.payload;
    CHECK(t.state.apply(earlier, p).what == applied::effect::merged);
    t.disk.write(t.state.drain());
    const auto view = t.state.publish();
    CHECK(view->counts.memories == 1);
    CHECK(view->index->stored_at(0).wall().ms == 500);
    CHECK(view->index->order(0) == 4);
    t.write(forget_op{"a", forget_mode::erase});
    CHECK(t.disk.payloads.size() == 1); // the erase itself
  }

  TEST_CASE("associations need both ends, and the later weight wins") {
    test_space t;
    t.remember("a", "one");
    CHECK(code_of(t.judge(associate_op{associated("a", "b")})) == errc::unknown_memory);
    t.remember("b", "two");
    t.write(associate_op{associated("a", "b", 0.5)});
    CHECK(t.judge(associate_op{associated("a", "b", 0.5)})->admission == admission::known);
    t.write(associate_op{associated("a", "b", 0.25)});
    std::vector<edge> edges;
    t.state.publish()->index->edges().out_of(memory_key_of(t.config.identity, "a"), edges);
    REQUIRE(edges.size() == 1);
    CHECK(edges[0].weight.to_double() == doctest::Approx(0.25).epsilon(1e-4));
    CHECK(t.state.counts().associations == 1);
  }

  TEST_CASE("accesses count for memories that come later") {
    test_space t;
    const auto key = memory_key_of(t.config.identity, "a");
    t.write(access_op{{key}, {5000}});
    t.write(access_op{{key}, {7000}});
    t.remember("a", "one");
    const auto* record = t.state.publish()->index->access(0);
    REQUIRE(record != nullptr);
    CHECK(record->count == 2);
    CHECK(record->last == 7);
  }

  TEST_CASE("settings are registers, and decay follows them") {
    test_space t;
    CHECK(t.state.publish()->decay == decay_config{});
    t.write(configure_op{"decay.function", "exponential"});
    t.write(configure_op{"decay.tau_hours", "12.5"});
    CHECK(t.state.publish()->decay.function == decay_function::exponential);
    t.write(configure_op{"consolidation.similarity", "0.75"});
    t.write(configure_op{"consolidation.members_min", "5"});
    CHECK(t.state.publish()->concepts.similarity == 49'152);
    CHECK(t.state.publish()->concepts.members_min == 5);
    CHECK(t.state.publish()->concepts.words_joined == concept_config{}.words_joined);
    CHECK(t.state.publish()->decay.tau_hours == 12.5);
    CHECK(t.judge(configure_op{"decay.tau_hours", "12.5"})->admission == admission::known);
    CHECK_FALSE(t.state.publish()->share_concepts);
    t.write(configure_op{"share_concepts", "on"});
    CHECK(t.state.publish()->share_concepts);
    CHECK_FALSE(validate_setting("share_concepts", "perhaps"));
  }

  TEST_CASE("nothing new is published and drained when nothing changed") {
    test_space t;
    t.remember("a", "one");
    const auto view = t.state.publish();
    CHECK(t.state.publish() == view);
    CHECK(t.state.drain().empty());
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
