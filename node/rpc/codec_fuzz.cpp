#include "base/random.hpp"
#include "node/rpc/codec.hpp"
#include "tests/support/damaged_message.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

using namespace engram;
using namespace engram::node;

namespace {

std::string any_text(base::random& random) {
  std::string text;
  auto size = random.below(20);
  // Zero bytes and invalid UTF-8 too: the codec carries, acceptance judges.
  for (std::uint64_t i = 0; i < size; ++i) text += static_cast<char>(random.next());
  return text;
}

std::vector<std::string> any_texts(base::random& random) {
  std::vector<std::string> all(random.below(4));
  for (auto& each : all) each = any_text(random);
  return all;
}

memory::episode any_episode(base::random& random) {
  memory::episode what;
  what.id = any_text(random);
  what.text = any_text(random);
  what.title = any_text(random);
  what.speaker = any_text(random);
  what.who = any_texts(random);
  what.place = any_text(random);
  what.session = any_text(random);
  what.tags = any_texts(random);
  if (random.chance(0.5)) what.when = base::instant{static_cast<std::int64_t>(random.next())};
  if (random.chance(0.5)) {
    what.embedding.emplace();
    what.embedding->values.resize(1 + random.below(40));
    for (auto& each : what.embedding->values) each = static_cast<std::int8_t>(random.next());
    what.embedding->scale = static_cast<float>(random.unit());
  }
  what.confidence = random.unit();
  what.order = static_cast<std::int64_t>(random.next());
  return what;
}

bool same(const memory::episode& a, const memory::episode& b) {
  return a.id == b.id && a.text == b.text && a.title == b.title && a.speaker == b.speaker &&
         a.who == b.who && a.place == b.place && a.session == b.session && a.tags == b.tags &&
         a.when == b.when && a.embedding == b.embedding && a.confidence == b.confidence &&
         a.order == b.order;
}

template <class Type>
void decode_as(capnp::MessageReader& reader) {
  (void)decode(reader.getRoot<Type>());
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("an episode comes back from the wire as it went, whatever bytes it holds") {
    base::random random(1);
    for (int i = 0; i < 2000; ++i) {
      auto what = any_episode(random);
      capnp::MallocMessageBuilder message;
      auto root = message.initRoot<schema::Episode>();
      encode(what, root);
      CHECK(same(decode(root.asReader()), what));
    }
  }

  TEST_CASE("an association comes back from the wire as it went") {
    base::random random(2);
    for (int i = 0; i < 500; ++i) {
      memory::association what{any_text(random), any_text(random), any_text(random), random.unit()};
      capnp::MallocMessageBuilder message;
      auto root = message.initRoot<schema::Association>();
      encode(what, root);
      auto back = decode(root.asReader());
      CHECK(back.source == what.source);
      CHECK(back.target == what.target);
      CHECK(back.kind == what.kind);
      CHECK(back.weight == what.weight);
    }
  }

  TEST_CASE("a time of zero is a time, and an unknown time is none") {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<schema::Instant>();
    CHECK_FALSE(decode(root.asReader()).has_value());
    encode(base::instant{0}, root);
    CHECK(decode(root.asReader()) == base::instant{0});
  }

  TEST_CASE("an empty query has the defaults that the schema states") {
    capnp::MallocMessageBuilder message;
    auto recall = *decode(message.initRoot<schema::RecallQuery>().asReader());
    CHECK(recall.query.limit == memory::recall_query{}.limit);
    CHECK(recall.query.spread);
    CHECK(recall.with_content);
    CHECK_FALSE(recall.reinforce);
    CHECK(recall.query.now.ms == 0);
    CHECK(recall.read.level == actors::read_level::any);
    auto spread = *decode(message.initRoot<schema::SpreadQuery>().asReader());
    const memory::spread_query standard;
    CHECK(spread.query.hops == standard.hops);
    CHECK(spread.query.decay == standard.decay);
    CHECK(spread.query.threshold == standard.threshold);
    CHECK(spread.query.fan == standard.fan);
    CHECK(spread.query.budget == standard.budget);
    CHECK(spread.query.limit == standard.limit);
    CHECK(decode(message.initRoot<schema::Episode>().asReader()).confidence ==
          memory::episode{}.confidence);
    CHECK(decode(message.initRoot<schema::SpaceSpec>().asReader()).language == "english");
  }

  TEST_CASE(
      "every error of the table crosses the wire with its number, name, certainty and advice") {
    for (const auto& row : base::error_table()) {
      capnp::MallocMessageBuilder message;
      auto root = message.initRoot<schema::ErrorInfo>();
      encode(base::error{row.code, "about this"}, root);
      CHECK(root.getCode() == static_cast<std::uint16_t>(row.code));
      CHECK(decode(root.asReader().getName()) == row.name);
      CHECK(root.getIndefinite() == (row.certainty == base::certainty::indefinite));
      CHECK(static_cast<int>(root.getAdvice()) == static_cast<int>(row.advice));
      CHECK(decode(root.asReader().getContext()) == "about this");
    }
  }

  TEST_CASE("a message with any bytes changed is decoded within its size or is no message") {
    base::random random(3);
    int episodes = 0, queries = 0;
    constexpr int rounds = 3'000;
    for (int round = 0; round < rounds; ++round) {
      CAPTURE(round);
      capnp::MallocMessageBuilder query;
      auto cue = query.initRoot<schema::RecallQuery>().initCue();
      cue.setText("river stone");
      const auto who = any_texts(random);
      encode_texts(who, cue.initWho(static_cast<unsigned>(who.size())));
      queries += read_damaged(query, random, decode_as<schema::RecallQuery>,
                              decode_as<schema::SpreadQuery>, decode_as<schema::SpaceSpec>,
                              decode_as<schema::KeySpec>);
      capnp::MallocMessageBuilder episode;
      encode(any_episode(random), episode.initRoot<schema::Episode>());
      episodes += read_damaged(
          episode, random,
          [](capnp::MessageReader& reader) {
            const auto what = decode(reader.getRoot<schema::Episode>());
            CHECK(what.id.size() + what.text.size() < DAMAGED_WORDS_MAX * sizeof(capnp::word));
          },
          decode_as<schema::Association>);
    }
    for (const int read : {episodes, queries}) {
      CHECK(read > rounds / 20);
      CHECK(read < rounds);
    }
  }

  TEST_CASE("an enumerant that this node does not know is refused") {
    CHECK_FALSE(decode(static_cast<schema::Durability>(9)));
    CHECK_FALSE(decode(static_cast<schema::ForgetMode>(9)));
    capnp::MallocMessageBuilder message;
    auto spec = message.initRoot<schema::KeySpec>();
    spec.setScope(static_cast<schema::Scope>(9));
    CHECK_FALSE(decode(spec.asReader()));
  }

} // TEST_SUITE
