// Values that go both ways.
#include "node/rpc/codec.hpp"

#include <kj/array.h>

namespace engram::node {

std::string decode(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

std::string decode(capnp::Data::Reader bytes) {
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

std::vector<std::string> decode(capnp::List<capnp::Text>::Reader list) {
  std::vector<std::string> all;
  all.reserve(list.size());
  for (auto each : list) all.push_back(decode(each));
  return all;
}

std::optional<base::instant> decode(schema::Instant::Reader when) {
  if (!when.getKnown()) return std::nullopt;
  return base::instant{when.getMs()};
}

std::optional<memory::embedding> decode(schema::Embedding::Reader vector) {
  auto values = vector.getValues();
  if (values.size() == 0) return std::nullopt;
  auto first = reinterpret_cast<const std::int8_t*>(values.begin());
  return memory::embedding{{first, first + values.size()}, vector.getScale()};
}

memory::episode decode(schema::Episode::Reader from) {
  memory::episode what;
  what.id = decode(from.getId());
  what.text = decode(from.getText());
  what.title = decode(from.getTitle());
  what.speaker = decode(from.getSpeaker());
  what.who = decode(from.getWho());
  what.place = decode(from.getPlace());
  what.session = decode(from.getSession());
  what.tags = decode(from.getTags());
  what.when = decode(from.getWhen());
  what.embedding = decode(from.getEmbedding());
  what.confidence = from.getConfidence();
  what.order = from.getOrder();
  return what;
}

memory::association decode(schema::Association::Reader from) {
  return {decode(from.getSource()), decode(from.getTarget()), decode(from.getKind()),
          from.getWeight()};
}

capnp::Text::Reader text_of(const std::string& text) { return {text.c_str(), text.size()}; }

capnp::Data::Reader data_of(const std::string& bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

void encode(const base::error& from, schema::ErrorInfo::Builder into) {
  const auto& row = base::info(from.code);
  into.setCode(static_cast<std::uint16_t>(from.code));
  into.setName(capnp::Text::Reader(std::string(row.name).c_str(), row.name.size()));
  into.setContext(text_of(from.context));
  into.setIndefinite(row.certainty == base::certainty::indefinite);
  into.setAdvice(static_cast<schema::ErrorInfo::Advice>(row.advice));
}

void encode(std::optional<base::instant> from, schema::Instant::Builder into) {
  into.setKnown(from.has_value());
  if (from) into.setMs(from->ms);
}

void encode(const memory::embedding& from, schema::Embedding::Builder into) {
  into.setValues({reinterpret_cast<const kj::byte*>(from.values.data()), from.values.size()});
  into.setScale(from.scale);
}

void encode(const memory::interval& from, schema::Interval::Builder into) {
  into.setLow(from.low);
  into.setPoint(from.point);
  into.setHigh(from.high);
}

void encode(const memory::episode& from, schema::Episode::Builder into) {
  into.setId(text_of(from.id));
  into.setText(text_of(from.text));
  if (!from.title.empty()) into.setTitle(text_of(from.title));
  if (!from.speaker.empty()) into.setSpeaker(text_of(from.speaker));
  if (!from.who.empty())
    encode_texts(from.who, into.initWho(static_cast<unsigned>(from.who.size())));
  if (!from.place.empty()) into.setPlace(text_of(from.place));
  if (!from.session.empty()) into.setSession(text_of(from.session));
  if (!from.tags.empty()) {
    encode_texts(from.tags, into.initTags(static_cast<unsigned>(from.tags.size())));
  }
  if (from.when) encode(from.when, into.initWhen());
  if (from.embedding) encode(*from.embedding, into.initEmbedding());
  into.setConfidence(from.confidence);
  into.setOrder(from.order);
}

void encode(const memory::association& from, schema::Association::Builder into) {
  into.setSource(text_of(from.source));
  into.setTarget(text_of(from.target));
  into.setKind(text_of(from.kind));
  into.setWeight(from.weight);
}

} // namespace engram::node
