#include "client/codec.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace engram::client {

template <class Builder>
static void encode_texts(const std::vector<std::string>& from, Builder to) {
  for (std::size_t i = 0; i < from.size(); ++i) to.set(static_cast<unsigned>(i), text_of(from[i]));
}

static std::vector<std::string> decode_texts(capnp::List<capnp::Text>::Reader from) {
  std::vector<std::string> to;
  to.reserve(from.size());
  for (auto text : from) to.push_back(to_string(text));
  return to;
}

static unsigned size_of(const std::vector<std::string>& list) {
  return static_cast<unsigned>(list.size());
}

void encode(const std::optional<base::instant>& from, schema::Instant::Builder to) {
  if (!from) return;
  to.setKnown(true);
  to.setMs(from->ms);
}

static std::optional<base::instant> decode(schema::Instant::Reader from) {
  if (!from.getKnown()) return std::nullopt;
  return base::instant{from.getMs()};
}

static void encode(const base::quantised& from, schema::Embedding::Builder to) {
  const auto* bytes = reinterpret_cast<const kj::byte*>(from.values.data());
  to.setValues(capnp::Data::Reader(bytes, from.values.size()));
  to.setScale(from.scale);
}

static std::optional<base::quantised> decode(schema::Embedding::Reader from) {
  const auto bytes = from.getValues();
  if (bytes.size() == 0) return std::nullopt;
  base::quantised to;
  to.values.assign(bytes.begin(), bytes.end());
  to.scale = from.getScale();
  return to;
}

interval decode(schema::Interval::Reader from) {
  return {from.getLow(), from.getPoint(), from.getHigh()};
}

coverage decode(schema::Coverage::Reader from) {
  coverage to;
  to.spaces_asked = from.getSpacesAsked();
  to.spaces_answered = from.getSpacesAnswered();
  to.replicas_asked = from.getReplicasAsked();
  to.replicas_answered = from.getReplicasAnswered();
  to.memories = from.getMemories();
  to.damaged = from.getDamaged();
  to.stale_ms = from.getStaleMs();
  to.missing = decode(from.getMissing());
  to.lagging = from.getLagging();
  for (auto space : from.getMissingSpaces())
    to.missing_spaces.push_back(
        {to_string(space.getName()), decode(space.getWhy()),
         space.hasKnown() ? std::optional(decode(space.getKnown())) : std::nullopt});
  return to;
}

explanation decode(schema::Explanation::Reader from) {
  explanation to;
  for (auto share : from.getCues())
    to.cues.push_back({to_string(share.getCue()), share.getFirstHand(), share.getByAssociation()});
  for (auto share : from.getAssociations())
    to.associations.push_back({to_string(share.getFrom()), to_string(share.getKind()),
                               to_string(share.getDetail()), share.getWeight(), share.getAmount()});
  for (auto factor : from.getFactors())
    to.factors.emplace_back(to_string(factor.getName()), factor.getValue());
  to.retention = from.getRetention();
  to.distinctness = from.getDistinctness();
  return to;
}

static hit decode(schema::Hit::Reader from) {
  hit to;
  to.what = decode(from.getEpisode());
  to.score = from.getScore();
  to.activation = from.getActivation();
  to.confidence = decode(from.getConfidence());
  if (from.hasWhy()) to.why = decode(from.getWhy());
  to.stored_at = base::instant{from.getStoredMs()};
  to.space = to_string(from.getSpace());
  if (from.hasAtFullCoverage()) to.at_full_coverage = decode(from.getAtFullCoverage());
  return to;
}

spread_step decode(schema::SpreadAnswer::Step::Reader from) {
  return {to_string(from.getFrom()), to_string(from.getTo()), to_string(from.getKind()),
          from.getAmount()};
}

static activated decode(schema::SpreadAnswer::Activated::Reader from) {
  activated to;
  to.what = decode(from.getEpisode());
  to.activation = from.getActivation();
  for (auto step : from.getPath()) to.path.push_back(decode(step));
  return to;
}

static durability decode(schema::Durability from) noexcept {
  switch (from) {
  case schema::Durability::LOCAL:
    return durability::local;
  case schema::Durability::ALL:
    return durability::all;
  case schema::Durability::QUORUM:
    break;
  }
  return durability::quorum;
}

static scope decode(schema::Scope from) noexcept {
  switch (from) {
  case schema::Scope::WRITE:
    return scope::write;
  case schema::Scope::ADMIN:
    return scope::admin;
  case schema::Scope::READ:
    break;
  }
  return scope::read;
}

static member_state decode(schema::Cluster::MemberState from) noexcept {
  switch (from) {
  case schema::Cluster::MemberState::ALIVE:
    return member_state::alive;
  case schema::Cluster::MemberState::DEAD:
    return member_state::dead;
  case schema::Cluster::MemberState::LEFT:
    return member_state::left;
  case schema::Cluster::MemberState::SUSPECT:
    break;
  }
  return member_state::suspect; // a state of a newer node is not one to rely on
}

std::string to_string(capnp::Text::Reader from) { return {from.begin(), from.size()}; }
std::string hex_of(capnp::Data::Reader from) { return base::to_hex(to_string(from)); }

std::string to_string(capnp::Data::Reader from) {
  return {reinterpret_cast<const char*>(from.begin()), from.size()};
}
capnp::Text::Reader text_of(const std::string& from) noexcept {
  return capnp::Text::Reader(from.c_str(), from.size());
}
capnp::Data::Reader data_of(const std::string& from) noexcept {
  return capnp::Data::Reader(reinterpret_cast<const kj::byte*>(from.data()), from.size());
}

// -- to the wire --

void encode(const episode& from, schema::Episode::Builder to) {
  to.setId(text_of(from.id));
  to.setText(text_of(from.text));
  if (!from.title.empty()) to.setTitle(text_of(from.title));
  if (!from.speaker.empty()) to.setSpeaker(text_of(from.speaker));
  if (!from.who.empty()) encode_texts(from.who, to.initWho(size_of(from.who)));
  if (!from.place.empty()) to.setPlace(text_of(from.place));
  if (!from.session.empty()) to.setSession(text_of(from.session));
  if (!from.tags.empty()) encode_texts(from.tags, to.initTags(size_of(from.tags)));
  if (from.when) encode(from.when, to.initWhen());
  if (from.embedding) encode(*from.embedding, to.initEmbedding());
  to.setConfidence(from.confidence);
  to.setOrder(from.order);
}

void encode(const association& from, schema::Association::Builder to) {
  to.setSource(text_of(from.source));
  to.setTarget(text_of(from.target));
  to.setKind(text_of(from.kind));
  to.setWeight(from.weight);
}

void encode(const cue& from, schema::Cue::Builder to) {
  to.setText(text_of(from.text));
  if (from.vector) encode(*from.vector, to.initVector());
  encode(from.from, to.initFrom());
  encode(from.until, to.initUntil());
  to.setPlace(text_of(from.place));
  encode_texts(from.who, to.initWho(size_of(from.who)));
  encode_texts(from.tags, to.initTags(size_of(from.tags)));
  encode_texts(from.tags_excluded, to.initTagsExcluded(size_of(from.tags_excluded)));
  encode_texts(from.like, to.initLike(size_of(from.like)));
}

void encode(const space_selector& from, schema::Selector::Builder to) {
  if (!from.names.empty())
    encode_texts(from.names, to.initNames(size_of(from.names)));
  else if (!from.prefix.empty())
    to.setPrefix(text_of(from.prefix));
  else
    to.setAll();
}

void encode(const read_options& from, schema::ReadOptions::Builder to) {
  to.setToken(data_of(from.token));
  to.setDeadlineMs(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(from.deadline.count(), 0, UINT32_MAX)));
  to.setStrict(from.strict);
  to.setLevel(from.level == read_level::quorum ? schema::ReadLevel::QUORUM
                                               : schema::ReadLevel::ANY);
}

void encode(const recall_query& from, schema::RecallQuery::Builder to) {
  encode(from.cue, to.initCue());
  to.setLimit(from.limit);
  to.setNoSpread(!from.spread);
  to.setExplain(from.explain);
  to.setConfidenceMin(from.confidence_min);
  encode(from.now, to.initNow());
  to.setReinforce(from.reinforce);
  to.setWithContent(from.with_content);
  auto primes = to.initPrimes(static_cast<unsigned>(from.primes.size()));
  for (unsigned i = 0; i < primes.size(); ++i) {
    primes[i].setId(text_of(from.primes[i].id));
    encode(from.primes[i].at, primes[i].initAt());
  }
  encode(from.read, to.initRead());
}

void encode(const spread_query& from, schema::SpreadQuery::Builder to) {
  encode_texts(from.from, to.initFrom(size_of(from.from)));
  encode(from.cue, to.initCue());
  encode_texts(from.kinds, to.initKinds(size_of(from.kinds)));
  to.setHops(from.hops);
  to.setDecay(from.decay);
  to.setThreshold(from.threshold);
  to.setFan(from.fan);
  to.setBudget(from.budget);
  to.setLimit(from.limit);
  encode(from.now, to.initNow());
  to.setWithContent(from.with_content);
  encode(from.read, to.initRead());
}

void encode(const space_spec& from, schema::SpaceSpec::Builder to) {
  to.setName(text_of(from.name));
  to.setDimension(from.dimension);
  to.setLanguage(text_of(from.language));
}

void encode(const key_spec& from, schema::KeySpec::Builder to) {
  to.setLabel(text_of(from.label));
  to.setScope(static_cast<schema::Scope>(from.scope)); // same values, by test
  encode_texts(from.spaces, to.initSpaces(size_of(from.spaces)));
}

schema::Durability encode(durability from) noexcept {
  switch (from) {
  case durability::local:
    return schema::Durability::LOCAL;
  case durability::all:
    return schema::Durability::ALL;
  case durability::quorum:
    break;
  }
  return schema::Durability::QUORUM;
}

schema::ForgetMode encode(forget_mode from) noexcept {
  switch (from) {
  case forget_mode::restore:
    return schema::ForgetMode::RESTORE;
  case forget_mode::erase:
    return schema::ForgetMode::DELETE;
  case forget_mode::suppress:
    break;
  }
  return schema::ForgetMode::SUPPRESS;
}

// -- from the wire --

base::error decode(schema::ErrorInfo::Reader from) {
  const auto code = static_cast<base::errc>(from.getCode());
  const bool known = base::info(code).code == code;
  if (known && code != base::errc::ok) return {code, to_string(from.getContext())};
  return {base::errc::internal, "the node answered with the unknown error \"" +
                                    to_string(from.getName()) +
                                    "\": " + to_string(from.getContext())};
}

episode decode(schema::Episode::Reader from) {
  episode to;
  to.id = to_string(from.getId());
  to.text = to_string(from.getText());
  to.title = to_string(from.getTitle());
  to.speaker = to_string(from.getSpeaker());
  to.who = decode_texts(from.getWho());
  to.place = to_string(from.getPlace());
  to.session = to_string(from.getSession());
  to.tags = decode_texts(from.getTags());
  to.when = decode(from.getWhen());
  if (from.hasEmbedding()) to.embedding = decode(from.getEmbedding());
  to.confidence = from.getConfidence();
  to.order = from.getOrder();
  return to;
}

association decode(schema::Association::Reader from) {
  return {to_string(from.getSource()), to_string(from.getTarget()), to_string(from.getKind()),
          from.getWeight()};
}

base::result<receipt> decode(schema::Receipt::Reader from) {
  if (from.isError()) return decode(from.getError());
  const auto ok = from.getOk();
  return receipt{ok.getKnown(), ok.getHlc(), decode(ok.getDurability()), ok.getCopies()};
}

recall_answer decode(schema::RecallAnswer::Reader from) {
  recall_answer to;
  for (auto found : from.getHits()) to.hits.push_back(decode(found));
  to.considered = from.getConsidered();
  to.coverage = decode(from.getCoverage());
  to.token = to_string(from.getToken());
  to.took_us = from.getTookUs();
  return to;
}

spread_answer decode(schema::SpreadAnswer::Reader from) {
  spread_answer to;
  for (auto found : from.getMemories()) to.memories.push_back(decode(found));
  to.rounds = from.getRounds();
  to.coverage = decode(from.getCoverage());
  to.took_us = from.getTookUs();
  return to;
}

memory_record decode(schema::MemoryRecord::Reader from) {
  memory_record to;
  to.what = decode(from.getEpisode());
  to.stored_at = base::instant{from.getStoredMs()};
  to.suppressed = from.getSuppressed();
  to.access_count = from.getAccessCount();
  to.last_access = decode(from.getLastAccess());
  to.retention = from.getRetention();
  to.associations = decode_list<association>(from.getAssociations());
  return to;
}

space_info decode(schema::SpaceInfo::Reader from) {
  space_info to;
  to.spec = {to_string(from.getName()), from.getDimension(), to_string(from.getLanguage())};
  to.identity = hex_of(from.getIdentity());
  to.generation = from.getGeneration();
  to.memories = from.getMemories();
  to.associations = from.getAssociations();
  to.suppressed = from.getSuppressed();
  to.graves = from.getGraves();
  to.damaged = from.getDamaged();
  to.memory_bytes = from.getMemoryBytes();
  to.parked = from.getParked();
  to.state_hash = hex_of(from.getStateHash());
  return to;
}

key_info decode(schema::KeyInfo::Reader from) {
  const auto spec = from.getSpec();
  key_info to;
  to.id = to_string(from.getId());
  to.spec = {to_string(spec.getLabel()), decode(spec.getScope()), decode_texts(spec.getSpaces())};
  to.created = base::instant{from.getCreatedMs()};
  to.revoked = from.getRevoked();
  return to;
}

node_status decode(schema::Status::Reader from) {
  node_status to;
  to.version = to_string(from.getVersion());
  to.store = hex_of(from.getStoreId());
  to.cluster = hex_of(from.getClusterId());
  to.origin = hex_of(from.getOriginId());
  to.uptime = base::duration{from.getUptimeMs()};
  to.ready = from.getReady();
  to.accepting_writes = from.getAcceptingWrites();
  to.verdict = to_string(from.getVerdict());
  to.spaces = decode_list<space_info>(from.getSpaces());
  to.bytes_on_disk = from.getBytesOnDisk();
  to.bytes_free = from.getBytesFree();
  to.bytes_resident = from.getBytesResident();
  to.now = base::instant{from.getNowMs()};
  return to;
}

static member_info decode(schema::Cluster::Member::Reader from) {
  return {hex_of(from.getStoreId()), to_string(from.getAddress()), decode(from.getState()),
          from.getIncarnation(),     to_string(from.getZone()),    from.getRetired(),
          from.getReplaced(),        from.getFeatureMin(),         from.getFeatureMax()};
}

static replica_info decode(schema::Cluster::Replica::Reader from) {
  replica_info to;
  to.store = hex_of(from.getStoreId());
  to.placed = from.getPlaced();
  if (from.getHeard()) to.lag_entries = from.getLagEntries();
  to.lag = base::duration{from.getLagMs()};
  to.copying = from.getCopying();
  return to;
}

static placement_info decode(schema::Cluster::Placement::Reader from) {
  placement_info to;
  to.name = to_string(from.getName());
  to.identity = hex_of(from.getIdentity());
  to.factor = from.getFactor();
  to.quorum = from.getQuorum();
  for (auto replica : from.getReplicas()) to.replicas.push_back(decode(replica));
  return to;
}

cluster_info decode(schema::Cluster::Reader from) {
  cluster_info to;
  to.cluster = hex_of(from.getClusterId());
  to.self = hex_of(from.getSelf());
  to.verdict = to_string(from.getVerdict());
  for (auto member : from.getMembers()) to.members.push_back(decode(member));
  for (auto space : from.getSpaces()) to.spaces.push_back(decode(space));
  to.level = std::max(from.getLevel(), 1u);
  return to;
}

void encode(const topology_change& from, schema::Change::Builder to) {
  const std::string member = base::from_hex(from.member).value_or(std::string{});
  switch (from.what) {
  case topology_change::kind::join:
    return to.setJoin(from.newcomers);
  case topology_change::kind::leave:
    return to.setLeave(data_of(member));
  case topology_change::kind::decommission:
    return to.setDecommission(data_of(member));
  case topology_change::kind::replace:
    return to.setReplace(data_of(member));
  }
}

topology_plan decode(schema::Plan::Reader from) {
  topology_plan to;
  for (auto each : from.getMoves())
    to.moves.push_back({to_string(each.getSpace()), hex_of(each.getFrom()), hex_of(each.getTo()),
                        each.getNewcomer(), each.getKnown(), each.getEntries(), each.getBytes()});
  to.spaces = from.getSpaces();
  to.entries = from.getEntries();
  to.bytes = from.getBytes();
  to.bytes_per_second = from.getBytesPerSecond();
  to.time = base::duration{static_cast<std::int64_t>(from.getMilliseconds())};
  to.refusal = to_string(from.getRefusal());
  return to;
}

space_comparison decode(schema::Comparison::Reader from) {
  space_comparison to{to_string(from.getSpace()), {}};
  for (auto each : from.getCopies()) {
    auto verdict = static_cast<copy_verdict>(each.getVerdict());
    if (verdict > copy_verdict::unreachable) verdict = copy_verdict::unsettled; // of a newer node
    to.copies.push_back(
        {hex_of(each.getStoreId()), verdict, each.getDiffering(), to_string(each.getDetail())});
  }
  return to;
}

peer_info decode(schema::Engram::Hello::Reader from) {
  peer_info to;
  to.version = to_string(from.getVersion());
  to.cluster = hex_of(from.getClusterId());
  to.store = hex_of(from.getStoreId());
  to.feature_min = from.getFeatureMin();
  to.feature_max = from.getFeatureMax();
  to.key_required = from.getKeyRequired();
  return to;
}

base::error decode(const kj::Exception& from) {
  const std::string what{from.getDescription().begin(), from.getDescription().size()};
  switch (from.getType()) {
  case kj::Exception::Type::DISCONNECTED:
    return {base::errc::disconnected, what};
  case kj::Exception::Type::OVERLOADED:
    return {base::errc::overloaded, what};
  case kj::Exception::Type::UNIMPLEMENTED:
    return {base::errc::unimplemented, what};
  case kj::Exception::Type::FAILED:
    break;
  }
  return {base::errc::internal, what};
}

} // namespace engram::client
