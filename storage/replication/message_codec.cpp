#include "base/bytes.hpp"
#include "base/fields.hpp"
#include "storage/replication/messages.hpp"

#include <array>
#include <utility>

namespace engram::storage::message {
namespace {

// Tags. docs/formats/replication.md; never used for anything else again.
constexpr std::uint8_t KIND = 0, SPACE = 1, ORIGIN = 2, FLAGS = 3, NUMBER = 4, BYTES = 5, LIST = 6,
                       SESSION = 7, AFTER = 8, HASH = 9, VECTOR = 10, DOUBTFUL = 11, ECHO = 12;

void put(base::writer& out, const base::hash128& value) {
  const auto bytes = value.bytes();
  out.raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

base::hash128 take_hash(base::reader& in) {
  std::array<std::uint8_t, 16> bytes{};
  const auto raw = in.raw(bytes.size());
  std::copy(raw.begin(), raw.end(), bytes.begin());
  return base::hash128::from_bytes(bytes);
}

void put(base::writer& out, const log_mark& mark) {
  out.var(mark.sequence);
  put(out, mark.running);
}

log_mark take_mark(base::reader& in) {
  log_mark mark;
  mark.sequence = in.var();
  mark.running = take_hash(in);
  return mark;
}

std::string list_of(const log_vector& vector) {
  base::writer out;
  for (const auto& [origin, mark] : vector.marks()) {
    put(out, origin.value);
    put(out, mark);
  }
  return std::move(out).take();
}

/// Elements until the end; what one element's reader finds wrong condemns the message.
template <class Read>
void each(base::field_reader& from, std::uint8_t tag, Read read) {
  base::reader in{from.text(tag)};
  while (!in.at_end() && !in.bad())
    if (!read(in) || in.bad()) return from.reject();
}

log_vector take_vector(base::field_reader& from) {
  log_vector out;
  base::origin_id before;
  each(from, VECTOR, [&](base::reader& in) {
    const base::origin_id origin{take_hash(in)};
    const auto mark = take_mark(in);
    const bool ascends = out.empty() || before < origin;
    before = origin;
    out.raise(origin, mark);
    return ascends && mark.sequence > 0;
  });
  return out;
}

bool flag(std::uint64_t flags, int bit) { return (flags >> bit & 1) != 0; }
std::uint64_t flags_of(bool a, bool b = false, bool c = false) {
  return std::uint64_t{a} | std::uint64_t{b} << 1 | std::uint64_t{c} << 2;
}
std::uint64_t take_flags(base::field_reader& in, int bits) {
  const auto flags = in.number(FLAGS);
  if (flags >> bits != 0) in.reject();
  return flags;
}

// -- one pair of functions per message; tags ascend ---------------------------------------------

void write(base::field_writer& out, const digests& m) {
  base::writer list;
  for (const auto& item : m.items) {
    put(list, item.space.value);
    list.u64(item.digest);
  }
  out.number(NUMBER, static_cast<std::uint64_t>(m.beat.ms));
  out.text(LIST, list.view());
  out.number(ECHO, static_cast<std::uint64_t>(m.echo.ms));
}
void read(base::field_reader& in, digests& m) {
  m.beat.ms = static_cast<std::int64_t>(in.number(NUMBER));
  each(in, LIST, [&](base::reader& item) {
    const base::space_id space{take_hash(item)};
    m.items.push_back({space, item.u64()});
    return true;
  });
  m.echo.ms = static_cast<std::int64_t>(in.number(ECHO));
}

void write(base::field_writer& out, const vector& m) {
  out.hash(SPACE, m.space.value);
  out.number(FLAGS, flags_of(m.answer, m.stray));
  out.text(VECTOR, list_of(m.held));
}
void read(base::field_reader& in, vector& m) {
  m.space.value = in.hash(SPACE);
  const auto flags = take_flags(in, 2);
  m.answer = flag(flags, 0);
  m.stray = flag(flags, 1);
  m.held = take_vector(in);
}

void write(base::field_writer& out, const pull& m) {
  out.hash(SPACE, m.space.value);
  out.hash(ORIGIN, m.origin.value);
  out.number(FLAGS, flags_of(m.headers_only));
  out.number(NUMBER, m.from);
  out.number(BYTES, m.bytes_max);
}
void read(base::field_reader& in, pull& m) {
  m.space.value = in.hash(SPACE);
  m.origin.value = in.hash(ORIGIN);
  m.headers_only = flag(take_flags(in, 1), 0);
  m.from = in.number(NUMBER);
  m.bytes_max = in.number(BYTES);
}

void write(base::field_writer& out, const entries& m) {
  base::writer list;
  for (const auto& item : m.items) {
    list.field(encode_header(item.header));
    list.field(item.payload);
  }
  out.hash(SPACE, m.space.value);
  out.hash(ORIGIN, m.origin.value);
  out.number(FLAGS, flags_of(m.pulled, m.trimmed, m.headers_only));
  out.text(LIST, list.view());
}
void read(base::field_reader& in, entries& m) {
  m.space.value = in.hash(SPACE);
  m.origin.value = in.hash(ORIGIN);
  const auto flags = take_flags(in, 3);
  m.pulled = flag(flags, 0);
  m.trimmed = flag(flags, 1);
  m.headers_only = flag(flags, 2);
  each(in, LIST, [&](base::reader& item) {
    const auto header = decode_header(item.field());
    if (!header || header->space != m.space || header->origin != m.origin) return false;
    m.items.push_back({*header, std::string{item.field()}});
    return true;
  });
}

void write(base::field_writer& out, const acknowledgement& m) {
  out.hash(SPACE, m.space.value);
  out.hash(ORIGIN, m.origin.value);
  out.number(NUMBER, m.mark.sequence);
  out.hash(HASH, m.mark.running);
}
void read(base::field_reader& in, acknowledgement& m) {
  m.space.value = in.hash(SPACE);
  m.origin.value = in.hash(ORIGIN);
  m.mark.sequence = in.number(NUMBER);
  m.mark.running = in.hash(HASH);
}

void write(base::field_writer& out, const fork_notice& m) {
  out.hash(SPACE, m.space.value);
  out.hash(ORIGIN, m.origin.value);
  out.number(NUMBER, m.sequence);
}
void read(base::field_reader& in, fork_notice& m) {
  m.space.value = in.hash(SPACE);
  m.origin.value = in.hash(ORIGIN);
  m.sequence = in.number(NUMBER);
}

void write(base::field_writer& out, const snapshot_request& m) {
  out.hash(SPACE, m.space.value);
  out.number(BYTES, m.bytes_max);
  out.hash(SESSION, m.session);
  out.text(AFTER, m.after);
  out.text(VECTOR, list_of(m.held));
}
void read(base::field_reader& in, snapshot_request& m) {
  m.space.value = in.hash(SPACE);
  m.bytes_max = in.number(BYTES);
  m.session = in.hash(SESSION);
  m.after = in.text(AFTER);
  m.held = take_vector(in);
}

void write(base::field_writer& out, const snapshot_offer& m) {
  base::writer list;
  for (const auto& [number, origin] : m.numbers) {
    list.u32(number);
    put(list, origin.value);
  }
  out.hash(SPACE, m.space.value);
  out.text(LIST, list.view());
  out.hash(SESSION, m.session);
  out.text(VECTOR, list_of(m.covers));
  base::writer doubts;
  for (const auto& origin : m.doubtful) put(doubts, origin.value);
  out.text(DOUBTFUL, doubts.view());
}
void read(base::field_reader& in, snapshot_offer& m) {
  m.space.value = in.hash(SPACE);
  each(in, LIST, [&](base::reader& item) {
    const auto number = item.u32();
    m.numbers.emplace_back(number, base::origin_id{take_hash(item)});
    return true;
  });
  m.session = in.hash(SESSION);
  m.covers = take_vector(in);
  each(in, DOUBTFUL, [&](base::reader& item) {
    m.doubtful.push_back({take_hash(item)});
    return true;
  });
}

void write(base::field_writer& out, const snapshot_chunk& m) {
  base::writer list;
  for (const auto& item : m.items) {
    list.field(item.key);
    list.field(item.value);
    list.u8(item.payload ? 1 : 0);
    if (item.payload) list.field(*item.payload);
  }
  out.hash(SPACE, m.space.value);
  out.number(FLAGS, flags_of(m.done, m.ended));
  out.text(LIST, list.view());
  out.hash(SESSION, m.session);
  out.text(AFTER, m.after);
}
void read(base::field_reader& in, snapshot_chunk& m) {
  m.space.value = in.hash(SPACE);
  const auto flags = take_flags(in, 2);
  m.done = flag(flags, 0);
  m.ended = flag(flags, 1);
  each(in, LIST, [&](base::reader& from) {
    snapshot_item item;
    item.key = from.field();
    item.value = from.field();
    const auto carried = from.u8();
    if (carried == 1) item.payload = std::string{from.field()};
    m.items.push_back(std::move(item));
    return carried <= 1;
  });
  m.session = in.hash(SESSION);
  m.after = in.text(AFTER);
}

void write(base::field_writer& out, const state_hashes& m) {
  base::writer list;
  for (const auto& bucket : m.buckets) put(list, bucket);
  out.hash(SPACE, m.space.value);
  out.number(NUMBER, m.digest);
  out.text(LIST, list.view());
}
void read(base::field_reader& in, state_hashes& m) {
  m.space.value = in.hash(SPACE);
  m.digest = in.number(NUMBER);
  each(in, LIST, [&](base::reader& item) {
    m.buckets.push_back(take_hash(item));
    return true;
  });
}

template <std::size_t Kind = 0>
base::result<any> decode_kind(std::uint64_t kind, base::field_reader& in) {
  if constexpr (Kind < std::variant_size_v<any>) {
    if (kind != Kind + 1) return decode_kind<Kind + 1>(kind, in);
    std::variant_alternative_t<Kind, any> out;
    read(in, out);
    TRY(in.finish("replication message"));
    return any{std::move(out)};
  } else {
    return {base::errc::unsupported_format, "replication message kind=" + std::to_string(kind)};
  }
}

} // namespace

std::string encode(const any& what) {
  base::field_writer out;
  out.number(KIND, what.index() + 1);
  std::visit([&](const auto& m) { write(out, m); }, what);
  return std::move(out).take();
}

base::result<any> decode_replication(std::string_view bytes) {
  base::field_reader in{bytes};
  const auto kind = in.number(KIND);
  if (kind == 0) return {base::errc::corrupt, "replication message without a kind"};
  return decode_kind(kind, in);
}

} // namespace engram::storage::message
