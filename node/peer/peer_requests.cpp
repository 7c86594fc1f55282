// What members ask of each other.
#include "node/peer/peer_codec.hpp"
#include "node/peer/peer_values.hpp"

#include <algorithm>

namespace engram::node {

namespace {

using node::decode;
using node::encode;

template <class... Each>
struct overloaded : Each... {
  using Each::operator()...;
};
template <class... Each>
overloaded(Each...) -> overloaded<Each...>;

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

schema::ForgetMode mode_of(memory::forget_mode mode) {
  switch (mode) {
  case memory::forget_mode::suppress:
    return schema::ForgetMode::SUPPRESS;
  case memory::forget_mode::restore:
    return schema::ForgetMode::RESTORE;
  case memory::forget_mode::erase:
    break;
  }
  return schema::ForgetMode::DELETE;
}

// -- operations --

void encode(const actors::write_op& from, schema::Operation::Builder into) {
  into.setId(text_of(from.id));
  std::visit(overloaded{
                 [&](const memory::remember_op& op) { encode(op.what, into.initRemember()); },
                 [&](const memory::associate_op& op) { encode(op.what, into.initAssociate()); },
                 [&](const memory::forget_op& op) {
                   auto forget = into.initForget();
                   forget.setMemory(text_of(op.id));
                   forget.setMode(mode_of(op.mode));
                 },
                 [&](const memory::access_op& op) {
                   auto access = into.initAccess();
                   encode_keys(op.keys, access.initKeys(count_of(op.keys)));
                   access.setAtMs(op.at.ms);
                 },
                 [&](const memory::purge_op& op) {
                   encode_keys(op.keys, into.initPurge(count_of(op.keys)));
                 },
                 [&](const memory::configure_op& op) {
                   auto configure = into.initConfigure();
                   configure.setName(text_of(op.name));
                   configure.setValue(text_of(op.value));
                 },
             },
             from.what);
}

base::result<memory::operation> decode_access(schema::Operation::Access::Reader from) {
  memory::access_op op;
  TRY_ASSIGN(op.keys, decode_keys(from.getKeys()));
  op.at = base::instant{from.getAtMs()};
  return memory::operation(std::move(op));
}

base::result<memory::operation> decode_what(schema::Operation::Reader from) {
  switch (from.which()) {
  case schema::Operation::REMEMBER:
    return memory::operation(memory::remember_op{decode(from.getRemember())});
  case schema::Operation::ASSOCIATE:
    return memory::operation(memory::associate_op{decode(from.getAssociate())});
  case schema::Operation::FORGET: {
    TRY_ASSIGN(const auto mode, decode(from.getForget().getMode()));
    return memory::operation(memory::forget_op{decode(from.getForget().getMemory()), mode});
  }
  case schema::Operation::ACCESS:
    return decode_access(from.getAccess());
  case schema::Operation::CONFIGURE:
    return memory::operation(memory::configure_op{decode(from.getConfigure().getName()),
                                                  decode(from.getConfigure().getValue())});
  case schema::Operation::PURGE: {
    TRY_ASSIGN(auto keys, decode_keys(from.getPurge()));
    return memory::operation(memory::purge_op{std::move(keys)});
  }
  }
  return base::error{base::errc::invalid_argument, "an operation this node does not know"};
}

// -- asks --

void encode(const actors::write_ask& from, schema::Ask::Builder into) {
  auto write = into.initWrite();
  auto list = write.initOperations(count_of(from.operations));
  for (unsigned i = 0; i < list.size(); ++i) encode(from.operations[i], list[i]);
  write.setDurability(static_cast<schema::Durability>(from.wanted));
}

base::result<actors::write_ask> decode(schema::Ask::Write::Reader from) {
  actors::write_ask out;
  for (auto each : from.getOperations()) {
    TRY_ASSIGN(auto what, decode_what(each));
    out.operations.push_back({std::move(what), decode(each.getId())});
  }
  TRY_ASSIGN(out.wanted, decode(from.getDurability()));
  return out;
}

using question = decltype(actors::ask::what);

base::result<question> decode_question(schema::Ask::Reader from) {
  switch (from.which()) {
  case schema::Ask::WRITE: {
    TRY_ASSIGN(auto write, decode(from.getWrite()));
    return question(std::move(write));
  }
  case schema::Ask::GET:
    return question(actors::get_ask{decode(from.getGet())});
  case schema::Ask::RECALL: {
    TRY_ASSIGN(auto request, decode(from.getRecall()));
    return question(actors::recall_ask{std::move(request.query), request.with_content});
  }
  case schema::Ask::SPREAD: {
    TRY_ASSIGN(auto request, decode(from.getSpread()));
    return question(actors::spread_ask{std::move(request.query), request.with_content});
  }
  case schema::Ask::QUERY: {
    TRY_ASSIGN(auto request, decode(from.getQuery()));
    return question(
        actors::query_ask{std::move(request.text), std::move(request.parameters), request.now});
  }
  case schema::Ask::SCAN:
    return question(
        actors::scan_ask{decode(from.getScan().getCursor()), from.getScan().getLimit()});
  case schema::Ask::INFO:
    return question(actors::info_ask{});
  case schema::Ask::VECTOR:
    return question(actors::vector_ask{});
  case schema::Ask::CONCEPTS:
    return question(
        actors::concepts_ask{decode(from.getConcepts().getCue()), from.getConcepts().getLimit()});
  case schema::Ask::CONSOLIDATE:
    return question(actors::consolidate_ask{});
  case schema::Ask::AUDIT:
    return question(actors::audit_ask{from.getAudit().getRebuild()});
  case schema::Ask::PURGE: {
    TRY_ASSIGN(auto target, decode(from.getPurge().getTarget()));
    return question(actors::purge_ask{std::move(target), from.getPurge().getRewrite()});
  }
  case schema::Ask::WATCH:
    return question(actors::watch_ask{decode(from.getWatch())});
  }
  return base::error{base::errc::invalid_argument, "a question this node does not know"};
}

void encode(const memory::cue& from, schema::Cue::Builder into) {
  into.setText(text_of(from.text));
  if (from.vector) encode(*from.vector, into.initVector());
  if (from.from) encode(from.from, into.initFrom());
  if (from.until) encode(from.until, into.initUntil());
  into.setPlace(text_of(from.place));
  encode_texts(from.who, into.initWho(count_of(from.who)));
  encode_texts(from.tags, into.initTags(count_of(from.tags)));
  encode_texts(from.tags_excluded, into.initTagsExcluded(count_of(from.tags_excluded)));
  encode_texts(from.like, into.initLike(count_of(from.like)));
}

void encode(const actors::recall_ask& from, schema::RecallQuery::Builder into) {
  encode(from.query.cue, into.initCue());
  into.setLimit(from.query.limit);
  into.setNoSpread(!from.query.spread);
  into.setExplain(from.query.explain);
  into.setConfidenceMin(from.query.confidence_min);
  encode(std::optional(from.query.now), into.initNow());
  into.setWithContent(from.with_content);
  auto primes = into.initPrimes(count_of(from.query.primes));
  for (unsigned i = 0; i < primes.size(); ++i) {
    primes[i].setId(text_of(from.query.primes[i].id));
    encode(std::optional(from.query.primes[i].at), primes[i].initAt());
  }
}

void encode(const actors::spread_ask& from, schema::SpreadQuery::Builder into) {
  encode_texts(from.query.from, into.initFrom(count_of(from.query.from)));
  encode(from.query.cue, into.initCue());
  encode_texts(from.query.kinds, into.initKinds(count_of(from.query.kinds)));
  into.setHops(from.query.hops);
  into.setDecay(from.query.decay);
  into.setThreshold(from.query.threshold);
  into.setFan(from.query.fan);
  into.setBudget(from.query.budget);
  into.setLimit(from.query.limit);
  encode(std::optional(from.query.now), into.initNow());
  into.setWithContent(from.with_content);
}

void encode(const actors::query_ask& from, schema::Query::Builder into) {
  into.setText(text_of(from.text));
  encode(from.parameters, into.initParameters(count_of(from.parameters)));
  encode(std::optional(from.now), into.initNow());
}

} // namespace

// -- identity --

void encode(const actors::peer_identity& from, schema::PeerHello::Builder into) {
  with_bytes(from.cluster, [&](auto bytes) { into.setClusterId(bytes); });
  with_bytes(from.store.value, [&](auto bytes) { into.setStoreId(bytes); });
  with_bytes(from.origin.value, [&](auto bytes) { into.setOriginId(bytes); });
  into.setFeatureMin(from.feature_min);
  into.setFeatureMax(from.feature_max);
  into.setAddress(text_of(from.address));
}

base::result<actors::peer_identity> decode(schema::PeerHello::Reader from) {
  actors::peer_identity out;
  TRY_ASSIGN(out.cluster, decode_hash(from.getClusterId()));
  TRY_ASSIGN(out.store.value, decode_hash(from.getStoreId()));
  TRY_ASSIGN(out.origin.value, decode_hash(from.getOriginId()));
  out.feature_min = from.getFeatureMin();
  out.feature_max = from.getFeatureMax();
  out.address = decode(from.getAddress());
  return out;
}

void encode(const actors::ask& from, base::duration left, schema::Ask::Builder into) {
  with_bytes(from.space.value, [&](auto bytes) { into.setSpace(bytes); });
  into.setToken(data_of(from.token));
  into.setNowMs(from.now.ms);
  into.setDeadlineMs(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(left.count(), 0, UINT32_MAX)));
  std::visit(overloaded{
                 [&](const actors::write_ask& what) { encode(what, into); },
                 [&](const actors::get_ask& what) {
                   encode_texts(what.ids, into.initGet(count_of(what.ids)));
                 },
                 [&](const actors::recall_ask& what) { encode(what, into.initRecall()); },
                 [&](const actors::spread_ask& what) { encode(what, into.initSpread()); },
                 [&](const actors::query_ask& what) { encode(what, into.initQuery()); },
                 [&](const actors::scan_ask& what) {
                   auto scan = into.initScan();
                   scan.setCursor(data_of(what.cursor));
                   scan.setLimit(what.limit);
                 },
                 [&](const actors::info_ask&) { into.setInfo(); },
                 [&](const actors::vector_ask&) { into.setVector(); },
                 [&](const actors::concepts_ask& what) {
                   auto concepts = into.initConcepts();
                   encode(what.cue, concepts.initCue());
                   concepts.setLimit(what.limit);
                 },
                 [&](const actors::consolidate_ask&) { into.setConsolidate(); },
                 [&](const actors::audit_ask& what) { into.initAudit().setRebuild(what.rebuild); },
                 [&](const actors::purge_ask& what) {
                   auto purge = into.initPurge();
                   encode(what.target, purge.initTarget());
                   purge.setRewrite(what.rewrite);
                 },
                 [&](const actors::watch_ask& what) { encode(what.asked, into.initWatch()); },
             },
             from.what);
}

base::result<std::shared_ptr<actors::ask>> decode(schema::Ask::Reader from,
                                                  actors::nanoseconds now) {
  auto out = std::make_shared<actors::ask>();
  TRY_ASSIGN(out->space.value, decode_hash(from.getSpace()));
  out->token = decode(from.getToken());
  out->now = base::instant{from.getNowMs()};
  out->deadline = now + std::chrono::milliseconds(from.getDeadlineMs());
  TRY_ASSIGN(out->what, decode_question(from));
  return out;
}

} // namespace engram::node
