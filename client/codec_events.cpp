// What a watcher asks and is told.
#include "base/hash.hpp"
#include "client/codec.hpp"

namespace engram::client {

namespace {

void encode_all(const std::vector<std::string>& from, capnp::List<capnp::Text>::Builder to) {
  for (unsigned i = 0; i < to.size(); ++i) to.set(i, text_of(from[i]));
}

unsigned size_of(const std::vector<std::string>& list) {
  return static_cast<unsigned>(list.size());
}

space_event decode_event(schema::Event::Reader from) {
  space_event to;
  to.kind = to_string(from.getKind());
  to.at = {from.getAtMs()};
  for (auto id : from.getIds()) to.ids.push_back(to_string(id));
  to.detail = to_string(from.getDetail());
  for (auto each : from.getMeasures())
    to.measures.emplace_back(to_string(each.getName()), each.getValue());
  if (from.hasEpisode()) to.what = decode(from.getEpisode());
  to.origin = hex_of(from.getOrigin());
  to.sequence = from.getSequence();
  to.space = to_string(from.getSpace());
  return to;
}

} // namespace

void encode(const watch_query& from, schema::WatchQuery::Builder to) {
  to.setCursor(data_of(from.cursor));
  to.setFromStart(from.from_start);
  encode_all(from.kinds, to.initKinds(size_of(from.kinds)));
  encode_all(from.who, to.initWho(size_of(from.who)));
  encode_all(from.tags, to.initTags(size_of(from.tags)));
  to.setLimit(from.limit);
  to.setWaitMs(static_cast<std::uint32_t>(from.wait.count()));
}

watch_answer decode(schema::Events::Reader from) {
  watch_answer to;
  for (auto each : from.getEvents()) to.events.push_back(decode_event(each));
  to.cursor = to_string(from.getCursor());
  to.missed = from.getMissed();
  for (auto each : from.getSilent())
    to.silent.emplace_back(to_string(each.getName()), decode(each.getWhy()));
  return to;
}

} // namespace engram::client
