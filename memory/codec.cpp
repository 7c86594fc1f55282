#include "memory/codec.hpp"

#include "base/bytes.hpp"
#include "memory/codec_fields.hpp"

#include <algorithm>
#include <type_traits>

namespace engram::memory {
namespace {

// Tags: fixed for ever. A retired tag leaves its number unused.
namespace episode_tag {
enum : std::uint8_t {
  id = 1,
  text = 2,
  title = 3,
  speaker = 4,
  who = 5,
  place = 6,
  session = 7,
  tags = 8,
  when = 9,
  embedding = 10,
  confidence = 11,
  order = 12,
};
}
namespace associate_tag {
enum : std::uint8_t { source = 1, target = 2, kind = 3, weight = 4 };
}
namespace forget_tag {
enum : std::uint8_t { id = 1, mode = 2 };
}
namespace access_tag {
enum : std::uint8_t { keys = 1, second = 2 };
}
namespace configure_tag {
enum : std::uint8_t { name = 1, value = 2 };
}

constexpr std::uint16_t default_confidence = 58982; // 0.9
constexpr std::uint16_t default_weight = 65535;

void sort_unique(std::vector<std::string>& list) {
  std::erase_if(list, [](const std::string& s) { return s.empty(); });
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

double at_steps(double x) { return steps_to_unit(unit_to_steps(x)); }

std::int64_t whole_second(std::int64_t ms) {
  return ms % 1000 < 0 ? ms / 1000 - 1 : ms / 1000;
}

// -- canonical form -------------------------------------------------------------------------------

void canonicalise_one(remember_op& op) {
  sort_unique(op.what.who);
  sort_unique(op.what.tags);
  op.what.confidence = at_steps(op.what.confidence);
  if (op.what.embedding && op.what.embedding->scale == 0) op.what.embedding->scale = 0; // no -0
}
void canonicalise_one(associate_op& op) {
  // A weight is above 0, and stays so however small it was.
  const auto steps = std::max<std::uint16_t>(1, unit_to_steps(op.what.weight));
  op.what.weight = steps_to_unit(steps);
}
void canonicalise_one(forget_op&) {}
void canonicalise_one(access_op& op) {
  std::sort(op.keys.begin(), op.keys.end());
  op.keys.erase(std::unique(op.keys.begin(), op.keys.end()), op.keys.end());
  op.at.ms = whole_second(op.at.ms) * 1000;
}
void canonicalise_one(configure_op&) {}

// -- encoding -------------------------------------------------------------------------------------

std::string_view as_text(const std::vector<std::int8_t>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size()};
}

/// Everything but the order, which is outside the content hash and has the last tag.
void write_fields(const remember_op& op, field_writer& out) {
  const episode& e = op.what;
  out.text(episode_tag::id, e.id);
  out.text(episode_tag::text, e.text);
  out.text(episode_tag::title, e.title);
  out.text(episode_tag::speaker, e.speaker);
  out.list(episode_tag::who, e.who);
  out.text(episode_tag::place, e.place);
  out.text(episode_tag::session, e.session);
  out.list(episode_tag::tags, e.tags);
  if (e.when) out.number(episode_tag::when, e.when->ms);
  if (e.embedding) {
    base::writer value;
    value.f32(e.embedding->scale);
    value.raw(as_text(e.embedding->values));
    out.raw(episode_tag::embedding, value.view());
  }
  out.steps(episode_tag::confidence, unit_to_steps(e.confidence), default_confidence);
}
void write_fields(const associate_op& op, field_writer& out) {
  out.text(associate_tag::source, op.what.source);
  out.text(associate_tag::target, op.what.target);
  out.text(associate_tag::kind, op.what.kind);
  out.steps(associate_tag::weight, unit_to_steps(op.what.weight), default_weight);
}
void write_fields(const forget_op& op, field_writer& out) {
  out.text(forget_tag::id, op.id);
  const char mode = static_cast<char>(op.mode);
  out.raw(forget_tag::mode, {&mode, 1});
}
void write_fields(const access_op& op, field_writer& out) {
  base::writer keys;
  for (const auto& key : op.keys) {
    keys.u64_be(key.value.high);
    keys.u64_be(key.value.low);
  }
  if (keys.size() > 0) out.raw(access_tag::keys, keys.view());
  out.number(access_tag::second, op.at.ms / 1000);
}
void write_fields(const configure_op& op, field_writer& out) {
  out.text(configure_tag::name, op.name);
  out.text(configure_tag::value, op.value);
}

// -- decoding -------------------------------------------------------------------------------------

void read_embedding(std::string_view value, field_reader& in, episode& e) {
  base::reader bytes(value);
  e.embedding.emplace();
  e.embedding->scale = bytes.f32();
  if (bytes.bad()) return in.fail("short embedding");
  const std::string_view rest = bytes.raw(bytes.left());
  const auto* first = reinterpret_cast<const std::int8_t*>(rest.data());
  e.embedding->values.assign(first, first + rest.size());
}

void read_field(std::uint8_t tag, std::string_view value, field_reader& in, remember_op& op) {
  episode& e = op.what;
  switch (tag) {
  case episode_tag::id: return in.text(value, e.id);
  case episode_tag::text: return in.text(value, e.text);
  case episode_tag::title: return in.text(value, e.title);
  case episode_tag::speaker: return in.text(value, e.speaker);
  case episode_tag::who: return in.list(value, e.who);
  case episode_tag::place: return in.text(value, e.place);
  case episode_tag::session: return in.text(value, e.session);
  case episode_tag::tags: return in.list(value, e.tags);
  case episode_tag::when: return in.number(value, e.when.emplace().ms);
  case episode_tag::embedding: return read_embedding(value, in, e);
  case episode_tag::confidence: return in.steps(value, default_confidence, e.confidence);
  case episode_tag::order:
    in.number(value, e.order);
    if (e.order == 0) in.fail("default written");
    return;
  default: in.unknown(tag, episode_tag::order);
  }
}
void read_field(std::uint8_t tag, std::string_view value, field_reader& in, associate_op& op) {
  switch (tag) {
  case associate_tag::source: return in.text(value, op.what.source);
  case associate_tag::target: return in.text(value, op.what.target);
  case associate_tag::kind: return in.text(value, op.what.kind);
  case associate_tag::weight: return in.steps(value, default_weight, op.what.weight);
  default: in.unknown(tag, associate_tag::weight);
  }
}
void read_field(std::uint8_t tag, std::string_view value, field_reader& in, forget_op& op) {
  switch (tag) {
  case forget_tag::id: return in.text(value, op.id);
  case forget_tag::mode:
    if (value.size() != 1 || value[0] < 1 || value[0] > 3) return in.fail("forget mode");
    op.mode = static_cast<forget_mode>(value[0]);
    return;
  default: in.unknown(tag, forget_tag::mode);
  }
}
void read_field(std::uint8_t tag, std::string_view value, field_reader& in, access_op& op) {
  switch (tag) {
  case access_tag::keys: {
    if (value.empty() || value.size() % 16 != 0) return in.fail("access keys");
    for (base::reader bytes(value); !bytes.at_end();) {
      const std::uint64_t high = bytes.u64_be();
      const base::memory_key key{{high, bytes.u64_be()}};
      if (!op.keys.empty() && key <= op.keys.back()) return in.fail("access keys not ascending");
      op.keys.push_back(key);
    }
    return;
  }
  case access_tag::second: {
    std::int64_t second = 0;
    in.number(value, second);
    constexpr std::int64_t bound = INT64_MAX / 1000;
    if (second > bound || second < -bound) return in.fail("access time");
    op.at.ms = second * 1000;
    return;
  }
  default: in.unknown(tag, access_tag::second);
  }
}
void read_field(std::uint8_t tag, std::string_view value, field_reader& in, configure_op& op) {
  switch (tag) {
  case configure_tag::name: return in.text(value, op.name);
  case configure_tag::value: return in.text(value, op.value);
  default: in.unknown(tag, configure_tag::value);
  }
}

/// Fields without which the operation means nothing; the mode and second are always written.
bool complete(const remember_op&) { return true; }
bool complete(const associate_op&) { return true; }
bool complete(const forget_op& op) { return static_cast<int>(op.mode) != 0; }
bool complete(const access_op& op) { return op.at.ms != INT64_MIN; }
bool complete(const configure_op&) { return true; }

template <class Op>
Op blank() {
  Op op;
  if constexpr (std::is_same_v<Op, forget_op>) op.mode = static_cast<forget_mode>(0);
  if constexpr (std::is_same_v<Op, access_op>) op.at.ms = INT64_MIN;
  if constexpr (std::is_same_v<Op, remember_op>)
    op.what.confidence = steps_to_unit(default_confidence);
  return op;
}

template <class Op>
base::result<operation> decode_as(std::string_view fields) {
  Op op = blank<Op>();
  field_reader in(fields);
  while (in.next()) read_field(in.tag(), in.value(), in, op);
  if (!in.fault() && !complete(op)) in.fail("field missing");
  if (in.fault()) return *in.fault();
  return operation(std::move(op));
}

std::string_view content_prefix(const operation& what, field_writer& out) {
  std::visit([&out](const auto& op) { write_fields(op, out); }, what);
  return out.view();
}

} // namespace

std::uint16_t unit_to_steps(double x) noexcept {
  return static_cast<std::uint16_t>(x * 65535.0 + 0.5);
}

void canonicalise(operation& what) {
  std::visit([](auto& op) { canonicalise_one(op); }, what);
}

entry_kind kind_of(const operation& what) noexcept {
  return static_cast<entry_kind>(what.index() + 1);
}

encoded encode(const operation& what) {
  field_writer out(static_cast<std::uint8_t>(kind_of(what)));
  encoded result;
  result.content = base::digest128().add(content_prefix(what, out)).finish();
  if (const auto* remember = std::get_if<remember_op>(&what); remember && remember->what.order != 0)
    out.number(episode_tag::order, remember->what.order);
  result.payload = std::move(out).take();
  return result;
}

base::hash128 content_hash(const operation& what) {
  field_writer out(static_cast<std::uint8_t>(kind_of(what)));
  return base::digest128().add(content_prefix(what, out)).finish();
}

base::result<operation> decode(entry_kind kind, std::string_view payload) {
  if (payload.empty() || static_cast<std::uint8_t>(payload[0]) != static_cast<std::uint8_t>(kind))
    return base::error{base::errc::corrupt, "payload is of another kind"};
  const std::string_view fields = payload.substr(1);
  switch (kind) {
  case entry_kind::remember: return decode_as<remember_op>(fields);
  case entry_kind::associate: return decode_as<associate_op>(fields);
  case entry_kind::forget: return decode_as<forget_op>(fields);
  case entry_kind::access: return decode_as<access_op>(fields);
  case entry_kind::configure: return decode_as<configure_op>(fields);
  }
  return base::error{base::errc::unsupported_format,
                     "kind=" + std::to_string(static_cast<int>(kind))};
}

} // namespace engram::memory
