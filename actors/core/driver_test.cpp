#include "actors/core/driver.hpp"

#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::actors;
using namespace std::chrono_literals;

namespace {

struct test_clock final : base::clock {
  nanoseconds now{0};
  base::instant wall() const override { return {}; }
  nanoseconds monotonic() const override { return now; }
};

/// Keeps what was asked; the test answers.
struct held_exchange final : exchange {
  struct held {
    base::store_id to;
    std::shared_ptr<ask> what;
    reply<answer> done;
  };
  std::vector<held> asks;
  void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) override {
    asks.push_back({to, std::move(what), std::move(done)});
  }
};

struct fixture {
  test_clock clock;
  held_exchange net;
  driver driven{clock, net};
  std::vector<base::result<answer>> answers;

  template <class What>
  std::shared_ptr<ask> run(What what, std::vector<base::store_id> replicas) {
    auto asked = std::make_shared<ask>();
    asked->what = std::move(what);
    route to;
    to.replicas = std::move(replicas);
    driven.run(to, asked, 100ms, [this](base::result<answer> got) { answers.push_back(got); });
    return asked;
  }
};

const base::store_id A{{0, 1}}, B{{0, 2}};

} // namespace

TEST_CASE("an answer comes back with the replicas it took, and ends the query") {
  fixture f;
  f.run(recall_ask{}, {A, B});
  REQUIRE(f.net.asks.size() == 1);
  f.net.asks[0].done(base::error{base::errc::unavailable, "not here"});
  REQUIRE(f.net.asks.size() == 2);
  CHECK(f.net.asks[1].to == B);
  f.net.asks[1].done(answer{recall_reply{}});
  REQUIRE(f.answers.size() == 1);
  CHECK(std::get<recall_reply>(*f.answers[0]).coverage.replicas_asked == 2);
  CHECK(f.driven.under_way() == 0);
}

TEST_CASE("a read that is not answered ends at its deadline, and a late answer changes nothing") {
  fixture f;
  f.run(get_ask{}, {A});
  f.clock.now = 99ms;
  f.driven.tick();
  CHECK(f.answers.empty());
  f.clock.now = 100ms;
  f.driven.tick();
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].error().code == base::errc::deadline_exceeded);
  f.net.asks[0].done(answer{std::vector<memory_record>{}});
  f.driven.tick();
  CHECK(f.answers.size() == 1);
}

TEST_CASE("a write over its deadline is definite before the log has it and indefinite after") {
  fixture f;
  f.run(write_ask{}, {A});
  const auto logged = f.run(write_ask{}, {A});
  logged->stage = write_stage::logged;
  f.clock.now = 100ms;
  f.driven.tick();
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[0].error().certainty() == base::certainty::definite);
  CHECK(f.answers[1].error().certainty() == base::certainty::indefinite);
}

TEST_CASE(
    "a write that was refused for certain is sent to the next replica as if for the first time") {
  fixture f;
  const auto write = f.run(write_ask{}, {A, B});
  write->stage = write_stage::logged; // sent
  f.net.asks[0].done(base::error{base::errc::unavailable, "not reached a moment ago"});
  REQUIRE(f.net.asks.size() == 2);
  CHECK(f.net.asks[1].to == B);
  CHECK(write->stage == write_stage::waiting);
  CHECK(f.answers.empty());
}

TEST_CASE("a write that may have happened is sent once") {
  fixture f;
  f.run(write_ask{}, {A, B});
  f.net.asks[0].done(base::error{base::errc::disconnected, "lost"});
  CHECK(f.net.asks.size() == 1);
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].error().code == base::errc::disconnected);
}

TEST_CASE("without a replica the answer is `unavailable`, and closing ends what is under way") {
  fixture f;
  f.run(get_ask{}, {});
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].error().code == base::errc::unavailable);
  f.run(get_ask{}, {A});
  f.driven.close();
  CHECK(f.answers.size() == 2);
}

TEST_CASE("several spaces are asked at once, and the deadline ends it with those that answered") {
  fixture f;
  std::vector<driver::part> parts;
  for (int i = 0; i < 3; ++i) {
    auto asked = std::make_shared<ask>();
    asked->what = recall_ask{};
    route to;
    to.replicas = {A, B};
    parts.push_back({to, asked});
  }
  std::vector<driver::outcome> all;
  f.driven.run_all(std::move(parts), 900ms, [&](auto got) { all = std::move(got); });
  REQUIRE(f.net.asks.size() == 3);
  recall_reply first, second;
  first.answer.considered = 1;
  second.answer.considered = 2;
  f.net.asks[1].done(answer{first});
  f.net.asks[1].done(answer{second}); // of several answers the first counts
  f.clock.now = 300ms;                // the silent ones are asked elsewhere, as a whole
  f.driven.tick();
  REQUIRE(f.net.asks.size() == 5);
  f.net.asks[3].done(answer{second});
  CHECK(all.empty());
  f.clock.now = 900ms;
  f.driven.tick();
  REQUIRE(all.size() == 3);
  REQUIRE(all[0].got);
  CHECK(std::get<recall_reply>(*all[0].got).answer.considered == 2);
  CHECK(all[0].replicas_asked == 2);
  REQUIRE(all[1].got);
  CHECK(std::get<recall_reply>(*all[1].got).answer.considered == 1);
  REQUIRE_FALSE(all[2].got);
  CHECK(all[2].got.error().code == base::errc::deadline_exceeded);
  CHECK(f.driven.under_way() == 0);
}
