// Several servers behind one connection: nodes of the schema's interfaces, joined by pipes.
#include "client/connection.hpp"
#include "client/link.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/rpc-twoparty.h>
#include <kj/debug.h>

namespace engram::client {
namespace {

/// A node that keeps the ids it is told to remember, or refuses as it is set to.
struct fake_node {
  bool is_there = true;
  bool is_mute = false;
  std::optional<base::errc> refusal;      // of writes
  std::optional<base::errc> item_refusal; // of each item of a write
  bool hangs_up_next = false;             // having heard of the write
  bool speaks_our_version = true;
  int dialled = 0;
  std::vector<std::string> asked; // ids, also of what was refused
  std::vector<kj::Own<capnp::TwoPartyServer>> connections;

  dialer way();
};

void refuse(base::errc code, schema::ErrorInfo::Builder into) {
  into.setCode(static_cast<std::uint16_t>(code));
}

class fake_space final : public schema::MemorySpace::Server {
public:
  explicit fake_space(fake_node& node) : node_(node) {}
  kj::Promise<void> remember(RememberContext context) override {
    for (auto each : context.getParams().getEpisodes())
      node_.asked.push_back(to_string(each.getId()));
    auto result = context.getResults().initResult();
    if (node_.hangs_up_next) {
      node_.hangs_up_next = false;
      return kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__, kj::str("gone"));
    }
    if (node_.item_refusal)
      refuse(*node_.item_refusal, result.initOk().initReceipts(1)[0].initError());
    else if (node_.refusal)
      refuse(*node_.refusal, result.initError());
    else
      result.initOk().initReceipts(context.getParams().getEpisodes().size());
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

class fake_session final : public schema::Session::Server {
public:
  explicit fake_session(fake_node& node) : node_(node) {}
  kj::Promise<void> space(SpaceContext context) override {
    context.getResults().initResult().initOk().setSpace(kj::heap<fake_space>(node_));
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

class fake_bootstrap final : public schema::Engram::Server {
public:
  explicit fake_bootstrap(fake_node& node) : node_(node) {}
  kj::Promise<void> hello(HelloContext context) override {
    auto hello = context.getResults().initHello();
    hello.setFeatureMin(node_.speaks_our_version ? 1 : 99);
    hello.setFeatureMax(99);
    return kj::READY_NOW;
  }
  kj::Promise<void> authenticate(AuthenticateContext context) override {
    auto result = context.getResults().initResult();
    if (context.getParams().getKey() == "wrong")
      refuse(base::errc::unauthenticated, result.initError());
    else
      result.setSession(kj::heap<fake_session>(node_));
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

dialer fake_node::way() {
  return [this]() -> kj::Promise<kj::Own<kj::AsyncIoStream>> {
    ++dialled;
    if (!is_there)
      return kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__,
                           kj::str("nobody is there"));
    if (is_mute) return kj::NEVER_DONE;
    auto pipe = kj::newTwoWayPipe();
    connections.push_back(kj::heap<capnp::TwoPartyServer>(kj::heap<fake_bootstrap>(*this)));
    connections.back()->accept(kj::mv(pipe.ends[0]));
    return kj::mv(pipe.ends[1]);
  };
}

/// Everything happens in one thread, and time passes when nothing else does.
struct fixture {
  event_loop loop;
  kj::TimerImpl timer{kj::origin<kj::TimePoint>()};
  fake_node nodes[3];

  template <class T>
  base::result<T> wait(promise<T> what) {
    while (!what.poll(loop.io().waitScope)) timer.advanceTo(KJ_ASSERT_NONNULL(timer.nextEvent()));
    return what.wait(loop.io().waitScope);
  }
  base::result<connection> open(std::size_t count, connection_options options = {}) {
    std::vector<dialer> ways;
    for (std::size_t i = 0; i < count; ++i) ways.push_back(nodes[i].way());
    return wait(connection::open(std::move(ways), timer, std::move(options)));
  }
  base::result<write_result> remember(const connection& through, const std::string& id) {
    episode what;
    what.id = id;
    what.text = "text";
    return wait(through.open_space("notes").remember({what}));
  }
};

using names = std::vector<std::string>;

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("the first server that answers is used, and the others are left alone") {
  fixture f;
  f.nodes[0].is_there = false;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a"));
  CHECK(f.nodes[1].asked == names{"a"});
  CHECK(f.nodes[2].dialled == 0);
}

TEST_CASE(
    "a server that says nothing is gone on from, and nobody is there when none says anything") {
  fixture f;
  f.nodes[0].is_mute = f.nodes[1].is_mute = true;
  CHECK(f.open(3));
  CHECK(f.nodes[2].dialled == 1);
  f.nodes[2].is_mute = true;
  CHECK(f.open(3).error().code == base::errc::disconnected);
}

TEST_CASE("when nobody is there each server was dialled once and the loss is told") {
  fixture f;
  for (auto& each : f.nodes) each.is_there = false;
  const auto made = f.open(3);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == base::errc::disconnected);
  for (const auto& each : f.nodes) CHECK(each.dialled == 1);
}

TEST_CASE("what a node cannot do now is done by the next one under the same id") {
  using enum base::errc;
  for (const auto code : {unavailable, shutting_down, overloaded, too_few_replicas, clock_skew}) {
    fixture f;
    f.nodes[0].refusal = code;
    const auto made = f.open(2);
    REQUIRE(made);
    CHECK(f.remember(*made, "a"));
    CHECK(f.nodes[0].asked == names{"a"});
    CHECK(f.nodes[1].asked == names{"a"});
    CHECK(f.remember(*made, "b"));
    CHECK(f.nodes[1].asked == names{"a", "b"}); // and it stays there
  }
}

TEST_CASE("what would be refused anywhere is refused at once") {
  fixture f;
  f.nodes[0].refusal = base::errc::conflict;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::conflict);
  CHECK(f.nodes[0].asked.size() == 1);
  CHECK(f.nodes[1].dialled == 0);
}

TEST_CASE("an error that another node may not have is met at each server once") {
  fixture f;
  for (auto& each : f.nodes) each.refusal = base::errc::shutting_down;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::shutting_down);
  for (const auto& each : f.nodes) CHECK(each.asked.size() == 1);
}

TEST_CASE("a wrong key is told by the first server, another version by the last") {
  fixture f;
  connection_options wrong;
  wrong.key = "wrong";
  CHECK(f.open(2, wrong).error().code == base::errc::unauthenticated);
  CHECK(f.nodes[1].dialled == 0);
  f.nodes[0].speaks_our_version = false;
  CHECK(f.open(2));
  CHECK(f.nodes[1].dialled == 1);
}

TEST_CASE("a lone server is tried again while patience lasts, then its refusal is the answer") {
  fixture f;
  f.nodes[0].refusal = base::errc::overloaded;
  const auto made = f.open(1);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::overloaded);
  CHECK(f.nodes[0].asked.size() == 8); // after 0, 50, 150, 350, 750, 1550, 2550, 3550 ms
  CHECK(f.nodes[0].dialled == 1);
}

TEST_CASE("a refusal after an attempt that may have taken effect is itself uncertain") {
  fixture f;
  const auto made = f.open(2);
  REQUIRE(made);
  f.nodes[0].hangs_up_next = true;
  f.nodes[1].item_refusal = base::errc::conflict;
  const auto doubtful = f.remember(*made, "a");
  REQUIRE(doubtful);
  CHECK(doubtful->items.at(0).error().certainty() == base::certainty::indefinite);
  CHECK(doubtful->items[0].error().context.find("conflict") != std::string::npos);
  const auto sure = f.remember(*made, "b"); // the first attempt is refused
  REQUIRE(sure);
  CHECK(sure->items.at(0).error().code == base::errc::conflict);
}

TEST_CASE("so is the refusal of a whole call") {
  fixture f;
  const auto made = f.open(2);
  REQUIRE(made);
  f.nodes[0].hangs_up_next = true;
  f.nodes[1].refusal = base::errc::unknown_space;
  CHECK(f.remember(*made, "a").error().certainty() == base::certainty::indefinite);
  CHECK(f.remember(*made, "b").error().code == base::errc::unknown_space);
}

TEST_SUITE_END();

} // namespace engram::client
