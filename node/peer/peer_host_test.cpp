// Peer hosts with loops and sockets of their own, over sinks that do as they are told.
#include "node/peer/peer_host.hpp"

#include "node/peer/loop_queue.hpp"
#include "node/testing/edge_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <condition_variable>
#include <future>
#include <thread>

namespace engram::node {

namespace {

/// Answers asks, or keeps them; tells of the first message.
struct obedient_sink final : actors::peer_sink {
  std::promise<std::string> first;
  std::atomic<int> messages{0};
  bool answers = true;
  std::mutex mutex;
  std::condition_variable grown;
  std::vector<actors::reply<actors::answer>> kept;

  void message_arrived(const actors::peer_identity&, actors::channel, std::string what) override {
    if (messages++ == 0) first.set_value(std::move(what));
  }
  void asked(const actors::peer_identity&, std::shared_ptr<actors::ask>,
             actors::reply<actors::answer> done) override {
    if (answers) return done(actors::answer(actors::scan_page{{}, "end"}));
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(done));
    grown.notify_all();
  }
  void wait_for_kept(std::size_t count) {
    std::unique_lock lock(mutex);
    grown.wait(lock, [&] { return kept.size() >= count; });
  }
};

struct member {
  edge_fixture& shared;
  obedient_sink sink;
  base::registry registry;
  base::store_id id;
  std::unique_ptr<peer_host> host;

  member(edge_fixture& with, std::uint64_t n, std::uint16_t port = 0) : shared(with), id{{n, n}} {
    host = peer_host::start({with.log, with.clock, with.entropy, registry, sink, {}, {}}).value();
    if (port != 0) open(port);
  }
  ~member() { host->close(); }
  void open(std::uint16_t port) {
    const address at{"127.0.0.1", port};
    REQUIRE(host->open(shared.owner, at, {{1, 1}, id, {{7, 7}}, 1, 1, at.text()}));
  }
  std::future<base::result<actors::answer>> ask(const base::store_id& of,
                                                std::chrono::milliseconds patience) {
    auto what = std::make_shared<actors::ask>();
    what->deadline = shared.clock.monotonic() + patience;
    what->what = actors::info_ask{};
    auto promise = std::make_shared<std::promise<base::result<actors::answer>>>();
    host->send(of, what, [promise](auto got) { promise->set_value(std::move(got)); });
    return promise->get_future();
  }
};

std::uint16_t free_port(edge_fixture& with) {
  auto receiver =
      with.io.provider->getNetwork().parseAddress("127.0.0.1", 0).wait(with.wait())->listen();
  return static_cast<std::uint16_t>(receiver->getPort());
}

constexpr auto LONG = std::chrono::seconds(60);

} // namespace

TEST_SUITE("node") {

  TEST_CASE("a member is asked where it was introduced, and nowhere else") {
    edge_fixture f;
    const auto at = free_port(f), other = free_port(f);
    member alice(f, 1, other), bob(f, 2, at);
    const auto address = "127.0.0.1:" + std::to_string(at);
    CHECK(alice.ask(bob.id, LONG).get().error().code == base::errc::unavailable);
    alice.host->introduce(bob.id, address);
    CHECK(alice.ask(bob.id, LONG).get());
    // Somebody else is said to be there now: who answers is not who was meant.
    const base::store_id carol{{3, 3}};
    alice.host->introduce(carol, address);
    CHECK(alice.ask(carol, LONG).get().error().code == base::errc::unavailable);
    alice.host->forget(bob.id);
    CHECK(alice.ask(bob.id, LONG).get().error().code == base::errc::unavailable);
  }

  TEST_CASE(
      "messages of many threads arrive, and what is sent before the port is open is counted") {
    edge_fixture f;
    const auto at = free_port(f), other = free_port(f);
    member alice(f, 1), bob(f, 2, at);
    const auto address = "127.0.0.1:" + std::to_string(at);
    alice.host->send(address, actors::channel::replication, "too early");
    alice.open(other);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 100; ++n)
          alice.host->send(address, actors::channel::replication, "hello");
      });
    }
    for (auto& each : threads) each.join();
    CHECK(bob.sink.first.get_future().get() == "hello");
    alice.host->introduce(bob.id, address);
    // An ask follows the messages that left before it.
    while (bob.sink.messages < 400) REQUIRE(alice.ask(bob.id, LONG).get());
    CHECK(alice.registry.render().find("engram_node_peer_dropped_total 1\n") != std::string::npos);
  }

  TEST_CASE("a new member on the address of one that is gone is called back at once") {
    edge_fixture f;
    const auto at = free_port(f), other = free_port(f);
    member alice(f, 1, other);
    const auto address = "127.0.0.1:" + std::to_string(at);
    const base::store_id gone{{2, 2}};
    alice.host->introduce(gone, address);
    const auto dials_failed = [&alice](int times) {
      const auto line = "engram_node_peer_dials_failed_total " + std::to_string(times) + "\n";
      return alice.registry.render().find(line) != std::string::npos;
    };
    while (!dials_failed(4)) REQUIRE_FALSE(alice.ask(gone, LONG).get()); // now the pause is long
    member carol(f, 3, at);
    carol.host->introduce(alice.id, "127.0.0.1:" + std::to_string(other));
    REQUIRE(carol.ask(alice.id, LONG).get());
    alice.host->introduce(carol.id, address);
    CHECK(alice.ask(carol.id, LONG).get());
  }

  TEST_CASE("who does not answer in time, or is cut off, leaves no ask unanswered") {
    edge_fixture f;
    const auto at = free_port(f), other = free_port(f);
    member alice(f, 1, other), bob(f, 2, at);
    bob.sink.answers = false;
    alice.host->introduce(bob.id, "127.0.0.1:" + std::to_string(at));
    auto waiting = alice.ask(bob.id, LONG), closed = alice.ask(bob.id, LONG);
    bob.sink.wait_for_kept(2);
    CHECK(alice.ask(bob.id, std::chrono::milliseconds(1)).get().error().code ==
          base::errc::timed_out);
    SUBCASE("by the other side") {
      bob.host->close();
      CHECK(waiting.get().error().code == base::errc::disconnected);
      CHECK(closed.get().error().code == base::errc::disconnected);
    }
    SUBCASE("by its own") {
      alice.host->close();
      CHECK(waiting.get().error().code == base::errc::disconnected);
      CHECK_FALSE(alice.ask(bob.id, LONG).get());
    }
  }

  TEST_CASE("a joiner is told the cluster, and who has no cluster may not enter") {
    edge_fixture f;
    const auto at = free_port(f);
    member seed(f, 1, at), joiner(f, 2);
    CHECK(joiner.host->ask_seed({"127.0.0.1", at}).value() == base::hash128{1, 1});
    CHECK_FALSE(joiner.host->ask_seed({"127.0.0.1", 1}));
  }

  TEST_CASE("a queue to a loop takes no more than it may hold, and nothing once closed") {
    edge_fixture f;
    loop_queue queue(100);
    int ran = 0;
    CHECK(queue.post([&] { ++ran; }, 60));
    CHECK_FALSE(queue.post([&] { ran += 100; }, 60));
    CHECK(queue.post([&] { ++ran; }, 40));
    auto running = queue.run().eagerlyEvaluate(nullptr);
    f.io.waitScope.poll();
    CHECK(ran == 2);
    std::thread([&] { CHECK(queue.post([&] { ++ran; }, 100)); }).join();
    while (ran < 3) f.io.provider->getTimer().afterDelay(0 * kj::SECONDS).wait(f.wait());
    queue.close();
    CHECK_FALSE(queue.post([&] { ran += 100; }, 1));
  }

} // TEST_SUITE

} // namespace engram::node
