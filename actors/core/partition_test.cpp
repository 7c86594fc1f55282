#include "actors/core/partition.hpp"

#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::actors;

namespace {

const base::origin_id SELF{{1, 1}};
constexpr std::uint32_t SELF_NUMBER = 3;

struct fixture {
  memory::space_config config{base::space_id{{7, 7}}, "notes", 0, "english"};
  memory::analyser words{"english"};
  partition core{std::make_unique<memory::space>(config), 5, {}, SELF};
  std::uint64_t last_sequence = 0;

  base::result<write_item> item(std::string id, std::string text) {
    memory::episode what;
    what.id = std::move(id);
    what.text = std::move(text);
    auto made = memory::prepare(memory::remember_op{std::move(what)}, config, {}, words);
    if (!made) return made.error();
    auto sealed = storage::seal_payload({1, 2}, made->payload);
    return write_item{*std::move(made), std::move(sealed)};
  }
  partition::effects write(std::uint64_t id, std::vector<base::result<write_item>> items) {
    return core.step_write({id, std::move(items), durability::quorum});
  }
  log_outcome durable(const storage::submission& what) {
    std::vector<storage::entry_header> headers;
    for (const auto& logged : what.items) {
      storage::entry_header header;
      header.origin = SELF;
      header.sequence = ++last_sequence;
      header.stamp = base::hlc{last_sequence << 16};
      header.kind = logged.kind;
      header.operation = logged.operation;
      headers.push_back(header);
    }
    return {what.ticket, SELF_NUMBER, std::move(headers)};
  }
  static log_outcome refused(const storage::submission& what) {
    return {what.ticket, 0, base::error{base::errc::disk_reserve, "test"}};
  }
};

} // namespace

TEST_CASE("a write is answered when it is durable, with the view and the state that go with it") {
  fixture f;
  const auto asked = f.write(1, {f.item("a", "text")});
  REQUIRE(asked.to_log);
  CHECK(asked.replies.empty());
  CHECK_FALSE(asked.published);
  CHECK(asked.to_log->space == 5);
  const auto done = f.core.step_logged({f.durable(*asked.to_log)});
  REQUIRE(done.replies.size() == 1);
  CHECK(done.replies[0].reply.items[0]->stamp == base::hlc{1 << 16});
  REQUIRE(done.published);
  CHECK(done.published->state->counts.memories == 1);
  CHECK(done.published->applied.at(SELF) == 1);
  REQUIRE(done.note);
  CHECK(done.note->applied.at(SELF_NUMBER) == 1);
  CHECK(read_token(done.replies[0].reply.token, f.config.identity)->at(SELF) == 1);
  CHECK(f.core.idle());
}

TEST_CASE("a retry of a pending write waits for it and then is known, with the first one's stamp") {
  fixture f;
  const auto first = f.write(1, {f.item("a", "text")});
  const auto retry = f.write(2, {f.item("a", "text")});
  CHECK_FALSE(retry.to_log);
  CHECK(retry.replies.empty());
  const auto done = f.core.step_logged({f.durable(*first.to_log)});
  REQUIRE(done.replies.size() == 2);
  CHECK(done.replies[1].id == 2);
  CHECK(done.replies[1].reply.items[0]->known);
  CHECK(done.replies[1].reply.items[0]->stamp == done.replies[0].reply.items[0]->stamp);
}

TEST_CASE("other content for a pending id is a conflict at once, and the batch around it goes on") {
  fixture f;
  const auto first = f.write(1, {f.item("a", "text")});
  const auto second = f.write(2, {f.item("a", "other"), f.item("b", "text")});
  REQUIRE(second.to_log);
  CHECK(second.to_log->items.size() == 1);
  const auto done = f.core.step_logged({f.durable(*first.to_log), f.durable(*second.to_log)});
  REQUIRE(done.replies.size() == 2);
  CHECK(done.replies[1].reply.items[0].error().code == base::errc::conflict);
  CHECK(done.replies[1].reply.items[1]);
}

TEST_CASE("what the log refused is not there, and a retry that waited for it is told the same") {
  fixture f;
  const auto first = f.write(1, {f.item("a", "text")});
  f.write(2, {f.item("a", "text")});
  const auto done = f.core.step_logged({fixture::refused(*first.to_log)});
  REQUIRE(done.replies.size() == 2);
  for (const auto& finished : done.replies)
    CHECK(finished.reply.items[0].error().code == base::errc::disk_reserve);
  CHECK(done.published->state->counts.memories == 0);
  CHECK_FALSE(done.note);
  const auto again = f.write(3, {f.item("a", "text")});
  REQUIRE(again.to_log);
  CHECK(f.core.step_logged({f.durable(*again.to_log)}).replies[0].reply.items[0]);
}

TEST_CASE("one publication covers a whole round of outcomes") {
  fixture f;
  std::vector<log_outcome> outcomes;
  for (std::uint64_t i = 1; i <= 20; ++i)
    outcomes.push_back(f.durable(*f.write(i, {f.item(std::to_string(i), "text")}).to_log));
  const auto done = f.core.step_logged(std::move(outcomes));
  CHECK(done.replies.size() == 20);
  CHECK(done.published->state->counts.memories == 20);
  CHECK(done.note->applied.at(SELF_NUMBER) == 20);
}

TEST_CASE("replaying the same entries gives the same state") {
  fixture f, g;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    auto made = f.item(std::to_string(i), "text " + std::to_string(i));
    const auto asked = f.write(i, {made});
    const auto outcome = f.durable(*asked.to_log);
    g.core.replay(meta_of(outcome.entries->at(0), SELF_NUMBER), &made->what);
    f.core.step_logged({outcome});
  }
  CHECK(g.core.space().hash() == f.core.space().hash());
  CHECK(g.core.step_opened().published->state->counts.memories == 5);
}
