// Several whole nodes in one process: real stores, real cores, real sockets.
#include "node/node.hpp"

#include "node/gossip/member_file.hpp"
#include "node/system_clock.hpp"
#include "node/testing/certificates.hpp"
#include "node/testing/temporary_folder.hpp"
#include "tests/support/doctest.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>

using namespace engram;
using namespace engram::node;

namespace {

using membership::member_state;
using strings = std::vector<std::string>;

const std::string KEY(64, 'a'), OTHER_KEY(64, 'b');

/// Rings whenever any node logs something, as it does after everything that happens to members.
struct bell {
  std::mutex mutex;
  std::condition_variable rung;
  void ring() { rung.notify_all(); }
};
bell& news() {
  static bell only;
  return only;
}

/// Looks again at all news; false at a deadline that only a broken node reaches.
template <class Holds>
bool comes_true(Holds holds) {
  const system_clock clock;
  const auto end = clock.monotonic() + std::chrono::seconds(60);
  std::unique_lock lock(news().mutex);
  while (!holds()) {
    if (clock.monotonic() > end) return false;
    news().rung.wait_for(lock, std::chrono::milliseconds(20)); // counters change without news
  }
  return true;
}

std::shared_future<void> told_already() {
  std::promise<void> told;
  told.set_value();
  return told.get_future();
}

struct machine {
  temporary_folder folder;
  config settings;
  engram::node::log quiet{severity::info, log::format::text,
                          [](const std::string&) { news().ring(); }};
  std::unique_ptr<engram::node::node> it;

  explicit machine(const strings& join = {}, const std::string& key = "") {
    settings.data = folder.path + "/data";
    settings.rpc.port = settings.http.port = settings.gossip.port = 0;
    settings.probe_interval_ms = 200;
    settings.suspicion_multiplier = 2;
    if (!key.empty()) {
      settings.cluster_key_file = folder.path + "/key";
      std::ofstream(settings.cluster_key_file) << "# of this test\n" << key << "\n";
    }
    set_join(join);
  }
  void set_join(const strings& join) {
    settings.join.clear();
    for (const auto& each : join) settings.join.push_back(parse_address(each).value());
  }
  auto start(std::shared_future<void> give_up = {}) {
    return engram::node::node::start(
        settings, quiet, [](const base::error&) {}, give_up);
  }
  machine& run() {
    auto started = start();
    if (!started) FAIL(started.error().message());
    it = *std::move(started);
    settings.gossip = it->gossip(); // for the next run
    return *this;
  }
  std::string address() const { return it->gossip().text(); }

  actors::cluster_info cluster() const {
    std::promise<actors::cluster_info> got;
    it->service().cluster([&](base::result<actors::cluster_info> info) { got.set_value(*info); });
    return got.get_future().get();
  }
  int count(member_state state) const {
    int found = 0;
    for (const auto& each : cluster().members) found += each.state == state;
    return found;
  }
  bool sees(int alive, int dead) const {
    return count(member_state::alive) == alive && count(member_state::dead) == dead;
  }
  double metric(const std::string& series) const {
    const auto all = it->metrics().render();
    const auto at = all.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(all.substr(at + series.size() + 2));
  }
  /// With the file of known members, nothing else of the cluster.
  void stop_for_now() {
    REQUIRE(it->stop());
    it.reset();
  }
};

base::space_id make_space(machine& at) {
  std::promise<base::result<actors::space_info>> made;
  actors::space_spec notes;
  notes.name = "notes";
  at.it->service().create_space(notes, [&](auto done) { made.set_value(done); });
  return made.get_future().get().value().identity;
}

bool sees_space(machine& at) {
  std::promise<base::result<actors::space_info>> got;
  at.it->service().resolve("notes", [&](auto found) { got.set_value(std::move(found)); });
  return got.get_future().get().has_value();
}

base::errc wrote(machine& at, const base::space_id& where, actors::durability how) {
  std::promise<base::errc> got;
  memory::episode what;
  what.id = "one";
  what.text = "tea";
  at.it->service().remember(where, {what}, how, [&](base::result<actors::write_reply> done) {
    got.set_value(!done            ? done.error().code
                  : done->items[0] ? base::errc::ok
                                   : done->items[0].error().code);
  });
  return got.get_future().get();
}

/// Two members, and a space that both know.
struct two_members {
  machine first, second;
  base::space_id space;
  two_members() {
    first.run();
    space = make_space(first);
    second.set_join({first.address()});
    second.run();
    REQUIRE(comes_true([&] { return sees_space(second); }));
  }
};

/// The second half of each table of the column, where its index and properties are; how many.
int ruin_tables(const std::string& data, const std::string& column) {
  int ruined = 0;
  for (const auto& file : std::filesystem::directory_iterator(data + "/store")) {
    if (file.path().extension() != ".sst") continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (all.find(column) == std::string::npos) continue;
    for (auto at = all.size() / 2; at < all.size(); ++at) all[at] = static_cast<char>(~all[at]);
    std::ofstream(file.path(), std::ios::binary | std::ios::trunc) << all;
    ++ruined;
  }
  return ruined;
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("three nodes find each other through one seed, see one go and see it come back") {
    machine first;
    first.run();
    machine second({first.address()}, ""), third({first.address()});
    second.run(), third.run();
    for (const auto* each : {&first, &second, &third}) {
      CHECK(comes_true([&] { return each->sees(3, 0); }));
      CHECK(each->cluster().cluster == first.cluster().cluster);
    }
    const auto suspected = first.metric("engram_node_member_events_total{what=\"suspected\"}");
    third.stop_for_now();
    CHECK(comes_true([&] { return first.sees(2, 1) && second.sees(2, 1); }));
    // It said so: nobody had to suspect it.
    CHECK(first.metric("engram_node_member_events_total{what=\"suspected\"}") == suspected);

    third.set_join({}); // it remembers
    third.run();
    for (const auto* each : {&first, &second, &third})
      CHECK(comes_true([&] { return each->sees(3, 0); }));
    CHECK(third.metric("engram_node_members{state=\"alive\"}") == 3);
  }

  TEST_CASE("one list for all: who stands first founds, the others wait for it") {
    machine first, second, third;
    first.settings.gossip.port = 0;
    first.run();
    const auto list = strings{first.address(), "127.0.0.1:1"};
    first.stop_for_now();
    std::filesystem::remove_all(first.settings.data);
    for (auto* each : {&first, &second, &third}) each->set_join(list);
    auto waiting = std::async(std::launch::async, [&] { second.run(); });
    third.set_join({list[1], list[0]});
    auto also = std::async(std::launch::async, [&] { third.run(); });
    first.run();
    waiting.get(), also.get();
    for (const auto* each : {&first, &second, &third})
      CHECK(comes_true([&] { return each->sees(3, 0); }));
  }

  TEST_CASE("an empty folder that joins waits for its seed until it is told to stop") {
    machine alone({"127.0.0.1:1"});
    const auto given_up = alone.start(told_already());
    REQUIRE_FALSE(given_up);
    CHECK(given_up.error().code == base::errc::shutting_down);
    // It has founded nothing meanwhile, so it may still join.
    machine seed;
    seed.run();
    alone.set_join({seed.address()});
    alone.run();
    CHECK(alone.cluster().cluster == seed.cluster().cluster);
  }

  TEST_CASE("a folder with a cluster serves while its seeds are unreachable") {
    machine alone;
    alone.run();
    const auto cluster = alone.cluster().cluster;
    alone.stop_for_now();
    alone.set_join({"127.0.0.1:1"});
    alone.run();
    CHECK(alone.cluster().cluster == cluster);
  }

  TEST_CASE("a member that does not know the others any more takes itself for no quorum") {
    two_members both;
    machine &first = both.first, &second = both.second;
    const auto file = second.settings.data + "/members";
    for (const bool is_lost : {true, false}) {
      CAPTURE(is_lost);
      second.stop_for_now();
      first.stop_for_now();
      auto image = load_members(file).value().value();
      std::erase_if(image.members, [&](const auto& each) { return each.id != image.self; });
      CHECK(save_members(file, image)); // as it was before it had heard of anybody
      if (is_lost) std::filesystem::remove(file);
      second.run();
      CHECK(wrote(second, both.space, actors::durability::quorum) == base::errc::too_few_replicas);
      CHECK(wrote(second, both.space, actors::durability::local) == base::errc::ok);
      first.run();
      CHECK(comes_true(
          [&] { return wrote(second, both.space, actors::durability::quorum) == base::errc::ok; }));
    }
  }

  TEST_CASE(
      "a member whose tables cannot be opened is to be replaced, and serves only if told to") {
    two_members both;
    machine& second = both.second;
    REQUIRE(comes_true(
        [&] { return wrote(second, both.space, actors::durability::all) == base::errc::ok; }));
    for (int i = 0; i < 2; ++i) second.stop_for_now(), second.run(); // what was logged is in tables
    second.stop_for_now();
    REQUIRE(ruin_tables(second.settings.data, "payload") > 0);

    const auto refused = second.start();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::errc::corrupt);
    CHECK(refused.error().context.find("--serve-damaged") != std::string::npos);
    second.settings.serve_damaged = true;
    second.run();
  }

  TEST_CASE("a folder of another cluster is refused, and both sides count it") {
    machine mine, theirs;
    mine.run(), theirs.run();
    theirs.stop_for_now();
    theirs.set_join({mine.address()});
    theirs.run();
    const auto refused = "engram_node_peers_refused_total{why=\"cluster\"}";
    CHECK(comes_true([&] { return mine.metric(refused) > 0 && theirs.metric(refused) > 0; }));
    CHECK(mine.sees(1, 0));
    CHECK(theirs.sees(1, 0));
  }

  TEST_CASE("who has not the cluster's key is not let in and learns nothing") {
    machine seed({}, KEY);
    seed.run();
    machine friendly({seed.address()}, KEY);
    friendly.run();
    CHECK(comes_true([&] { return seed.sees(2, 0) && friendly.sees(2, 0); }));

    for (const auto& key : {OTHER_KEY, std::string()}) {
      machine stranger({seed.address()}, key);
      const auto refused = stranger.start(told_already());
      REQUIRE_FALSE(refused);
    }
    // A former member whose key is wrong now: known by its cluster, not by its key.
    friendly.stop_for_now();
    std::ofstream(friendly.settings.cluster_key_file) << OTHER_KEY << "\n";
    friendly.run();
    CHECK(comes_true([&] {
      return friendly.metric("engram_node_peers_refused_total{why=\"proof\"}") > 0 &&
             seed.metric("engram_node_malformed_total{port=\"gossip\",what=\"key\"}") > 0;
    }));
    CHECK(seed.sees(1, 1));
  }

  TEST_CASE(
      "with an authority members speak TLS with each other, and only who it signed is let in") {
    const certificates made;
    REQUIRE(made.are_there());
    const auto secure = [&](machine& each, const std::string& as) {
      each.settings.tls_cert = made.certificate(as);
      each.settings.tls_key = made.key(as);
      each.settings.tls_peer_ca = made.certificate("ca");
      each.settings.tls_peer_name = "localhost";
    };
    machine seed;
    secure(seed, "server");
    seed.run();
    for (const auto* as : {"intruder", ""}) {
      machine stranger({seed.address()});
      if (*as) secure(stranger, as);
      REQUIRE_FALSE(stranger.start(told_already()));
    }
    CHECK(comes_true([&] {
      return seed.metric("engram_node_malformed_total{port=\"peer\",what=\"handshake\"}") == 2;
    }));
    machine friendly({seed.address()});
    secure(friendly, "client");
    friendly.run();
    CHECK(comes_true([&] { return seed.sees(2, 0) && friendly.sees(2, 0); }));

    machine misnamed({seed.address()});
    secure(misnamed, "client");
    misnamed.settings.tls_peer_name = "engram";
    REQUIRE_FALSE(misnamed.start(told_already()));
  }

  TEST_CASE("random bytes on the peer port are counted and harm nobody") {
    machine first;
    first.run();
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(first.it->gossip().port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (const auto& bytes : {std::string(64, '\xff'), std::string("GET / HTTP/1.1\r\n\r\n")}) {
      const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
      REQUIRE(::connect(handle, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
      REQUIRE(::send(handle, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
      ::close(handle);
    }
    CHECK(comes_true([&] {
      return first.metric("engram_node_malformed_total{port=\"peer\",what=\"framing\"}") +
                 first.metric("engram_node_malformed_total{port=\"peer\",what=\"cut\"}") ==
             2;
    }));
    machine second({first.address()});
    second.run();
    CHECK(comes_true([&] { return first.sees(2, 0); }));
  }

  TEST_CASE("members reach each other by the names they advertise") {
    machine first, second;
    first.settings.advertise = "localhost:0";
    first.run();
    second.settings.advertise = "localhost:0";
    second.set_join({"localhost:" + std::to_string(first.it->gossip().port)});
    second.run();
    CHECK(comes_true([&] { return first.sees(2, 0) && second.sees(2, 0); }));
    CHECK(first.cluster().members[0].address.starts_with("localhost:"));
  }

} // TEST_SUITE
