#include "memory/codec.hpp"

#include "base/bytes.hpp"
#include "base/fields.hpp"

#include <algorithm>
#include <utility>

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
namespace purge_tag {
enum : std::uint8_t { keys = 1 };
}

constexpr std::uint16_t default_confidence = 58982; // 0.9
constexpr std::uint16_t default_weight = 65535;

void sort_unique(std::vector<std::string>& list) {
  std::erase_if(list, [](const std::string& s) { return s.empty(); });
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

double at_steps(double x) { return steps_to_unit(unit_to_steps(x)); }

std::int64_t whole_second(std::int64_t ms) { return ms % 1000 < 0 ? ms / 1000 - 1 : ms / 1000; }

// -- canonical form --

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
void canonicalise_keys(std::vector<base::memory_key>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}
void canonicalise_one(access_op& op) {
  canonicalise_keys(op.keys);
  op.at.ms = whole_second(op.at.ms) * 1000;
}
void canonicalise_one(configure_op&) {}
void canonicalise_one(purge_op& op) { canonicalise_keys(op.keys); }

// -- encoding --

void put_list(base::field_writer& out, std::uint8_t tag, const std::vector<std::string>& items) {
  base::writer value;
  for (const auto& item : items) value.field(item);
  out.text(tag, value.view());
}

/// A number whose 0 differs from its absence.
void put_present(base::field_writer& out, std::uint8_t tag, std::int64_t value) {
  base::writer bytes;
  bytes.zigzag(value);
  out.text(tag, bytes.view());
}

void put_steps(base::field_writer& out, std::uint8_t tag, double share, std::uint16_t missing) {
  const std::uint16_t steps = unit_to_steps(share);
  if (steps == missing) return;
  base::writer bytes;
  bytes.u16(steps);
  out.text(tag, bytes.view());
}

/// Everything but the order, which is outside the content hash and has the last tag.
void put_fields(const remember_op& op, base::field_writer& out) {
  const episode& e = op.what;
  out.text(episode_tag::id, e.id);
  out.text(episode_tag::text, e.text);
  out.text(episode_tag::title, e.title);
  out.text(episode_tag::speaker, e.speaker);
  put_list(out, episode_tag::who, e.who);
  out.text(episode_tag::place, e.place);
  out.text(episode_tag::session, e.session);
  put_list(out, episode_tag::tags, e.tags);
  if (e.when) put_present(out, episode_tag::when, e.when->ms);
  if (e.embedding) {
    const auto& values = e.embedding->values;
    base::writer value;
    value.f32(e.embedding->scale);
    value.raw({reinterpret_cast<const char*>(values.data()), values.size()});
    out.text(episode_tag::embedding, value.view());
  }
  put_steps(out, episode_tag::confidence, e.confidence, default_confidence);
}
void put_fields(const associate_op& op, base::field_writer& out) {
  out.text(associate_tag::source, op.what.source);
  out.text(associate_tag::target, op.what.target);
  out.text(associate_tag::kind, op.what.kind);
  put_steps(out, associate_tag::weight, op.what.weight, default_weight);
}
void put_fields(const forget_op& op, base::field_writer& out) {
  out.text(forget_tag::id, op.id);
  out.number(forget_tag::mode, static_cast<std::uint64_t>(op.mode));
}
void put_keys(base::field_writer& out, std::uint8_t tag,
              const std::vector<base::memory_key>& keys) {
  base::writer bytes;
  for (const auto& key : keys) {
    bytes.u64_be(key.value.high);
    bytes.u64_be(key.value.low);
  }
  out.text(tag, bytes.view());
}
void put_fields(const access_op& op, base::field_writer& out) {
  put_keys(out, access_tag::keys, op.keys);
  out.signed_number(access_tag::second, op.at.ms / 1000);
}
void put_fields(const configure_op& op, base::field_writer& out) {
  out.text(configure_tag::name, op.name);
  out.text(configure_tag::value, op.value);
}
void put_fields(const purge_op& op, base::field_writer& out) {
  put_keys(out, purge_tag::keys, op.keys);
}

// -- decoding --

std::vector<std::string> get_list(base::field_reader& in, std::uint8_t tag) {
  std::vector<std::string> out;
  base::reader items(in.text(tag));
  while (!items.at_end()) {
    const std::string_view item = items.field();
    if (items.bad() || item.empty() || (!out.empty() && item <= out.back())) {
      in.reject();
      break;
    }
    out.emplace_back(item);
  }
  return out;
}

std::optional<std::int64_t> get_present(base::field_reader& in, std::uint8_t tag) {
  if (!in.has(tag)) return std::nullopt;
  base::reader bytes(in.text(tag));
  const std::int64_t value = bytes.zigzag();
  if (!bytes.done()) in.reject();
  return value;
}

double get_steps(base::field_reader& in, std::uint8_t tag, std::uint16_t missing) {
  if (!in.has(tag)) return steps_to_unit(missing);
  base::reader bytes(in.text(tag));
  const std::uint16_t steps = bytes.u16();
  if (!bytes.done() || steps == missing) in.reject();
  return steps_to_unit(steps);
}

std::optional<embedding> get_embedding(base::field_reader& in, std::uint8_t tag) {
  if (!in.has(tag)) return std::nullopt;
  base::reader bytes(in.text(tag));
  embedding out;
  out.scale = bytes.f32();
  if (bytes.bad()) in.reject();
  const std::string_view rest = bytes.raw(bytes.left());
  const auto* const first = reinterpret_cast<const std::int8_t*>(rest.data());
  out.values.assign(first, first + rest.size());
  return out;
}

void get_fields(base::field_reader& in, remember_op& op) {
  episode& e = op.what;
  e.id = in.text(episode_tag::id);
  e.text = in.text(episode_tag::text);
  e.title = in.text(episode_tag::title);
  e.speaker = in.text(episode_tag::speaker);
  e.who = get_list(in, episode_tag::who);
  e.place = in.text(episode_tag::place);
  e.session = in.text(episode_tag::session);
  e.tags = get_list(in, episode_tag::tags);
  if (const auto ms = get_present(in, episode_tag::when)) e.when = base::instant{*ms};
  e.embedding = get_embedding(in, episode_tag::embedding);
  e.confidence = get_steps(in, episode_tag::confidence, default_confidence);
  e.order = in.signed_number(episode_tag::order);
}
void get_fields(base::field_reader& in, associate_op& op) {
  op.what.source = in.text(associate_tag::source);
  op.what.target = in.text(associate_tag::target);
  op.what.kind = in.text(associate_tag::kind);
  op.what.weight = get_steps(in, associate_tag::weight, default_weight);
}
void get_fields(base::field_reader& in, forget_op& op) {
  op.id = in.text(forget_tag::id);
  const std::uint64_t mode = in.number(forget_tag::mode);
  if (mode < 1 || mode > 3) return in.reject();
  op.mode = static_cast<forget_mode>(mode);
}
std::vector<base::memory_key> get_keys(base::field_reader& in, std::uint8_t tag) {
  std::vector<base::memory_key> out;
  base::reader keys(in.text(tag));
  while (!keys.at_end() && !keys.bad()) {
    const std::uint64_t high = keys.u64_be();
    const base::memory_key key{{high, keys.u64_be()}};
    if (!out.empty() && key <= out.back()) in.reject();
    out.push_back(key);
  }
  if (keys.bad()) in.reject();
  return out;
}
void get_fields(base::field_reader& in, access_op& op) {
  op.keys = get_keys(in, access_tag::keys);
  const std::int64_t second = in.signed_number(access_tag::second);
  constexpr std::int64_t bound = INT64_MAX / 1000;
  if (second > bound || second < -bound) return in.reject();
  op.at.ms = second * 1000;
}
void get_fields(base::field_reader& in, configure_op& op) {
  op.name = in.text(configure_tag::name);
  op.value = in.text(configure_tag::value);
}
void get_fields(base::field_reader& in, purge_op& op) { op.keys = get_keys(in, purge_tag::keys); }

/// Fills the operation `out` already is.
base::result<void> read_fields(std::string_view fields, operation& out) {
  base::field_reader in(fields);
  std::visit([&in](auto& op) { get_fields(in, op); }, out);
  return in.finish("operation");
}

/// The kind and all fields under the content hash.
std::string content_bytes(const operation& what) {
  base::field_writer out;
  std::visit([&out](const auto& op) { put_fields(op, out); }, what);
  std::string bytes(1, static_cast<char>(kind_of(what)));
  bytes += std::move(out).take();
  return bytes;
}

base::hash128 hash_content(std::string_view bytes) { return base::digest128().add(bytes).finish(); }

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
  encoded result;
  result.payload = content_bytes(what);
  result.content = hash_content(result.payload);
  if (const auto* remember = std::get_if<remember_op>(&what)) {
    base::field_writer last; // fields are appended, so the content stays a prefix
    last.signed_number(episode_tag::order, remember->what.order);
    result.payload += std::move(last).take();
  }
  return result;
}

base::hash128 content_hash(const operation& what) { return hash_content(content_bytes(what)); }

base::result<operation> decode(entry_kind kind, std::string_view payload) {
  if (payload.empty() || static_cast<std::uint8_t>(payload[0]) != static_cast<std::uint8_t>(kind))
    return base::error{base::errc::corrupt, "payload is of another kind"};
  operation out;
  switch (kind) {
  case entry_kind::remember:
    out.emplace<remember_op>();
    break;
  case entry_kind::associate:
    out.emplace<associate_op>();
    break;
  case entry_kind::forget:
    out.emplace<forget_op>();
    break;
  case entry_kind::access:
    out.emplace<access_op>();
    break;
  case entry_kind::configure:
    out.emplace<configure_op>();
    break;
  case entry_kind::purge:
    out.emplace<purge_op>();
    break;
  default:
    return base::error{base::errc::unsupported_format,
                       "kind=" + std::to_string(static_cast<int>(kind))};
  }
  TRY(read_fields(payload.substr(1), out));
  return out;
}

} // namespace engram::memory
