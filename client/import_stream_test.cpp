// Streams that outlive the nodes they began at.
#include "client/testing/fake_node.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {
namespace {

using numbers = std::vector<std::uint64_t>;

struct stream_fixture : fake_nodes {
  std::optional<connection> through;

  import_stream open_stream(std::size_t servers, std::uint64_t next = 1) {
    through = *open(servers);
    auto made = wait(through->open_space("notes").open_stream("walk", next));
    REQUIRE_MESSAGE(made, made.error().message());
    return *std::move(made);
  }
  base::result<void> push(import_stream& to, std::size_t count = 1) {
    import_batch batch;
    batch.episodes.resize(count);
    for (auto& each : batch.episodes) each.text = "text";
    return wait(to.push(batch));
  }
};

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("a stream goes on at another node behind the last number that is settled") {
  stream_fixture f;
  f.nodes[0].items_max = 5;
  auto stream = f.open_stream(2);
  for (int n = 0; n < 4; ++n) REQUIRE(f.push(stream, 2)); // the third batch meets the end
  const auto end = f.wait(stream.finish());
  REQUIRE_MESSAGE(end, end.error().message());
  CHECK(end->settled == 8);
  CHECK(f.nodes[0].items == numbers{1, 2, 3, 4, 5});
  REQUIRE(f.nodes[1].streams.size() == 1);
  const auto from = f.nodes[1].streams[0]; // of what it had settled the node may not have told
  CHECK((from == 1 || from == 3 || from == 5));
  numbers rest;
  for (auto n = from; n <= 8; ++n) rest.push_back(n);
  CHECK(f.nodes[1].items == rest);
}

TEST_CASE("an error that may pass is waited out, at the next server when there is one") {
  using enum base::errc;
  for (const auto code : {overloaded, too_few_replicas, shutting_down, write_failed}) {
    stream_fixture f;
    auto stream = f.open_stream(2);
    REQUIRE(f.push(stream, 3));
    REQUIRE(f.wait(stream.progress(0))->settled == 3);
    f.nodes[0].stream_ends_with = code;
    REQUIRE(f.push(stream, 2));
    const auto end = f.wait(stream.finish());
    REQUIRE_MESSAGE(end, end.error().message());
    CHECK(end->settled == 5);
    CHECK(f.nodes[1].streams == numbers{4});
    CHECK(f.nodes[1].items == numbers{4, 5});
  }
}

TEST_CASE("a refusal of what a lost node may have taken is uncertain, of anything later certain") {
  stream_fixture f;
  f.nodes[0].items_max = 2;
  f.nodes[1].item_refusal = base::errc::conflict;
  auto stream = f.open_stream(2);
  REQUIRE(f.push(stream, 3));
  REQUIRE(f.push(stream, 1));
  const auto end = f.wait(stream.finish());
  REQUIRE_MESSAGE(end, end.error().message());
  REQUIRE(end->refused.size() == 4);
  CHECK(end->refused[0].why.certainty() == base::certainty::indefinite);
  CHECK(end->refused[2].why.certainty() == base::certainty::indefinite);
  REQUIRE(f.push(stream, 1));
  const auto later = f.wait(stream.progress(4));
  REQUIRE(later);
  REQUIRE(later->refused.size() == 1);
  CHECK(later->refused[0].why.code == base::errc::conflict);
}

TEST_CASE("an error for good ends the stream, and what waits for it hears why") {
  stream_fixture f;
  auto stream = f.open_stream(2);
  auto waiting = stream.progress(0);
  f.nodes[0].stream_ends_with = base::errc::unknown_space;
  REQUIRE(f.push(stream));
  const auto heard = f.wait(kj::mv(waiting));
  REQUIRE_FALSE(heard);
  CHECK(heard.error().code == base::errc::unknown_space);
  CHECK(f.wait(stream.finish()).error().code == base::errc::unknown_space);
  CHECK(f.push(stream).error().code == base::errc::unknown_space);
  CHECK(f.nodes[1].dialled == 0);
}

TEST_CASE("when all nodes are gone patience ends with the loss") {
  stream_fixture f;
  f.nodes[0].items_max = 1;
  f.nodes[1].is_there = false;
  auto stream = f.open_stream(2);
  REQUIRE(f.push(stream));
  REQUIRE(f.wait(stream.progress(0)));
  (void)f.push(stream);
  const auto end = f.wait(stream.finish());
  REQUIRE_FALSE(end);
  CHECK(end.error().code == base::errc::disconnected);
}

TEST_CASE("a node that takes items and never settles them is left") {
  stream_fixture f;
  f.nodes[0].settles = false;
  auto stream = f.open_stream(2);
  REQUIRE(f.push(stream, 2));
  const auto end = f.wait(stream.finish());
  REQUIRE_MESSAGE(end, end.error().message());
  CHECK(f.nodes[1].items == numbers{1, 2});
}

TEST_CASE("a stream without work stays where it is, however long") {
  stream_fixture f;
  auto stream = f.open_stream(2);
  REQUIRE(f.push(stream, 2));
  REQUIRE(f.wait(stream.progress(0))->settled == 2);
  for (int n = 0; n < 5; ++n) {
    f.timer.advanceTo(f.timer.now() + 61 * kj::SECONDS);
    kj::Promise<void> never = kj::NEVER_DONE;
    never.poll(f.loop.io().waitScope);
  }
  REQUIRE(f.push(stream));
  CHECK(f.wait(stream.finish())->settled == 3);
  CHECK(f.nodes[0].streams == numbers{1});
}

TEST_CASE("a stream that is taken up again begins with the number it is given") {
  stream_fixture f;
  auto stream = f.open_stream(1, 41);
  CHECK(stream.pushed() == 40);
  REQUIRE(f.push(stream, 2));
  CHECK(f.wait(stream.finish())->settled == 42);
  CHECK(f.nodes[0].streams == numbers{41});
}

TEST_SUITE_END();

} // namespace engram::client
