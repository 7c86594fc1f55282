// What is said of concepts.
#include "client/codec.hpp"

#include "base/bytes.hpp"

namespace engram::client {

namespace {

std::optional<base::instant> time_of(schema::Instant::Reader from) {
  if (!from.getKnown()) return std::nullopt;
  return base::instant{from.getMs()};
}

concept_row decode_row(schema::Concept::Reader from) {
  concept_row to;
  to.name = base::to_hex(to_string(from.getName()));
  to.version = base::to_hex(to_string(from.getVersion()));
  to.strength = from.getStrength();
  to.coherence = from.getCoherence();
  to.members = from.getMembers();
  to.first = time_of(from.getFirst());
  to.last = time_of(from.getLast());
  to.similarity = from.getSimilarity();
  to.exemplar = to_string(from.getExemplar());
  for (auto id : from.getCitations()) to.citations.push_back(to_string(id));
  return to;
}

} // namespace

void encode(const concept_query& from, schema::ConceptQuery::Builder to) {
  encode(from.cue, to.initCue());
  to.setLimit(from.limit);
  encode(from.read, to.initRead());
}

knowledge decode(schema::Knowledge::Reader from) {
  knowledge to;
  to.space = to_string(from.getSpace());
  to.match = decode(from.getMatch());
  to.concepts = from.getConcepts();
  to.members = from.getMembers();
  to.memories = from.getMemories();
  to.first = time_of(from.getFirst());
  to.last = time_of(from.getLast());
  to.as_of = base::instant{from.getAsOfMs()};
  return to;
}

concepts_answer decode(schema::ConceptsAnswer::Reader from) {
  concepts_answer to;
  for (auto each : from.getConcepts()) to.concepts.push_back(decode_row(each));
  to.total = from.getTotal();
  to.members = from.getMembers();
  to.memories = from.getMemories();
  to.coarse = from.getCoarse();
  to.as_of = base::instant{from.getAsOfMs()};
  to.content = base::to_hex(to_string(from.getContent()));
  to.took_us = from.getTookUs();
  return to;
}

consolidation decode(schema::Consolidation::Reader from) {
  consolidation to;
  to.total = from.getTotal();
  to.members = from.getMembers();
  to.memories = from.getMemories();
  to.changed = from.getChanged();
  to.took_us = from.getTookUs();
  to.shared = from.getShared();
  to.content = base::to_hex(to_string(from.getContent()));
  return to;
}

purge_certificate decode(schema::PurgeCertificate::Reader from) {
  purge_certificate to;
  to.memories = from.getMemories();
  to.complete = from.getComplete();
  for (auto each : from.getReplicas())
    to.replicas.push_back({base::to_hex(to_string(each.getStore())), each.getConfirmed(),
                           std::string(each.getWhy().cStr(), each.getWhy().size())});
  to.at = base::instant{from.getAtMs()};
  return to;
}

knowing_answer decode(schema::KnowingAnswer::Reader from) {
  knowing_answer to;
  to.spaces = decode_list<knowledge>(from.getSpaces());
  to.spaces_asked = from.getSpacesAsked();
  to.spaces_shared = from.getSpacesShared();
  to.took_us = from.getTookUs();
  return to;
}

} // namespace engram::client
