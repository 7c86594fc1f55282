#include "base/random.hpp"
#include "node/rpc/buffered_stream.hpp"
#include "node/testing/edge_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/serialize.h>
#include <kj/debug.h>

using namespace engram;
using namespace engram::node;

namespace {

/// Reads whatever the server says until it closes, so that neither side waits for the other.
kj::Promise<void> swallow(kj::AsyncIoStream& from) {
  return from.readAllBytes().then([](kj::Array<kj::byte>) {}, [](kj::Exception&&) {});
}

void send_and_close(rpc_fixture& f, const std::string& bytes) {
  auto pipe = kj::newTwoWayPipe();
  f.server.adopt(kj::mv(pipe.ends[0]));
  auto& mine = *pipe.ends[1];
  auto reading = swallow(mine).eagerlyEvaluate(nullptr);
  mine.write(bytes.data(), bytes.size())
      .catch_([](kj::Exception&&) {}) // the server may hang up on the way
      .exclusiveJoin(f.io.provider->getTimer().afterDelay(5 * kj::SECONDS))
      .wait(f.wait());
  auto ignored = kj::runCatchingExceptions([&]() { mine.shutdownWrite(); });
  (void)ignored;
  reading.wait(f.wait());
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("random bytes close their connection and the node lives") {
    rpc_fixture f;
    base::random random(20261121);
    for (int round = 0; round < 300; ++round) {
      std::string bytes;
      auto size = 1 + random.below(600);
      for (std::uint64_t i = 0; i < size; ++i) bytes += static_cast<char>(random.next());
      if (round % 3 == 0)
        bytes.replace(0, std::min<std::size_t>(8, bytes.size()),
                      std::string("\0\0\0\0\x04\0\0\0", 8));
      send_and_close(f, bytes);
    }
    CHECK(f.server.connections() == 1); // the fixture's own
    f.session();
    auto framing = f.metric("engram_node_malformed_total{port=\"rpc\",what=\"framing\"}");
    CHECK(std::stoi(framing) > 100);
  }

  TEST_CASE("a message cut anywhere closes its connection and is counted") {
    rpc_fixture f;
    capnp::MallocMessageBuilder message;
    message.initRoot<schema::Cue>().setText("cut me");
    auto flat = capnp::messageToFlatArray(message);
    auto bytes = flat.asBytes();
    for (std::size_t length = 1; length < bytes.size(); ++length) {
      send_and_close(f, std::string(reinterpret_cast<const char*>(bytes.begin()), length));
    }
    CHECK(f.metric("engram_node_malformed_total{port=\"rpc\",what=\"cut\"}") ==
          std::to_string(bytes.size() - 1));
    f.session();
  }

  TEST_CASE("a message above the limit is refused before its bytes are waited for") {
    rpc_fixture f;
    auto words = static_cast<std::uint32_t>(f.settings.message_bytes_max / 8 + 1);
    std::string header(8, '\0');
    for (int i = 0; i < 4; ++i)
      header[static_cast<std::size_t>(4 + i)] = static_cast<char>(words >> (8 * i));
    send_and_close(f, header);
    CHECK(f.metric("engram_node_malformed_total{port=\"rpc\",what=\"framing\"}") == "1");
  }

  TEST_CASE("any sequence of messages comes out as it went in, however it is cut into reads") {
    auto io = kj::setupAsyncIo();
    base::random random(7);
    for (int round = 0; round < 20; ++round) {
      auto pipe = kj::newTwoWayPipe();
      buffered_stream sender(*pipe.ends[0], [](auto) {});
      buffered_stream receiver(*pipe.ends[1], [](auto) {});
      std::vector<std::string> texts;
      for (int i = 0; i < 30; ++i) {
        auto size = random.chance(0.1) ? random.below(300'000) : random.below(200);
        texts.emplace_back(size, static_cast<char>('a' + i % 26));
      }
      kj::Promise<void> sending = kj::READY_NOW;
      for (const auto& text : texts) {
        capnp::MallocMessageBuilder message(1 + static_cast<unsigned>(random.below(64)));
        message.initRoot<schema::Cue>().setText(text_of(text));
        // The bytes are copied before the call returns, so the message need not outlive it.
        auto sent = sender.writeMessage(message);
        sending = sending.then([sent = kj::mv(sent)]() mutable { return kj::mv(sent); });
      }
      auto pushed = sending.eagerlyEvaluate(nullptr);
      for (const auto& text : texts) {
        auto got = receiver.readMessage().wait(io.waitScope);
        CHECK(decode(got->getRoot<schema::Cue>().getText()) == text);
      }
      pushed.wait(io.waitScope);
      auto ending = sender.end().eagerlyEvaluate(nullptr);
      CHECK(receiver.tryReadMessage().wait(io.waitScope) == nullptr);
    }
  }

} // TEST_SUITE
