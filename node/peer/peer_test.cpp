#include "node/peer/peer_link.hpp"

#include "node/peer/peer_codec.hpp"
#include "node/testing/edge_fixture.hpp"
#include "node/testing/query_example.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

namespace engram::node {

namespace {

/// Keeps what arrives; answers each ask with `next`.
struct recording_sink final : actors::peer_sink {
  struct heard {
    actors::peer_identity from;
    actors::channel on;
    std::string message;
  };
  std::vector<heard> messages;
  std::vector<std::shared_ptr<actors::ask>> asks;
  base::result<actors::answer> next = actors::answer(actors::scan_page{{}, "end"});

  void message_arrived(const actors::peer_identity& from, actors::channel on,
                       std::string message) override {
    messages.push_back({from, on, std::move(message)});
  }
  void asked(const actors::peer_identity&, std::shared_ptr<actors::ask> what,
             actors::reply<actors::answer> done) override {
    asks.push_back(std::move(what));
    done(next);
  }
};

actors::peer_identity identity(std::uint64_t n, std::uint64_t cluster = 1) {
  return {{cluster, cluster}, {{n, n}}, {{n, 9}}, 1, 1, "127.0.0.1:" + std::to_string(n)};
}

/// Two members joined by pipes; `bob` listens, `alice` dials.
struct peers_fixture : edge_fixture {
  recording_sink alices, bobs;
  base::registry alice_registry, bob_registry;
  peer_metrics alice_metrics{alice_registry}, bob_metrics{bob_registry};
  peer_context alice{alices, alice_metrics, log, clock, entropy, identity(1), {}};
  peer_context bob{bobs, bob_metrics, log, clock, entropy, identity(2), {}};
  listener port{owner, edge_metrics::port::peer, io.provider->getTimer(), nullptr,
                peer_speaker(bob, metrics, io.provider->getTimer())};
  int dials = 0;
  bool reachable = true;

  kj::Own<peer_link> link(peer_link_rules rules = {}) {
    auto dial = [this]() -> kj::Promise<kj::Own<kj::AsyncIoStream>> {
      ++dials;
      if (!reachable) return KJ_EXCEPTION(DISCONNECTED, "nobody is there");
      auto pipe = kj::newTwoWayPipe();
      port.adopt(kj::mv(pipe.ends[0]));
      return kj::mv(pipe.ends[1]);
    };
    return kj::heap<peer_link>(alice, io.provider->getTimer(), kj::mv(dial), rules);
  }
  base::result<actors::answer> ask(peer_link& over) {
    auto what = std::make_shared<actors::ask>();
    what->space = {{5, 6}};
    what->deadline = clock.monotonic() + std::chrono::seconds(5);
    what->what = actors::scan_ask{"from here", 7};
    return over.ask(what).wait(wait());
  }
};

} // namespace

TEST_SUITE("node") {
  TEST_CASE("a write that was sent can no longer be said not to have happened, one that expired is "
            "not sent") {
    peers_fixture f;
    auto link = f.link();
    const auto write = [&f] {
      auto made = std::make_shared<actors::ask>();
      made->space = {{5, 6}};
      made->deadline = f.clock.monotonic() + std::chrono::seconds(5);
      made->what = actors::write_ask{};
      return made;
    };
    const auto sent = write(), late = write();
    (void)link->ask(sent).wait(f.wait());
    CHECK(sent->stage == actors::write_stage::logged);
    CHECK(f.bobs.asks.size() == 1);
    late->stage = actors::write_stage::expired;
    CHECK(link->ask(late).wait(f.wait()).error().code == base::errc::overloaded);
    CHECK(f.bobs.asks.size() == 1);
  }

  TEST_CASE("messages arrive whole, in order, and say who sent them") {
    peers_fixture f;
    auto link = f.link();
    for (int i = 0; i < 200; ++i)
      link->send(actors::channel::replication, std::to_string(i) + std::string(i * 100, 'x'));
    link->send(actors::channel::membership, "last");
    while (f.bobs.messages.size() < 201) f.io.waitScope.poll(), (void)f.ask(*link);
    for (int i = 0; i < 200; ++i)
      CHECK(f.bobs.messages[i].message == std::to_string(i) + std::string(i * 100, 'x'));
    CHECK(f.bobs.messages.back().on == actors::channel::membership);
    CHECK(f.bobs.messages.front().from == identity(1));
    CHECK(f.dials == 1);
    CHECK(f.bob_metrics.received.value() == 201);
    CHECK(f.alice_metrics.dropped.value() == 0);
  }

  TEST_CASE("an ask reaches the other member and its answer, or its error, comes back") {
    peers_fixture f;
    auto link = f.link();
    auto got = f.ask(*link);
    REQUIRE(got);
    CHECK(std::get<actors::scan_page>(*got).cursor == "end");
    REQUIRE(f.bobs.asks.size() == 1);
    const auto& asked = *f.bobs.asks[0];
    CHECK(asked.space == base::space_id{{5, 6}});
    CHECK(std::get<actors::scan_ask>(asked.what).cursor == "from here");
    CHECK(std::get<actors::scan_ask>(asked.what).limit == 7);
    CHECK(asked.deadline > f.clock.monotonic());
    CHECK(asked.deadline < f.clock.monotonic() + std::chrono::seconds(6));

    f.bobs.next = base::error{base::errc::space_parked, "space=diary"};
    const auto refused = f.ask(*link);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == base::error{base::errc::space_parked, "space=diary"});
  }

  TEST_CASE(
      "a statement reaches another member with its parameters, and all of its answer returns") {
    peers_fixture f;
    auto link = f.link();
    auto what = std::make_shared<actors::ask>();
    what->space = {{5, 6}};
    what->deadline = f.clock.monotonic() + std::chrono::seconds(5);
    const memory::query_parameters parameters{{"n", 5.0},
                                              {"cue", std::string("heron")},
                                              {"ids", std::vector<std::string>{"a", "b"}},
                                              {"vector", std::vector<double>{0.5, -1}}};
    what->what = actors::query_ask{"COMPLETE what = $cue", parameters, base::instant{9}};
    auto sent = query_example();
    f.bobs.next = actors::answer{sent};
    const auto got = link->ask(what).wait(f.wait());
    REQUIRE(got);
    const auto& asked = std::get<actors::query_ask>(f.bobs.asks.at(0)->what);
    CHECK(asked.text == "COMPLETE what = $cue");
    CHECK(asked.parameters == parameters);
    CHECK(asked.now == base::instant{9});
    const auto& back = std::get<actors::query_reply>(*got);
    CHECK(back.answer.verb == "RECALL");
    CHECK(back.answer.verdict == sent.answer.verdict);
    CHECK(back.answer.measures == sent.answer.measures);
    CHECK(back.token == "token");
    CHECK(back.coverage.memories == 1000);
    REQUIRE(back.answer.findings.size() == 2);
    const auto &first = back.answer.findings[0], &second = back.answer.findings[1];
    CHECK(first.because == std::vector<std::string>{"walk", "heron"});
    CHECK(first.confidence.high == 0.75);
    CHECK(first.measures == sent.answer.findings[0].measures);
    CHECK(first.what->when == base::instant{77});
    CHECK(first.why->cues.at(0).by_association == 0.25);
    CHECK(first.path.at(0).kind == "next");
    CHECK(second.group == 1);
    CHECK(second.field == "who");
    CHECK(second.source == "reconstructed");
    CHECK_FALSE(second.what);
    CHECK_FALSE(second.why);
  }

  TEST_CASE("members of other clusters, without the key, or with one's own store are not let in") {
    SUBCASE("another cluster") {
      peers_fixture f;
      f.bob.self = identity(2, 77);
      CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
      CHECK(f.bob_metrics.refused_cluster.value() == 1);
    }
    SUBCASE("another key") {
      peers_fixture f;
      f.alice.keys = {"the right key"};
      f.bob.keys = {"another key"};
      CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
      CHECK(f.alice_metrics.refused_proof.value() == 1); // the one that answers shows it first
    }
    SUBCASE("no key where one is needed") {
      peers_fixture f;
      f.bob.keys = {"a key"};
      CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
    }
    SUBCASE("a copy of the same folder") {
      peers_fixture f;
      f.bob.self = identity(1);
      f.bob.self.origin = {{2, 9}};
      CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
      CHECK(f.bob_metrics.refused_other.value() == 1);
    }
    SUBCASE("no common feature level") {
      peers_fixture f;
      f.bob.self.feature_min = f.bob.self.feature_max = 5;
      CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
    }
  }

  TEST_CASE("a node that dials itself notices, and counts nobody as refused") {
    peers_fixture f;
    f.bob.self = f.alice.self;
    CHECK(f.ask(*f.link()).error().code == base::errc::unavailable);
    CHECK(f.bob_metrics.refused_other.value() + f.alice_metrics.refused_other.value() == 0);
  }

  TEST_CASE("a key ring is rotated member by member without a break") {
    peers_fixture f;
    f.alice.keys = {"old"};
    f.bob.keys = {"old", "new"};
    CHECK(f.ask(*f.link()));
    f.alice.keys = {"new", "old"}; // proves with the new one, still takes the old
    CHECK(f.ask(*f.link()));
    f.bob.keys = {"new"};
    CHECK(f.ask(*f.link()));
  }

  TEST_CASE("a proof of one side, or for another nonce, is no proof") {
    const std::vector<std::string> keys{"a key"};
    const peer_hello alice{identity(1), {1, 1}}, bob{identity(2), {2, 2}};
    const auto proof = prove(keys, peer_side::dialled, alice, bob);
    CHECK(is_proof(proof, keys, peer_side::dialled, alice, bob));
    CHECK_FALSE(is_proof(proof, keys, peer_side::answered, alice, bob));
    CHECK_FALSE(is_proof(proof, keys, peer_side::dialled, bob, alice));
    CHECK_FALSE(is_proof(proof, keys, peer_side::dialled, {alice.who, {1, 2}}, bob));
    CHECK_FALSE(is_proof("", keys, peer_side::dialled, alice, bob));
    CHECK_FALSE(is_proof(proof, {}, peer_side::dialled, alice, bob));
  }

  TEST_CASE(
      "who cannot be reached is not dialled again at once, and what was queued is counted lost") {
    peers_fixture f;
    f.reachable = false;
    auto link = f.link();
    link->send(actors::channel::replication, "lost");
    CHECK(f.ask(*link).error().code == base::errc::unavailable);
    CHECK(f.ask(*link).error().code == base::errc::unavailable);
    CHECK(f.dials == 1);
    CHECK(f.alice_metrics.dropped.value() == 1);
    f.reachable = true;
    f.io.provider->getTimer().afterDelay(60 * kj::MILLISECONDS).wait(f.wait());
    CHECK(f.ask(*link));
    CHECK(f.alice_metrics.links.value() == 1);
  }

  TEST_CASE("a queue that is full takes no more") {
    peers_fixture f;
    auto link = f.link({.queue_bytes_max = 100});
    link->send(actors::channel::replication, std::string(80, 'a'));
    link->send(actors::channel::replication, std::string(80, 'b'));
    CHECK(f.alice_metrics.dropped.value() == 1);
    CHECK(f.ask(*link));
    REQUIRE(f.bobs.messages.size() == 1);
    CHECK(f.bobs.messages[0].message[0] == 'a');
  }

  TEST_CASE("every question comes back as it was asked") {
    const auto round_trip = [](decltype(actors::ask::what) what) {
      actors::ask asked;
      asked.space = {{1, 2}};
      asked.token = "token";
      asked.now = {123};
      asked.what = std::move(what);
      capnp::MallocMessageBuilder message;
      encode(asked, base::duration{500}, message.initRoot<schema::Ask>());
      auto got = decode(message.getRoot<schema::Ask>().asReader(), std::chrono::seconds(1));
      REQUIRE(got);
      CHECK((*got)->token == "token");
      CHECK((*got)->now == base::instant{123});
      CHECK((*got)->deadline == std::chrono::milliseconds(1'500));
      capnp::MallocMessageBuilder again;
      encode(**got, base::duration{500}, again.initRoot<schema::Ask>());
      CHECK(message.getRoot<schema::Ask>().asReader().toString().flatten() ==
            again.getRoot<schema::Ask>().asReader().toString().flatten());
    };
    memory::episode what;
    what.id = "walk";
    what.text = "We saw a heron";
    what.who = {"Ada", "Chen"};
    what.when = base::instant{77};
    what.embedding = memory::embedding{{1, -2, 127}, 0.5f};
    round_trip(actors::write_ask{{{memory::remember_op{what}, ""},
                                  {memory::associate_op{{"a", "b", "next", 0.5}}, "op-1"},
                                  {memory::forget_op{"a", memory::forget_mode::restore}, "op-2"},
                                  {memory::access_op{{{{3, 4}}, {{5, 6}}}, {99}}, "op-3"},
                                  {memory::configure_op{"decay", "power"}, "op-4"}},
                                 actors::durability::all});
    round_trip(actors::get_ask{{"a", "b"}});
    memory::recall_query recall;
    recall.cue.text = "heron";
    recall.cue.vector = what.embedding;
    recall.cue.from = base::instant{1};
    recall.cue.who = {"Ada"};
    recall.cue.tags_excluded = {"late"};
    recall.cue.like = {"walk"};
    recall.limit = 7;
    recall.spread = false;
    recall.explain = true;
    recall.confidence_min = 0.25;
    recall.now = {5};
    recall.primes = {{"walk", {4}}, {"walk", {3}}};
    round_trip(actors::recall_ask{recall, false});
    memory::spread_query spread;
    spread.from = {"walk"};
    spread.kinds = {"next"};
    spread.hops = spread.budget = 2;
    spread.decay = 0.25;
    round_trip(actors::spread_ask{spread, true});
    round_trip(actors::scan_ask{"cursor", 9});
    round_trip(actors::info_ask{});
    round_trip(actors::vector_ask{});
    round_trip(actors::concepts_ask{recall.cue, 5});
    round_trip(actors::consolidate_ask{});
    actors::watch_request watch;
    watch.cursor = "cursor";
    watch.kinds = {"revised"};
    watch.who = {"Ada"};
    watch.limit = 3;
    watch.wait = base::duration(5);
    round_trip(actors::watch_ask{watch});
    round_trip(actors::audit_ask{true});
    using kind = memory::purge_target::kind;
    round_trip(actors::purge_ask{{kind::person, "Ada"}, true});
    round_trip(actors::purge_ask{{kind::source, "walk"}, false});
    round_trip(actors::write_ask{{{memory::purge_op{{{{1, 2}}, {{3, 4}}}}, "once"}}, {}});
  }

  TEST_CASE("what a purge found comes back as it went") {
    capnp::MallocMessageBuilder message;
    encode(base::result<actors::answer>(actors::purge_reply{{{{1, 2}}, {{3, 4}}}, true}),
           message.initRoot<schema::AskResult>());
    const auto got = decode(message.getRoot<schema::AskResult>().asReader());
    REQUIRE(got);
    const auto& purged = std::get<actors::purge_reply>(*got);
    CHECK(purged.rewritten);
    CHECK(purged.keys == std::vector<base::memory_key>{{{1, 2}}, {{3, 4}}});
  }

  TEST_CASE("every answer comes back to the last bit") {
    actors::recall_reply recalled;
    memory::hit hit;
    hit.id = "walk";
    hit.score.raw = INT64_MAX;
    hit.activation.raw = (1ll << 61) + 1; // more bits than a double has
    hit.confidence = {0.25, 0.5, 0.75};
    hit.why.emplace();
    hit.why->cues = {{"heron", 1.5, 0.25}};
    hit.why->associations = {{"b", "next", "", 0.5, 0.125}};
    hit.why->factors = {{"date", 1.5}};
    recalled.answer.hits = {hit};
    recalled.answer.considered = 12;
    recalled.content.resize(1);
    recalled.content[0].what.id = "walk";
    recalled.content[0].what.text = "We saw a heron";
    recalled.content[0].last_access = base::instant{5};
    recalled.content[0].associations = {{"walk", "b", "next", 0.5}};
    recalled.coverage.memories = 40;
    recalled.token = "t";
    capnp::MallocMessageBuilder message;
    encode(base::result<actors::answer>(recalled), message.initRoot<schema::AskResult>());
    const auto got = decode(message.getRoot<schema::AskResult>().asReader());
    REQUIRE(got);
    const auto& back = std::get<actors::recall_reply>(*got);
    CHECK(back.answer.hits[0].score == hit.score);
    CHECK(back.answer.hits[0].activation == hit.activation);
    CHECK(back.answer.hits[0].why->cues[0].cue == "heron");
    CHECK(back.content[0].what.text == "We saw a heron");
    CHECK(back.content[0].last_access == base::instant{5});
    CHECK(back.content[0].associations.size() == 1);
    CHECK(back.coverage.memories == 40);
    CHECK(back.token == "t");

    actors::write_reply written;
    written.items.push_back(actors::receipt{true, {42}, actors::durability::all, 3});
    written.items.push_back(base::error{base::errc::conflict, "id=walk"});
    written.token = "w";
    capnp::MallocMessageBuilder other;
    encode(base::result<actors::answer>(written), other.initRoot<schema::AskResult>());
    const auto receipts = decode(other.getRoot<schema::AskResult>().asReader());
    REQUIRE(receipts);
    const auto& items = std::get<actors::write_reply>(*receipts).items;
    REQUIRE(items.size() == 2);
    CHECK(items[0]->stamp.value == 42);
    CHECK(items[0]->copies == 3);
    CHECK(items[1].error() == base::error{base::errc::conflict, "id=walk"});
  }

  TEST_CASE("what is told of vectors and concepts comes back as it was told") {
    const actors::vector_reply held{std::string(6'000, '\7')};
    capnp::MallocMessageBuilder third;
    encode(base::result<actors::answer>(held), third.initRoot<schema::AskResult>());
    const auto vector = decode(third.getRoot<schema::AskResult>().asReader());
    REQUIRE(vector);
    CHECK(std::get<actors::vector_reply>(*vector).vector == held.vector);

    actors::concept_row row{{1, 2},           {3, 4}, 0.625,  0.75,   12,
                            base::instant{1}, {},     0.1875, "walk", {"walk", "heron"}};
    const actors::concepts_reply listed{{row}, 3, 20, 40, true, {9}, {5, 6}};
    capnp::MallocMessageBuilder fourth;
    encode(base::result<actors::answer>(listed), fourth.initRoot<schema::AskResult>());
    const auto concepts = decode(fourth.getRoot<schema::AskResult>().asReader());
    REQUIRE(concepts);
    const auto& got_back = std::get<actors::concepts_reply>(*concepts);
    REQUIRE(got_back.concepts.size() == 1);
    CHECK(got_back.concepts[0].version == row.version);
    CHECK(got_back.concepts[0].similarity == row.similarity);
    CHECK(got_back.concepts[0].first == row.first);
    CHECK_FALSE(got_back.concepts[0].last);
    CHECK(got_back.concepts[0].citations == row.citations);
    CHECK(got_back.coarse);
    CHECK(got_back.content == listed.content);
    CHECK(got_back.members == 20);

    const actors::audit audited{7, {{1, 2}, {3, 4}}, true, false};
    capnp::MallocMessageBuilder fifth;
    encode(base::result<actors::answer>(audited), fifth.initRoot<schema::AskResult>());
    const auto sums = decode(fifth.getRoot<schema::AskResult>().asReader());
    REQUIRE(sums);
    const auto& heard = std::get<actors::audit>(*sums);
    CHECK(heard.digest == 7);
    CHECK(heard.buckets == audited.buckets);
    CHECK(heard.damaged);
    CHECK_FALSE(heard.rebuilding);
  }
}

} // namespace engram::node
