// What is said of concepts, to clients and between members.
#include "node/rpc/codec.hpp"

namespace engram::node {

namespace {

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

void set_hash(const base::hash128& hash, auto&& set) {
  const auto bytes = hash.bytes();
  set(capnp::Data::Reader(bytes.data(), bytes.size()));
}

base::hash128 hash_of(capnp::Data::Reader from) {
  if (from.size() != 16) return {};
  return base::hash128::from_bytes(std::span<const std::uint8_t, 16>(from.begin(), 16));
}

void encode(const actors::concept_row& from, schema::Concept::Builder into) {
  set_hash(from.name, [&](auto bytes) { into.setName(bytes); });
  set_hash(from.version, [&](auto bytes) { into.setVersion(bytes); });
  into.setStrength(from.strength);
  into.setCoherence(from.coherence);
  into.setMembers(from.members);
  if (from.first) node::encode(from.first, into.initFirst());
  if (from.last) node::encode(from.last, into.initLast());
  into.setSimilarity(from.similarity);
  into.setExemplar(text_of(from.exemplar));
  encode_texts(from.citations, into.initCitations(count_of(from.citations)));
}

actors::concept_row decode(schema::Concept::Reader from) {
  actors::concept_row out;
  out.name = hash_of(from.getName());
  out.version = hash_of(from.getVersion());
  out.strength = from.getStrength();
  out.coherence = from.getCoherence();
  out.members = from.getMembers();
  out.first = node::decode(from.getFirst());
  out.last = node::decode(from.getLast());
  out.similarity = from.getSimilarity();
  out.exemplar = node::decode(from.getExemplar());
  out.citations = node::decode(from.getCitations());
  return out;
}

} // namespace

void encode(const actors::concepts_reply& from, schema::ConceptsAnswer::Builder into) {
  auto list = into.initConcepts(count_of(from.concepts));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.concepts[i], list[i]);
  into.setTotal(from.total);
  into.setMembers(from.members);
  into.setMemories(from.memories);
  into.setCoarse(from.coarse);
  into.setAsOfMs(from.as_of.ms);
  set_hash(from.content, [&](auto bytes) { into.setContent(bytes); });
}

actors::concepts_reply decode(schema::ConceptsAnswer::Reader from) {
  actors::concepts_reply out;
  for (auto each : from.getConcepts()) out.concepts.push_back(decode(each));
  out.total = from.getTotal();
  out.members = from.getMembers();
  out.memories = from.getMemories();
  out.coarse = from.getCoarse();
  out.as_of = base::instant{from.getAsOfMs()};
  out.content = hash_of(from.getContent());
  return out;
}

void encode(const actors::consolidation_report& from, schema::Consolidation::Builder into) {
  into.setTotal(from.total);
  into.setMembers(from.members);
  into.setMemories(from.memories);
  into.setChanged(from.changed);
  into.setTookUs(from.took_us);
  into.setShared(from.shared);
  set_hash(from.content, [&](auto bytes) { into.setContent(bytes); });
}

actors::consolidation_report decode(schema::Consolidation::Reader from) {
  actors::consolidation_report out;
  out.total = from.getTotal();
  out.members = from.getMembers();
  out.memories = from.getMemories();
  out.changed = from.getChanged();
  out.took_us = from.getTookUs();
  out.shared = from.getShared();
  out.content = hash_of(from.getContent());
  return out;
}

void encode(const actors::knowledge& from, schema::Knowledge::Builder into) {
  into.setSpace(text_of(from.space));
  encode(from.match, into.initMatch());
  into.setConcepts(from.concepts);
  into.setMembers(from.members);
  into.setMemories(from.memories);
  if (from.first) encode(from.first, into.initFirst());
  if (from.last) encode(from.last, into.initLast());
  into.setAsOfMs(from.as_of.ms);
}

void encode(const actors::knowing_reply& from, schema::KnowingAnswer::Builder into) {
  auto list = into.initSpaces(count_of(from.spaces));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.spaces[i], list[i]);
  into.setSpacesAsked(from.spaces_asked);
  into.setSpacesShared(from.spaces_shared);
}

base::result<actors::concepts_request> decode(schema::ConceptQuery::Reader from) {
  actors::concepts_request out{decode(from.getCue()), from.getLimit(), {}};
  TRY_ASSIGN(out.read, decode(from.getRead()));
  return out;
}

} // namespace engram::node
