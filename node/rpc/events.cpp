// What a watcher asks and is told, to clients and between members.
#include "actors/service/watches.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/codec.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

namespace {

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

void encode_event(const actors::event& from, schema::Event::Builder into) {
  into.setKind(text_of(from.kind));
  into.setAtMs(from.at.ms);
  encode_texts(from.ids, into.initIds(count_of(from.ids)));
  into.setDetail(text_of(from.detail));
  auto measures = into.initMeasures(count_of(from.measures));
  for (unsigned i = 0; i < measures.size(); ++i) {
    measures[i].setName(text_of(from.measures[i].first));
    measures[i].setValue(from.measures[i].second);
  }
  if (from.what) encode(*from.what, into.initEpisode());
  if (!from.space.empty()) into.setSpace(text_of(from.space));
  if (from.sequence == 0) return;
  const auto origin = from.origin.value.bytes();
  into.setOrigin(capnp::Data::Reader(origin.data(), origin.size()));
  into.setSequence(from.sequence);
}

base::result<actors::event> decode_event(schema::Event::Reader from) {
  actors::event out;
  out.kind = decode(from.getKind());
  out.at = {from.getAtMs()};
  out.ids = decode(from.getIds());
  out.detail = decode(from.getDetail());
  for (auto each : from.getMeasures())
    out.measures.emplace_back(decode(each.getName()), each.getValue());
  if (from.hasEpisode())
    out.what = std::make_shared<const memory::episode>(decode(from.getEpisode()));
  out.sequence = from.getSequence();
  if (out.sequence == 0) return out;
  const auto origin = from.getOrigin();
  if (origin.size() != 16) return base::error{base::errc::malformed_message, "origin"};
  out.origin.value =
      base::hash128::from_bytes(std::span<const std::uint8_t, 16>(origin.begin(), 16));
  return out;
}

auto fill_events() {
  return [](auto result, const actors::watch_reply& told) { encode(told, result.initOk()); };
}

} // namespace

actors::watch_request decode(schema::WatchQuery::Reader from) {
  actors::watch_request out;
  out.cursor = decode(from.getCursor());
  out.from_start = from.getFromStart();
  out.kinds = decode(from.getKinds());
  out.who = decode(from.getWho());
  out.tags = decode(from.getTags());
  out.limit = from.getLimit();
  out.wait = base::duration(from.getWaitMs());
  return out;
}

void encode(const actors::watch_request& from, schema::WatchQuery::Builder into) {
  into.setCursor(data_of(from.cursor));
  into.setFromStart(from.from_start);
  encode_texts(from.kinds, into.initKinds(count_of(from.kinds)));
  encode_texts(from.who, into.initWho(count_of(from.who)));
  encode_texts(from.tags, into.initTags(count_of(from.tags)));
  into.setLimit(from.limit);
  into.setWaitMs(static_cast<std::uint32_t>(from.wait.count()));
}

void encode(const actors::watch_reply& from, schema::Events::Builder into) {
  auto events = into.initEvents(count_of(from.events));
  for (unsigned i = 0; i < events.size(); ++i) encode_event(from.events[i], events[i]);
  into.setCursor(data_of(from.cursor));
  into.setMissed(from.missed);
  if (from.silent.empty()) return;
  auto silent = into.initSilent(count_of(from.silent));
  for (unsigned i = 0; i < silent.size(); ++i) {
    silent[i].setName(text_of(from.silent[i].name));
    encode(from.silent[i].why, silent[i].initWhy());
  }
}

base::result<actors::watch_reply> decode(schema::Events::Reader from) {
  actors::watch_reply out;
  for (auto each : from.getEvents()) {
    TRY_ASSIGN(auto event, decode_event(each));
    out.events.push_back(std::move(event));
  }
  out.cursor = decode(from.getCursor());
  out.missed = from.getMissed();
  return out;
}

kj::Promise<void> space_server::watch(WatchContext context) {
  auto asked = decode(context.getParams().getQuery());
  if (auto may = check(actors::scope::read); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::watch_reply>(
      edge_, context,
      [&](auto reply) { edge_.service().watches.watch(id_, std::move(asked), std::move(reply)); },
      fill_events());
}

kj::Promise<void> spaces_server::watch(WatchContext context) {
  auto asked = decode(context.getParams().getQuery());
  if (auto may = edge_.check(who_, which_); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::watch_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().watches.watch_across(which_, who_.spec.spaces, std::move(asked),
                                             std::move(reply));
      },
      fill_events());
}

} // namespace engram::node
