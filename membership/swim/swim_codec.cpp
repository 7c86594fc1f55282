#include "membership/swim/swim_codec.hpp"

#include "base/fields.hpp"

namespace engram::membership {

namespace {

constexpr std::size_t ADDRESS_BYTES_MAX = 262; // a DNS name, a colon, a port
constexpr std::size_t ZONE_BYTES_MAX = 64;
constexpr std::size_t RECORDS_MAX = 1 << 16;

/// On the wire: do not change the values.
enum class message_kind : std::uint8_t {
  ping = 1,
  ping_request = 2,
  ack = 3,
  nack = 4,
  gossip = 5,
  table = 6
};

// -- writing --

std::string encode_record(const member_record& record) {
  base::field_writer out;
  out.hash(1, record.id.value);
  out.text(2, record.gossip_address);
  out.text(3, record.peer_address);
  out.text(4, record.zone);
  out.number(5, record.feature_min);
  out.number(6, record.feature_max);
  out.number(7, record.incarnation);
  out.number(8, static_cast<std::uint64_t>(record.state));
  return std::move(out).take();
}

std::string encode_update(const update& what) {
  base::field_writer out;
  out.text(1, encode_record(what.about));
  out.hash(2, what.from.value);
  return std::move(out).take();
}

struct body_encoder {
  base::field_writer out;

  message_kind operator()(const ping& body) {
    out.number(1, body.number);
    out.hash(2, body.target.value);
    out.number(3, body.answer_reliably ? 1 : 0);
    return message_kind::ping;
  }
  message_kind operator()(const ping_request& body) {
    out.number(1, body.number);
    out.hash(2, body.target.value);
    out.text(3, body.target_address);
    return message_kind::ping_request;
  }
  message_kind operator()(const ack& body) {
    out.number(1, body.number);
    return message_kind::ack;
  }
  message_kind operator()(const nack& body) {
    out.number(1, body.number);
    return message_kind::nack;
  }
  message_kind operator()(const gossip&) { return message_kind::gossip; }
  message_kind operator()(const table& body) {
    base::writer records;
    for (const member_record& record : body.records) records.field(encode_record(record));
    out.text(1, records.view());
    out.number(2, body.reply_wanted ? 1 : 0);
    return message_kind::table;
  }
};

// -- reading --

std::string limited(base::field_reader& in, std::uint8_t tag, std::size_t bytes_max) {
  const std::string_view text = in.text(tag);
  if (text.size() > bytes_max || base::invalid_utf8_at(text)) in.reject();
  return std::string(text.substr(0, bytes_max));
}

std::uint16_t number16(base::field_reader& in, std::uint8_t tag) {
  const std::uint64_t value = in.number(tag);
  if (value > UINT16_MAX) in.reject();
  return static_cast<std::uint16_t>(value);
}

bool flag(base::field_reader& in, std::uint8_t tag) {
  const std::uint64_t value = in.number(tag);
  if (value > 1) in.reject();
  return value == 1;
}

base::result<member_record> decode_record(std::string_view bytes) {
  base::field_reader in(bytes);
  member_record out;
  out.id.value = in.hash(1);
  out.gossip_address = limited(in, 2, ADDRESS_BYTES_MAX);
  out.peer_address = limited(in, 3, ADDRESS_BYTES_MAX);
  out.zone = limited(in, 4, ZONE_BYTES_MAX);
  out.feature_min = number16(in, 5);
  out.feature_max = number16(in, 6);
  out.incarnation = in.number(7);
  const std::uint64_t state = in.number(8);
  if (state > static_cast<std::uint64_t>(member_state::left) || out.id.is_zero()) in.reject();
  out.state = static_cast<member_state>(state);
  TRY(in.finish("member"));
  return out;
}

base::result<update> decode_update(std::string_view bytes) {
  base::field_reader in(bytes);
  update out;
  const std::string_view about = in.text(1);
  out.from.value = in.hash(2);
  TRY(in.finish("update"));
  TRY_ASSIGN(out.about, decode_record(about));
  return out;
}

/// A list of length-prefixed items.
template <class Item, class Decode>
base::result<std::vector<Item>> decode_list(std::string_view bytes, Decode decode) {
  std::vector<Item> out;
  base::reader in(bytes);
  while (!in.at_end() && !in.bad() && out.size() < RECORDS_MAX) {
    const std::string_view item = in.field();
    if (in.bad()) break;
    TRY_ASSIGN(auto made, decode(item));
    out.push_back(std::move(made));
  }
  if (!in.done()) return {base::errc::corrupt, "a list of members"};
  return out;
}

base::result<message_body> decode_table(std::string_view bytes) {
  base::field_reader in(bytes);
  table out;
  const std::string_view records = in.text(1);
  out.reply_wanted = flag(in, 2);
  TRY(in.finish("table"));
  TRY_ASSIGN(out.records, decode_list<member_record>(records, decode_record));
  return message_body(std::move(out));
}

base::result<message_body> decode_body(std::uint64_t kind, std::string_view bytes) {
  base::field_reader in(bytes);
  message_body out;
  switch (static_cast<message_kind>(kind)) {
  case message_kind::ping: {
    ping body{in.number(1), {}};
    body.target.value = in.hash(2);
    body.answer_reliably = flag(in, 3);
    out = body;
    break;
  }
  case message_kind::ping_request: {
    ping_request body;
    body.number = in.number(1);
    body.target.value = in.hash(2);
    body.target_address = limited(in, 3, ADDRESS_BYTES_MAX);
    out = std::move(body);
    break;
  }
  case message_kind::ack:
    out = ack{in.number(1)};
    break;
  case message_kind::nack:
    out = nack{in.number(1)};
    break;
  case message_kind::gossip:
    out = gossip{};
    break;
  case message_kind::table:
    return decode_table(bytes);
  default:
    return {base::errc::unsupported_format, "message kind " + std::to_string(kind)};
  }
  TRY(in.finish("message body"));
  return out;
}

} // namespace

std::string encode(const message& what, std::size_t bytes_max) {
  body_encoder body;
  const auto kind = std::visit(body, what.body);
  const std::string bytes = std::move(body.out).take();
  const auto with = [&](std::string_view updates) {
    base::field_writer out;
    out.number(1, static_cast<std::uint64_t>(kind));
    out.hash(2, what.sender.value);
    out.text(3, what.sender_address);
    out.text(4, bytes);
    out.text(5, updates);
    return std::move(out).take();
  };
  std::string updates;
  std::string whole = with({});
  for (const update& each : what.updates) {
    base::writer item;
    item.field(encode_update(each));
    std::string longer = with(updates + item.view());
    if (longer.size() > bytes_max) break;
    updates += item.view();
    whole = std::move(longer);
  }
  return whole;
}

base::result<message> decode_message(std::string_view bytes) {
  base::field_reader in(bytes);
  message out;
  const std::uint64_t kind = in.number(1);
  out.sender.value = in.hash(2);
  out.sender_address = limited(in, 3, ADDRESS_BYTES_MAX);
  const std::string_view body = in.text(4), updates = in.text(5);
  if (out.sender.is_zero()) in.reject();
  TRY(in.finish("message"));
  TRY_ASSIGN(out.body, decode_body(kind, body));
  TRY_ASSIGN(out.updates, decode_list<update>(updates, decode_update));
  return out;
}

} // namespace engram::membership
