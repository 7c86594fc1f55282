// What members answer each other.
#include "node/peer/peer_codec.hpp"
#include "node/peer/peer_values.hpp"

namespace engram::node {

namespace {

using node::decode;
using node::encode;

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

// -- values that only go this way between members --

base::error decode(schema::ErrorInfo::Reader from) {
  const auto code = static_cast<base::errc>(from.getCode());
  const bool known = base::info(code).code == code && code != base::errc::ok;
  if (known) return {code, decode(from.getContext())};
  return {base::errc::internal, "a member answered with an unknown error: " +
                                    decode(from.getName()) + " " + decode(from.getContext())};
}

memory::interval decode(schema::Interval::Reader from) {
  return {from.getLow(), from.getPoint(), from.getHigh()};
}

actors::coverage decode(schema::Coverage::Reader from) {
  actors::coverage out;
  out.spaces_asked = from.getSpacesAsked();
  out.spaces_answered = from.getSpacesAnswered();
  out.replicas_asked = from.getReplicasAsked();
  out.replicas_answered = from.getReplicasAnswered();
  out.memories = from.getMemories();
  out.damaged = from.getDamaged();
  out.stale_ms = from.getStaleMs();
  out.missing = decode(from.getMissing());
  out.lagging = from.getLagging();
  return out;
}

memory::explanation decode(schema::Explanation::Reader from) {
  memory::explanation out;
  for (auto each : from.getCues())
    out.cues.push_back({decode(each.getCue()), each.getFirstHand(), each.getByAssociation()});
  for (auto each : from.getAssociations())
    out.associations.push_back({decode(each.getFrom()), decode(each.getKind()),
                                decode(each.getDetail()), each.getWeight(), each.getAmount()});
  for (auto each : from.getFactors())
    out.factors.emplace_back(decode(each.getName()), each.getValue());
  out.retention = from.getRetention();
  out.distinctness = from.getDistinctness();
  return out;
}

base::result<actors::receipt> decode(schema::Receipt::Reader from) {
  if (from.isError()) return decode(from.getError());
  const auto ok = from.getOk();
  actors::receipt out;
  out.known = ok.getKnown();
  out.stamp.value = ok.getHlc();
  TRY_ASSIGN(out.achieved, decode(ok.getDurability()));
  out.copies = ok.getCopies();
  return out;
}

actors::memory_record decode(schema::MemoryRecord::Reader from) {
  actors::memory_record out;
  out.what = decode(from.getEpisode());
  out.stored_at = base::instant{from.getStoredMs()};
  out.suppressed = from.getSuppressed();
  out.access_count = from.getAccessCount();
  out.last_access = decode(from.getLastAccess());
  out.retention = from.getRetention();
  for (auto each : from.getAssociations()) out.associations.push_back(decode(each));
  return out;
}

std::vector<actors::memory_record> decode(capnp::List<schema::MemoryRecord>::Reader from) {
  std::vector<actors::memory_record> out;
  out.reserve(from.size());
  for (auto each : from) out.push_back(decode(each));
  return out;
}

base::result<actors::space_info> decode(schema::SpaceInfo::Reader from) {
  actors::space_info out;
  out.spec = {decode(from.getName()), from.getDimension(), decode(from.getLanguage())};
  TRY_ASSIGN(out.identity.value, decode_hash(from.getIdentity()));
  out.generation = from.getGeneration();
  out.memories = from.getMemories();
  out.associations = from.getAssociations();
  out.suppressed = from.getSuppressed();
  out.graves = from.getGraves();
  out.damaged = from.getDamaged();
  out.memory_bytes = from.getMemoryBytes();
  out.parked = from.getParked();
  TRY_ASSIGN(out.state_hash, decode_hash(from.getStateHash()));
  out.entries = from.getEntries();
  out.disk_bytes = from.getDiskBytes();
  return out;
}

base::result<actors::audit> decode(schema::Audit::Reader from) {
  actors::audit out;
  out.digest = from.getDigest();
  const auto bytes = from.getBuckets();
  for (std::size_t i = 0; i < bytes.size(); i += 16) {
    TRY_ASSIGN(const auto bucket, decode_hash(bytes.slice(i, std::min(i + 16, bytes.size()))));
    out.buckets.push_back(bucket);
  }
  out.damaged = from.getDamaged();
  out.rebuilding = from.getRebuilding();
  return out;
}

// -- answers --

void encode_each(const actors::write_reply& from, schema::AskResult::Builder into) {
  auto written = into.initWritten();
  auto list = written.initReceipts(count_of(from.items));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.items[i], list[i]);
  written.setToken(data_of(from.token));
}

actors::write_reply decode(schema::AskResult::Written::Reader from) {
  actors::write_reply out;
  for (auto each : from.getReceipts()) out.items.push_back(decode(each));
  out.token = decode(from.getToken());
  return out;
}

void encode_each(const std::vector<actors::memory_record>& from, schema::AskResult::Builder into) {
  encode(from, into.initRecords(count_of(from)));
}

void encode_each(const actors::recall_reply& from, schema::AskResult::Builder into) {
  auto out = into.initRecalled();
  auto list = out.initHits(count_of(from.answer.hits));
  for (unsigned i = 0; i < list.size(); ++i) {
    const auto& hit = from.answer.hits[i];
    encode(hit, nullptr, list[i].initHit());
    list[i].setScore(hit.score.raw);
    list[i].setActivation(hit.activation.raw);
  }
  encode(from.content, out.initContent(count_of(from.content)));
  out.setConsidered(from.answer.considered);
  encode(from.coverage, out.initCoverage());
  out.setToken(data_of(from.token));
}

actors::recall_reply decode(schema::Recalled::Reader from) {
  actors::recall_reply out;
  for (auto each : from.getHits()) {
    memory::hit hit;
    hit.id = decode(each.getHit().getEpisode().getId());
    hit.score.raw = each.getScore();
    hit.activation.raw = each.getActivation();
    hit.confidence = decode(each.getHit().getConfidence());
    if (each.getHit().hasWhy()) hit.why = decode(each.getHit().getWhy());
    out.answer.hits.push_back(std::move(hit));
  }
  out.content = decode(from.getContent());
  out.answer.considered = from.getConsidered();
  out.coverage = decode(from.getCoverage());
  out.token = decode(from.getToken());
  return out;
}

void encode_each(const actors::spread_reply& from, schema::AskResult::Builder into) {
  auto out = into.initSpread();
  auto list = out.initMemories(count_of(from.answer.memories));
  for (unsigned i = 0; i < list.size(); ++i) {
    encode(from.answer.memories[i], nullptr, list[i].initMemory());
    list[i].setActivation(from.answer.memories[i].activation.raw);
  }
  encode(from.content, out.initContent(count_of(from.content)));
  out.setRounds(from.answer.rounds);
  encode(from.coverage, out.initCoverage());
}

actors::spread_reply decode(schema::Spread::Reader from) {
  actors::spread_reply out;
  for (auto each : from.getMemories()) {
    memory::activated memory;
    memory.id = decode(each.getMemory().getEpisode().getId());
    memory.activation.raw = each.getActivation();
    for (auto step : each.getMemory().getPath())
      memory.best_path.push_back(
          {decode(step.getFrom()), decode(step.getTo()), decode(step.getKind()), step.getAmount()});
    out.answer.memories.push_back(std::move(memory));
  }
  out.content = decode(from.getContent());
  out.answer.rounds = from.getRounds();
  out.coverage = decode(from.getCoverage());
  return out;
}

void encode_each(const actors::query_reply& from, schema::AskResult::Builder into) {
  encode(from, into.initAnswered());
}

memory::measures decode(capnp::List<schema::Factor>::Reader from) {
  memory::measures out;
  for (auto each : from) out.emplace_back(decode(each.getName()), each.getValue());
  return out;
}

memory::finding decode(schema::QueryAnswer::Finding::Reader from) {
  memory::finding out;
  out.group = from.getGroup();
  out.field = decode(from.getField());
  out.value = decode(from.getValue());
  out.confidence = decode(from.getConfidence());
  out.source = decode(from.getSource());
  out.because = decode(from.getBecause());
  out.measures = decode(from.getMeasures());
  if (from.hasEpisode())
    out.what = std::make_shared<const memory::episode>(decode(from.getEpisode()));
  if (from.hasWhy()) out.why = decode(from.getWhy());
  for (auto step : from.getPath())
    out.path.push_back(
        {decode(step.getFrom()), decode(step.getTo()), decode(step.getKind()), step.getAmount()});
  return out;
}

/// One replica answers of one space, so nothing is said of spaces or of full coverage.
actors::query_reply decode(schema::QueryAnswer::Reader from) {
  actors::query_reply out;
  out.answer.verb = decode(from.getVerb());
  out.answer.verdict = decode(from.getVerdict());
  for (auto each : from.getFindings()) out.answer.findings.push_back(decode(each));
  out.answer.measures = decode(from.getMeasures());
  out.coverage = decode(from.getCoverage());
  out.token = decode(from.getToken());
  return out;
}

void encode_each(const actors::scan_page& from, schema::AskResult::Builder into) {
  auto page = into.initPage();
  encode(from.records, page.initEntries(count_of(from.records)));
  page.setCursor(data_of(from.cursor));
}

void encode_each(const actors::space_info& from, schema::AskResult::Builder into) {
  encode(from, into.initInfo());
}

void encode_each(const actors::vector_reply& from, schema::AskResult::Builder into) {
  into.setVector(data_of(from.vector));
}

void encode_each(const actors::concepts_reply& from, schema::AskResult::Builder into) {
  encode(from, into.initConcepts());
}

void encode_each(const actors::consolidation_report& from, schema::AskResult::Builder into) {
  encode(from, into.initConsolidated());
}

void encode_each(const actors::watch_reply& from, schema::AskResult::Builder into) {
  encode(from, into.initWatched());
}

void encode_each(const actors::purge_reply& from, schema::AskResult::Builder into) {
  auto purged = into.initPurged();
  encode_keys(from.keys, purged.initKeys(count_of(from.keys)));
  purged.setRewritten(from.rewritten);
}

void encode_each(const actors::audit& from, schema::AskResult::Builder into) {
  auto out = into.initAudited();
  out.setDigest(from.digest);
  std::string buckets;
  for (const auto& bucket : from.buckets) {
    const auto bytes = bucket.bytes();
    buckets.append(bytes.begin(), bytes.end());
  }
  out.setBuckets(data_of(buckets));
  out.setDamaged(from.damaged);
  out.setRebuilding(from.rebuilding);
}

} // namespace

void encode(const base::result<actors::answer>& from, schema::AskResult::Builder into) {
  if (!from) return encode(from.error(), into.initError());
  std::visit([&](const auto& each) { encode_each(each, into); }, *from);
}

base::result<actors::answer> decode(schema::AskResult::Reader from) {
  switch (from.which()) {
  case schema::AskResult::ERROR:
    return decode(from.getError());
  case schema::AskResult::WRITTEN:
    return actors::answer(decode(from.getWritten()));
  case schema::AskResult::RECORDS:
    return actors::answer(decode(from.getRecords()));
  case schema::AskResult::RECALLED:
    return actors::answer(decode(from.getRecalled()));
  case schema::AskResult::SPREAD:
    return actors::answer(decode(from.getSpread()));
  case schema::AskResult::ANSWERED:
    return actors::answer(decode(from.getAnswered()));
  case schema::AskResult::PAGE:
    return actors::answer(
        actors::scan_page{decode(from.getPage().getEntries()), decode(from.getPage().getCursor())});
  case schema::AskResult::INFO: {
    TRY_ASSIGN(auto info, decode(from.getInfo()));
    return actors::answer(std::move(info));
  }
  case schema::AskResult::VECTOR:
    return actors::answer(actors::vector_reply{decode(from.getVector())});
  case schema::AskResult::CONCEPTS:
    return actors::answer(decode(from.getConcepts()));
  case schema::AskResult::CONSOLIDATED:
    return actors::answer(decode(from.getConsolidated()));
  case schema::AskResult::PURGED: {
    TRY_ASSIGN(auto keys, decode_keys(from.getPurged().getKeys()));
    return actors::answer(actors::purge_reply{std::move(keys), from.getPurged().getRewritten()});
  }
  case schema::AskResult::AUDITED: {
    TRY_ASSIGN(auto audited, decode(from.getAudited()));
    return actors::answer(std::move(audited));
  }
  case schema::AskResult::WATCHED: {
    TRY_ASSIGN(auto watched, decode(from.getWatched()));
    return actors::answer(std::move(watched));
  }
  }
  return base::error{base::errc::incompatible, "a member gave an answer this node does not know"};
}

} // namespace engram::node
