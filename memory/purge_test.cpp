#include "memory/purge.hpp"

#include "memory/codec.hpp"
#include "memory/index/keys.hpp"
#include "tests/support/space_fixture.hpp"

namespace engram::memory {
namespace {

bool is_covered(const char* person, const episode& what) {
  return purge_cover({purge_target::kind::person, person}).covers(what);
}

TEST_SUITE("memory") {

  TEST_CASE("a person's purge covers what they said, were at, or are named in") {
    episode said = episode_of("1", "The roses are out.");
    said.speaker = "Zoe Quill";
    episode there = episode_of("2", "We walked.");
    there.who = {"Adam", "zoe quill"};
    CHECK(is_covered("Zoe Quill", said));
    CHECK(is_covered("Zoe Quill", there));
    CHECK(is_covered("Zoe Quill", episode_of("3", "I met Zoe  Quill's sister")));
    CHECK(is_covered("Zoe Quill", episode_of("zoe-quill-4", "Rain.")));
    CHECK_FALSE(is_covered("Zoe Quill", episode_of("5", "I met Zoe Quillon and Zoe")));
    CHECK_FALSE(is_covered("Zoe Quill", episode_of("6", "Zoe held a quill")));
  }

  TEST_CASE("names of other scripts are found, in capitals or not and without spaces") {
    CHECK(is_covered("Élodie", episode_of("1", "hier ÉLODIE chantait")));
    CHECK(is_covered("王芳", episode_of("1", "昨天王芳去了上海")));
    CHECK_FALSE(is_covered("王芳", episode_of("1", "昨天王明去了上海")));
    CHECK(is_covered("!!", [] {
      auto e = episode_of("1", "no words");
      e.speaker = "!!";
      return e;
    }()));
    CHECK_FALSE(is_covered("!!", episode_of("1", "what!! now")));
  }

  TEST_CASE("a source's purge covers its session only") {
    episode inside = episode_of("1", "A line.");
    inside.session = "mail-7";
    const purge_cover cover({purge_target::kind::source, "mail-7"});
    CHECK(cover.covers(inside));
    CHECK_FALSE(cover.covers(episode_of("2", "see mail-7")));
  }

  TEST_CASE("what is purged is gone like what is deleted, in one entry that names no id") {
    test_space purged, deleted;
    for (auto* t : {&purged, &deleted}) {
      t->remember("secret-a", "one");
      t->remember("secret-b", "two");
      t->remember("c", "three");
      t->write(associate_op{associated("secret-a", "c")});
    }
    purge_op op;
    for (const auto* id : {"secret-a", "secret-b"})
      op.keys.push_back(memory_key_of(purged.config.identity, id));
    const auto made = purged.make(operation(op));
    CHECK(made.payload.find("secret") == std::string::npos);
    purged.pending.add(made);
    CHECK(purged.judge(remember_op{episode_of("secret-a", "again")}).error().code ==
          base::errc::deleted);
    purged.pending.remove(made);
    purged.write(operation(op));
    deleted.write(forget_op{"secret-a", forget_mode::erase});
    deleted.write(forget_op{"secret-b", forget_mode::erase});
    CHECK(purged.state.hash() == deleted.state.hash());
    CHECK(purged.state.publish()->purges == 1);
    CHECK(purged.state.counts().graves == 2);
    CHECK(purged.state.counts().associations == 0);
    for (const auto& [ref, payload] : purged.disk.payloads)
      if (payload.find("secret") != std::string::npos) {
        const auto kind = static_cast<entry_kind>(payload[0]);
        CHECK(kind == entry_kind::associate);
        CHECK(tells_of(*decode(kind, payload), purged.config.identity,
                       {op.keys.begin(), op.keys.end()}));
      }
  }
}

} // namespace
} // namespace engram::memory
