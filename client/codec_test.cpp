#include "base/bytes.hpp"
#include "client/codec.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

#include <cstring>
#include <fstream>

namespace engram::client {
namespace {

/// The words of a golden file, which holds a canonical message a line in hexadecimal digits.
kj::Array<capnp::word> golden(const std::string& name, int line = 1) {
  std::ifstream file(std::string(ENGRAM_GOLDEN_DIR) + "/" + name);
  std::string hex;
  while (line-- > 0) std::getline(file, hex);
  const auto bytes = base::from_hex(hex);
  REQUIRE(bytes);
  REQUIRE(!bytes->empty());
  auto words = kj::heapArray<capnp::word>(bytes->size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes->data(), words.asBytes().size());
  return words;
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("the cluster is read from bytes that were written when its message was new") {
  const auto words = golden("client_cluster_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto seen = decode(reader.getRoot<schema::Cluster>());
  CHECK(seen.verdict == "2 of 4 members alive");
  CHECK(seen.self == seen.members.at(0).store);
  CHECK(seen.cluster.size() == 32);
  REQUIRE(seen.members.size() == 4);
  CHECK(seen.members[0].state == member_state::alive);
  CHECK(seen.members[1].state == member_state::suspect);
  CHECK(seen.members[2].state == member_state::dead);
  CHECK(seen.members[3].state == member_state::left);
  CHECK(seen.members[3].address == "[::1]:7434");
  CHECK(seen.members[3].incarnation == 9);
  REQUIRE(seen.spaces.size() == 1);
  const auto& space = seen.spaces[0];
  CHECK(space.name == "notes");
  CHECK(space.factor == 3);
  CHECK(space.quorum == 2);
  REQUIRE(space.replicas.size() == 4);
  CHECK(space.replicas[0].lag_entries == 0);
  CHECK(space.replicas[1].lag_entries == 12);
  CHECK(space.replicas[1].lag == base::duration{340});
  CHECK_FALSE(space.replicas[2].lag_entries.has_value());
  CHECK_FALSE(space.replicas[3].placed);
}

TEST_CASE("an answer of several spaces is read from bytes that were written when it was new") {
  const auto words = golden("client_recall_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto answer = decode(reader.getRoot<schema::RecallAnswer>());
  REQUIRE(answer.hits.size() == 1);
  CHECK(answer.hits[0].space == "notes");
  REQUIRE(answer.hits[0].at_full_coverage);
  CHECK(answer.hits[0].at_full_coverage->low == 0.375);
  CHECK(answer.coverage.lagging == 12);
  CHECK(answer.coverage.missing.high == 0.5);
  REQUIRE(answer.coverage.missing_spaces.size() == 1);
  CHECK(answer.coverage.missing_spaces[0].name == "diary");
  CHECK(answer.coverage.missing_spaces[0].why.code == base::errc::deadline_exceeded);
}

TEST_CASE("what is said of concepts is read from bytes that were written when it was new") {
  const auto read = [](const kj::Array<capnp::word>& words, auto use) {
    const kj::ArrayPtr<const capnp::word> segments[] = {words};
    capnp::SegmentArrayMessageReader reader(segments);
    use(reader);
  };
  read(golden("client_concepts_v1.hex"), [](auto& reader) {
    const auto answer = decode(reader.template getRoot<schema::ConceptsAnswer>());
    REQUIRE(answer.concepts.size() == 1);
    CHECK(answer.concepts[0].strength == 0.625);
    CHECK(answer.concepts[0].similarity == 0.25);
    CHECK(answer.concepts[0].last == base::instant{2});
    CHECK(answer.concepts[0].citations == std::vector<std::string>{"walk", "heron"});
    CHECK(answer.coarse);
    CHECK(answer.members == 20);
    CHECK(answer.content.size() == 32);
  });
  read(golden("client_concepts_v1.hex", 2), [](auto& reader) {
    const auto made = decode(reader.template getRoot<schema::Consolidation>());
    CHECK(made.changed == 1);
    CHECK(made.took_us == 99);
    CHECK(made.shared);
  });
  read(golden("client_concepts_v1.hex", 3), [](auto& reader) {
    const auto answer = decode(reader.template getRoot<schema::KnowingAnswer>());
    REQUIRE(answer.spaces.size() == 1);
    CHECK(answer.spaces[0].space == "notes");
    CHECK(answer.spaces[0].match.high == 0.5);
    CHECK(answer.spaces[0].as_of == base::instant{9});
    CHECK(answer.spaces_asked == 7);
    CHECK(answer.spaces_shared == 2);
  });
}

TEST_CASE("a certificate of a purge is read from bytes that were written when it was new") {
  const auto words = golden("client_purge_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto made = decode(reader.getRoot<schema::PurgeCertificate>());
  CHECK(made.memories == 4);
  CHECK_FALSE(made.complete);
  REQUIRE(made.replicas.size() == 2);
  CHECK(made.replicas[0].confirmed);
  CHECK(made.replicas[1].why == "out of reach");
  CHECK(made.at == base::instant{5});
}

TEST_CASE("events are read from bytes that were written when they were new") {
  const auto words = golden("client_events_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto answer = decode(reader.getRoot<schema::Events>());
  CHECK(answer.cursor == "cursor");
  CHECK(answer.missed == 3);
  REQUIRE(answer.events.size() == 2);
  const auto &remembered = answer.events[0], &seen = answer.events[1];
  CHECK(remembered.kind == "remembered");
  CHECK(remembered.at == base::instant{77});
  CHECK(remembered.ids == std::vector<std::string>{"walk"});
  CHECK(remembered.what->text == "We saw a heron");
  CHECK(remembered.sequence == 9);
  CHECK(remembered.origin == "00000000000000010000000000000002");
  CHECK(seen.origin.empty());
  CHECK(seen.detail == "why");
  CHECK(seen.measures == measures{{"changed", 4}});
}

TEST_CASE("events of several spaces are read from bytes that were written when they were new") {
  const auto words = golden("client_watch_set_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto answer = decode(reader.getRoot<schema::Events>());
  REQUIRE(answer.events.size() == 2);
  CHECK(answer.events[0].space == "notes");
  REQUIRE(answer.silent.size() == 1);
  CHECK(answer.silent[0].first == "attic");
  CHECK(answer.silent[0].second.code == base::errc::unavailable);
}

TEST_CASE("an answer of the query language is read from bytes that were written when it was new") {
  const auto words = golden("client_query_v1.hex");
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto answer = decode(reader.getRoot<schema::QueryAnswer>());
  CHECK(answer.verb == "RECALL");
  CHECK(answer.verdict == "not enough evidence for place");
  CHECK(answer.measures == measures{{"considered", 7}});
  CHECK(answer.coverage.replicas_asked == 3);
  CHECK(answer.token == "token");
  REQUIRE(answer.findings.size() == 2);
  const auto &recalled = answer.findings[0], &field = answer.findings[1];
  CHECK(recalled.value == "m");
  CHECK(recalled.confidence.low == 0.25);
  CHECK(recalled.because == std::vector<std::string>{"walk", "heron"});
  CHECK(recalled.measures.at(0) == std::pair<std::string, double>{"score", 2.5});
  CHECK(recalled.what.value().when == base::instant{77});
  CHECK(recalled.why.value().cues.at(0).cue == "heron");
  CHECK(recalled.path.at(0).from == "walk");
  CHECK(recalled.space == "notes");
  CHECK(recalled.at_full_coverage.value().high == 0.625);
  CHECK(field.group == 1);
  CHECK(field.field == "who");
  CHECK(field.source == "reconstructed");
  CHECK_FALSE(field.what);
}

TEST_CASE("a statement is written as nodes have read it since it was new") {
  const auto words = golden("client_query_v1.hex", 2);
  capnp::MallocMessageBuilder message;
  query asked;
  asked.text = "RECALL $cue LIMIT $n";
  asked.parameters = {{"cue", "heron"},
                      {"ids", std::vector<std::string>{"a", "b"}},
                      {"n", 5.0},
                      {"vector", std::vector<double>{0.5, -0.25}}};
  asked.space = "notes";
  auto root = message.initRoot<schema::Query>();
  encode(asked, root);
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  capnp::SegmentArrayMessageReader reader(segments);
  const auto kept = reader.getRoot<schema::Query>();
  CHECK(to_string(root.asReader().getText()) == to_string(kept.getText()));
  CHECK(to_string(root.asReader().getSpace()) == to_string(kept.getSpace()));
  REQUIRE(kept.getParameters().size() == 4);
  for (unsigned i = 0; i < 4; ++i)
    CHECK(capnp::canonicalize(root.asReader().getParameters()[i]).asBytes() ==
          capnp::canonicalize(kept.getParameters()[i]).asBytes());
}

TEST_CASE("a member state of a newer node is read as one not to rely on") {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<schema::Cluster>();
  root.initMembers(1)[0].setState(static_cast<schema::Cluster::MemberState>(9));
  CHECK(decode(root.asReader()).members.at(0).state == member_state::suspect);
}

TEST_SUITE_END();

} // namespace engram::client
