// Whatever a node answers, the client reads values within the message's size or says that it is no
// message.
#include "client/codec.hpp"
#include "tests/support/damaged_message.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {
namespace {

episode any_episode(base::random& random) {
  episode what;
  what.id = random.hash().hex();
  what.text = std::string(random.below(60), 'x');
  what.who = {"Ada", "Bo"};
  what.tags.assign(random.below(4), "tag");
  if (random.chance(0.5)) what.when = base::instant{static_cast<std::int64_t>(random.next())};
  return what;
}

template <class Type>
void decode_as(capnp::MessageReader& reader) {
  (void)decode(reader.getRoot<Type>());
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("an episode comes back from the wire as it went") {
  base::random random(1);
  for (int round = 0; round < 500; ++round) {
    const auto what = any_episode(random);
    capnp::MallocMessageBuilder message;
    encode(what, message.initRoot<schema::Episode>());
    const auto back = decode(message.getRoot<schema::Episode>().asReader());
    CHECK(back.id == what.id);
    CHECK(back.text == what.text);
    CHECK(back.who == what.who);
    CHECK(back.tags == what.tags);
    CHECK(back.when == what.when);
  }
}

TEST_CASE("an answer with any bytes changed is read within its size or is no message") {
  base::random random(2);
  int read = 0;
  constexpr int rounds = 4'000;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    capnp::MallocMessageBuilder message;
    auto answer = message.initRoot<schema::RecallAnswer>();
    auto hits = answer.initHits(3);
    for (unsigned i = 0; i < hits.size(); ++i) encode(any_episode(random), hits[i].initEpisode());
    read += read_damaged(
        message, random,
        [](capnp::MessageReader& reader) {
          const auto got = decode(reader.getRoot<schema::RecallAnswer>());
          CHECK(got.hits.size() <= DAMAGED_WORDS_MAX);
        },
        decode_as<schema::QueryAnswer>, decode_as<schema::Language>,
        decode_as<schema::SpreadAnswer>, decode_as<schema::MemoryRecord>, decode_as<schema::Status>,
        decode_as<schema::SpaceInfo>, decode_as<schema::KeyInfo>, decode_as<schema::Cluster>,
        decode_as<schema::ErrorInfo>);
  }
  CHECK(read > rounds / 20);
  CHECK(read < rounds);
}

TEST_SUITE_END();

} // namespace engram::client
