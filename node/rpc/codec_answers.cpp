// What clients hear.
#include "node/rpc/codec.hpp"
#include "node/version.hpp"

#include <algorithm>

namespace engram::node {

namespace {

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

void set_hash(const base::hash128& hash, auto&& set) {
  auto bytes = hash.bytes();
  set(capnp::Data::Reader(bytes.data(), bytes.size()));
}

void encode_content(const std::string& id, const actors::memory_record* content,
                    schema::Episode::Builder into) {
  if (content) return encode(content->what, into);
  into.setId(text_of(id));
}

const actors::memory_record* content_of(const std::vector<actors::memory_record>& content,
                                        std::size_t i) {
  return i < content.size() ? &content[i] : nullptr;
}

} // namespace

void encode(const memory::explanation& from, schema::Explanation::Builder into) {
  auto cues = into.initCues(count_of(from.cues));
  for (unsigned i = 0; i < cues.size(); ++i) {
    cues[i].setCue(text_of(from.cues[i].cue));
    cues[i].setFirstHand(from.cues[i].first_hand);
    cues[i].setByAssociation(from.cues[i].by_association);
  }
  auto associations = into.initAssociations(count_of(from.associations));
  for (unsigned i = 0; i < associations.size(); ++i) {
    const auto& share = from.associations[i];
    associations[i].setFrom(text_of(share.from));
    associations[i].setKind(text_of(share.kind));
    associations[i].setDetail(text_of(share.detail));
    associations[i].setWeight(share.weight);
    associations[i].setAmount(share.amount);
  }
  auto factors = into.initFactors(count_of(from.factors));
  for (unsigned i = 0; i < factors.size(); ++i) {
    factors[i].setName(text_of(from.factors[i].first));
    factors[i].setValue(from.factors[i].second);
  }
  into.setRetention(from.retention);
  into.setDistinctness(from.distinctness);
}

void encode(const base::result<actors::receipt>& from, schema::Receipt::Builder into) {
  if (!from) return encode(from.error(), into.initError());
  auto ok = into.initOk();
  ok.setKnown(from->known);
  ok.setHlc(from->stamp.value);
  ok.setDurability(static_cast<schema::Durability>(from->achieved));
  ok.setCopies(from->copies);
}

void encode(const actors::write_reply& from, schema::MemorySpace::ReceiptsResult::Builder into) {
  auto ok = into.initOk();
  auto list = ok.initReceipts(count_of(from.items));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.items[i], list[i]);
  ok.setToken(data_of(from.token));
}

void encode(const actors::memory_record& from, schema::MemoryRecord::Builder into) {
  encode(from.what, into.initEpisode());
  into.setStoredMs(from.stored_at.ms);
  into.setSuppressed(from.suppressed);
  into.setAccessCount(from.access_count);
  if (from.last_access) encode(from.last_access, into.initLastAccess());
  into.setRetention(from.retention);
  auto list = into.initAssociations(count_of(from.associations));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.associations[i], list[i]);
}

void encode(const std::vector<actors::memory_record>& from,
            capnp::List<schema::MemoryRecord>::Builder into) {
  for (unsigned i = 0; i < from.size(); ++i) encode(from[i], into[i]);
}

void encode(const actors::coverage& from, schema::Coverage::Builder into) {
  into.setSpacesAsked(from.spaces_asked);
  into.setSpacesAnswered(from.spaces_answered);
  into.setReplicasAsked(from.replicas_asked);
  into.setReplicasAnswered(from.replicas_answered);
  into.setMemories(from.memories);
  into.setDamaged(from.damaged);
  into.setStaleMs(from.stale_ms);
  encode(from.missing, into.initMissing());
  into.setLagging(from.lagging);
  if (from.missing_spaces.empty()) return;
  auto list = into.initMissingSpaces(count_of(from.missing_spaces));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(text_of(from.missing_spaces[i].name));
    encode(from.missing_spaces[i].why, list[i].initWhy());
    if (from.missing_spaces[i].known) encode(*from.missing_spaces[i].known, list[i].initKnown());
  }
}

void encode(const memory::hit& from, const actors::memory_record* content,
            schema::Hit::Builder into) {
  encode_content(from.id, content, into.initEpisode());
  if (content) into.setStoredMs(content->stored_at.ms);
  into.setScore(from.score.to_double());
  into.setActivation(from.activation.to_double());
  encode(from.confidence, into.initConfidence());
  if (from.why) encode(*from.why, into.initWhy());
}

void encode(const memory::activated& from, const actors::memory_record* content,
            schema::SpreadAnswer::Activated::Builder into) {
  encode_content(from.id, content, into.initEpisode());
  into.setActivation(from.activation.to_double());
  auto steps = into.initPath(count_of(from.best_path));
  for (unsigned i = 0; i < steps.size(); ++i) {
    const auto& step = from.best_path[i];
    steps[i].setFrom(text_of(step.from));
    steps[i].setTo(text_of(step.to));
    steps[i].setKind(text_of(step.kind));
    steps[i].setAmount(step.amount);
  }
}

void encode(const actors::recall_reply& from, schema::RecallAnswer::Builder into) {
  const auto& hits = from.answer.hits;
  auto list = into.initHits(count_of(hits));
  for (unsigned i = 0; i < list.size(); ++i) {
    encode(hits[i], content_of(from.content, i), list[i]);
    if (i < from.spaces.size()) list[i].setSpace(text_of(from.spaces[i]));
    if (i < from.at_full_coverage.size())
      encode(from.at_full_coverage[i], list[i].initAtFullCoverage());
  }
  into.setConsidered(from.answer.considered);
  encode(from.coverage, into.initCoverage());
  into.setToken(data_of(from.token));
}

void encode(const actors::spread_reply& from, schema::SpreadAnswer::Builder into) {
  const auto& memories = from.answer.memories;
  auto list = into.initMemories(count_of(memories));
  for (unsigned i = 0; i < list.size(); ++i)
    encode(memories[i], content_of(from.content, i), list[i]);
  into.setRounds(from.answer.rounds);
  encode(from.coverage, into.initCoverage());
}

void encode(const actors::space_info& from, schema::SpaceInfo::Builder into) {
  into.setName(text_of(from.spec.name));
  set_hash(from.identity.value, [&](auto bytes) { into.setIdentity(bytes); });
  into.setGeneration(from.generation);
  into.setDimension(from.spec.dimension);
  into.setLanguage(text_of(from.spec.language));
  into.setMemories(from.memories);
  into.setAssociations(from.associations);
  into.setSuppressed(from.suppressed);
  into.setGraves(from.graves);
  into.setDamaged(from.damaged);
  into.setMemoryBytes(from.memory_bytes);
  into.setParked(from.parked);
  set_hash(from.state_hash, [&](auto bytes) { into.setStateHash(bytes); });
  into.setEntries(from.entries);
  into.setDiskBytes(from.disk_bytes);
}

void encode(const actors::key_info& from, schema::KeyInfo::Builder into) {
  into.setId(text_of(from.id));
  auto spec = into.initSpec();
  spec.setLabel(text_of(from.spec.label));
  spec.setScope(static_cast<schema::Scope>(from.spec.scope));
  encode_texts(from.spec.spaces, spec.initSpaces(count_of(from.spec.spaces)));
  into.setCreatedMs(from.created.ms);
  into.setRevoked(from.revoked);
}

void encode(const actors::node_status& from, schema::Status::Builder into) {
  into.setVersion(text_of(std::string(version())));
  set_hash(from.store.value, [&](auto bytes) { into.setStoreId(bytes); });
  set_hash(from.cluster, [&](auto bytes) { into.setClusterId(bytes); });
  set_hash(from.origin.value, [&](auto bytes) { into.setOriginId(bytes); });
  into.setUptimeMs(static_cast<std::uint64_t>(from.uptime.count()));
  into.setReady(from.ready);
  into.setVerdict(text_of(from.verdict));
  auto spaces = into.initSpaces(count_of(from.spaces));
  for (unsigned i = 0; i < spaces.size(); ++i) encode(from.spaces[i], spaces[i]);
  into.setBytesOnDisk(from.bytes_on_disk);
  into.setBytesFree(from.bytes_free);
  into.setBytesResident(from.bytes_resident);
  into.setAcceptingWrites(from.accepting_writes);
  into.setNowMs(from.now.ms);
}

} // namespace engram::node
