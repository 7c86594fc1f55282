#include "memory/state_items.hpp"

#include "base/bytes.hpp"

#include <utility>

namespace engram::memory {
namespace {

// -- writing --

void put(base::writer& out, const base::hash128& value) {
  out.u64_be(value.high);
  out.u64_be(value.low);
}
void put(base::writer& out, const base::memory_key& key) { put(out, key.value); }
void put(base::writer& out, const register_stamp& stamp) {
  out.u64(stamp.at.value);
  put(out, stamp.operation);
}

std::string key_of(char letter, const payload_ref& ref) {
  base::writer out;
  out.u8(static_cast<std::uint8_t>(letter));
  out.u32_be(ref.origin_number);
  out.u64_be(ref.sequence);
  return std::move(out).take();
}
std::string key_of(char letter, const base::memory_key& key) {
  base::writer out;
  out.u8(static_cast<std::uint8_t>(letter));
  put(out, key);
  return std::move(out).take();
}

struct key_maker {
  std::string operator()(const episode_item& i) const { return key_of('E', i.ref); }
  std::string operator()(const duplicate_item& i) const { return key_of('D', i.ref); }
  std::string operator()(const grave_item& i) const { return key_of('G', i.key); }
  std::string operator()(const suppress_item& i) const { return key_of('S', i.key); }
  std::string operator()(const access_item& i) const { return key_of('A', i.key); }
  std::string operator()(const association_item& i) const { return key_of('L', i.key); }
  std::string operator()(const setting_item& i) const { return key_of('C', i.key); }
  std::string operator()(const bucket_item& i) const {
    base::writer out;
    out.u8('H');
    out.u8(static_cast<std::uint8_t>(i.index >> 8));
    out.u8(static_cast<std::uint8_t>(i.index & 0xFF));
    return std::move(out).take();
  }
};

struct value_maker {
  base::writer& out;

  void operator()(const episode_item& i) const {
    put(out, i.key);
    put(out, i.content);
    out.u64(i.stored_at.value);
    out.zigzag(i.order);
  }
  void operator()(const duplicate_item& i) const { put(out, i.key); }
  void operator()(const grave_item&) const {}
  void operator()(const suppress_item& i) const {
    put(out, i.stamp);
    out.u8(static_cast<std::uint8_t>(i.mode));
  }
  void operator()(const access_item& i) const {
    out.var(i.record.count);
    out.zigzag(i.record.first);
    out.zigzag(i.record.last);
    out.u8(i.record.used);
    for (const auto& mark : i.record.marks()) {
      out.zigzag(mark.second);
      out.u64(mark.operation);
    }
  }
  void operator()(const association_item& i) const {
    put(out, i.source);
    put(out, i.target);
    out.field(i.kind);
    out.u16(i.weight);
    put(out, i.stamp);
  }
  void operator()(const setting_item& i) const {
    out.field(i.name);
    out.field(i.value);
    put(out, i.stamp);
  }
  void operator()(const bucket_item& i) const { put(out, i.sum); }
};

std::string value_of(const state_item& item) {
  base::writer out;
  std::visit(value_maker{out}, item);
  return std::move(out).take();
}

// -- reading --

base::hash128 get_hash(base::reader& in) {
  const std::uint64_t high = in.u64_be();
  return {high, in.u64_be()};
}
base::memory_key get_key(base::reader& in) { return {get_hash(in)}; }
register_stamp get_stamp(base::reader& in) {
  const base::hlc at{in.u64()};
  return {at, get_hash(in)};
}
payload_ref get_ref(base::reader& in) {
  const std::uint32_t origin = in.u32_be();
  return {origin, in.u64_be()};
}

/// Reads a record's marks; false unless they are as access_record keeps them.
bool get_access(base::reader& in, access_record& record) {
  record.count = in.var();
  record.first = in.zigzag();
  record.last = in.zigzag();
  record.used = in.u8();
  if (record.used > access_record::newest_max || record.used > record.count) return false;
  for (std::size_t i = 0; i < record.used; ++i) {
    record.newest[i].second = in.zigzag();
    record.newest[i].operation = in.u64();
    if (i > 0 && !(record.newest[i] < record.newest[i - 1])) return false;
  }
  return record.count > 0;
}

std::string describe(char letter) {
  return "state item of kind " + std::to_string(static_cast<unsigned char>(letter));
}

/// Key and value after the letter. An item of a known letter, well formed or not as `fine` says.
state_item read_item(char letter, base::reader& key, base::reader& value, bool& fine) {
  switch (letter) {
  case 'E': {
    episode_item i{get_ref(key), get_key(value), get_hash(value), {value.u64()}, 0};
    i.order = value.zigzag();
    return i;
  }
  case 'D':
    return duplicate_item{get_ref(key), get_key(value)};
  case 'G':
    return grave_item{get_key(key)};
  case 'S': {
    suppress_item i{get_key(key), get_stamp(value), forget_mode::suppress};
    const std::uint8_t mode = value.u8();
    fine = mode == 1 || mode == 2;
    if (fine) i.mode = static_cast<forget_mode>(mode);
    return i;
  }
  case 'A': {
    access_item i{get_key(key), {}};
    fine = get_access(value, i.record);
    return i;
  }
  case 'L': {
    association_item i{get_key(key), get_key(value), get_key(value), {}, 0, {}};
    i.kind = value.field();
    i.weight = value.u16();
    i.stamp = get_stamp(value);
    return i;
  }
  case 'C': {
    setting_item i{get_key(key), {}, {}, {}};
    i.name = value.field();
    i.value = value.field();
    i.stamp = get_stamp(value);
    return i;
  }
  default: { // 'H'
    bucket_item i;
    i.index = static_cast<std::uint16_t>(key.u8() << 8);
    i.index = static_cast<std::uint16_t>(i.index | key.u8());
    i.sum = get_hash(value);
    return i;
  }
  }
}

} // namespace

std::string item_key(const state_item& item) { return std::visit(key_maker{}, item); }

item_bytes encode_item(const state_item& item) { return {item_key(item), value_of(item)}; }

item_bytes logical_item(const state_item& item) {
  if (const auto* e = std::get_if<episode_item>(&item)) {
    base::writer key, value;
    key.u8('E');
    put(key, e->key);
    put(key, e->content);
    value.u64(e->stored_at.value);
    value.zigzag(e->order);
    return {std::move(key).take(), std::move(value).take()};
  }
  const bool local =
      std::holds_alternative<duplicate_item>(item) || std::holds_alternative<bucket_item>(item);
  return local ? item_bytes{} : encode_item(item);
}

base::result<state_item> decode_item(std::string_view key, std::string_view value) {
  if (key.empty()) return base::error{base::errc::corrupt, "state item without a key"};
  const char letter = key[0];
  if (std::string_view("EDGSALCH").find(letter) == std::string_view::npos)
    return base::error{base::errc::unsupported_format, describe(letter)};
  base::reader in_key(key.substr(1)), in_value(value);
  bool fine = true;
  state_item item = read_item(letter, in_key, in_value, fine);
  if (!fine || !in_key.done() || !in_value.done())
    return base::error{base::errc::corrupt, describe(letter)};
  return item;
}

std::optional<payload_ref> episode_ref(std::string_view key) noexcept {
  if (key.size() != 13 || key[0] != 'E') return std::nullopt;
  base::reader in(key.substr(1));
  return get_ref(in);
}

} // namespace engram::memory
