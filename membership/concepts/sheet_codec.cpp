#include "base/bytes.hpp"
#include "base/fields.hpp"
#include "membership/concepts/sheet_messages.hpp"

namespace engram::membership::sheet_message {

namespace {

/// On the wire: do not change the values.
enum class kind : std::uint8_t { root = 1, digests = 2, heads = 3, wish = 4, part = 5 };
enum tag : std::uint8_t { KIND, NUMBER, LIST, FLAGS, SPACE, TAGS, HEAD };

// -- writing --

void put(base::writer& out, const base::hash128& value) {
  for (const auto byte : value.bytes()) out.u8(byte);
}

void put(base::writer& out, const sheet_head& head) {
  put(out, head.space.value);
  out.var(head.version.covered);
  put(out, head.version.content);
  out.zigzag(head.confirmed.ms);
}

std::string numbers(std::span<const std::uint64_t> values) {
  base::writer out;
  for (const auto value : values) out.u64(value);
  return std::move(out).take();
}

struct encoder {
  base::field_writer out;

  void begin(kind what) { out.number(KIND, static_cast<std::uint64_t>(what)); }
  void operator()(const root& what) {
    begin(kind::root);
    out.number(NUMBER, what.digest);
  }
  void operator()(const digests& what) {
    begin(kind::digests);
    out.text(LIST, numbers(what.buckets));
  }
  void operator()(const heads& what) {
    begin(kind::heads);
    out.number(NUMBER, what.buckets);
    base::writer list;
    for (const auto& head : what.items) put(list, head);
    out.text(LIST, list.view());
    out.number(FLAGS, what.answer ? 1 : 0);
  }
  void operator()(const wish& what) {
    begin(kind::wish);
    out.hash(SPACE, what.space.value);
    out.text(TAGS, numbers(what.held));
  }
  void operator()(const part& what) {
    begin(kind::part);
    base::writer list;
    for (const auto& record : what.records) {
      put(list, record.name);
      put(list, record.version);
      list.field(record.bytes);
    }
    out.text(LIST, list.view());
    out.text(TAGS, numbers(what.tags));
    base::writer head;
    put(head, what.head);
    out.text(HEAD, head.view());
  }
};

// -- reading --

base::hash128 hash(base::reader& in) {
  const auto high = in.u64_be();
  return {high, in.u64_be()};
}

sheet_head head(base::reader& in) {
  sheet_head out;
  out.space.value = hash(in);
  out.version.covered = in.var();
  out.version.content = hash(in);
  out.confirmed.ms = in.zigzag();
  return out;
}

std::vector<std::uint64_t> numbers(base::field_reader& in, std::uint8_t at) {
  base::reader bytes(in.text(at));
  std::vector<std::uint64_t> out;
  out.reserve(bytes.left() / 8);
  while (!bytes.at_end() && !bytes.bad()) out.push_back(bytes.u64());
  if (bytes.bad()) in.reject();
  return out;
}

/// Items of `read` until the bytes end.
template <class Item, class Read>
std::vector<Item> list(base::field_reader& in, Read read) {
  base::reader bytes(in.text(LIST));
  std::vector<Item> out;
  while (!bytes.at_end() && !bytes.bad()) out.push_back(read(bytes));
  if (bytes.bad()) in.reject();
  return out;
}

any decode(base::field_reader& in, const digests&) {
  digests out;
  const auto read = numbers(in, LIST);
  if (read.size() == out.buckets.size())
    std::copy(read.begin(), read.end(), out.buckets.begin());
  else
    in.reject();
  return out;
}

any decode(base::field_reader& in, const heads&) {
  heads out;
  out.buckets = in.number(NUMBER);
  out.items = list<sheet_head>(in, head);
  const auto flags = in.number(FLAGS);
  if (flags > 1) in.reject();
  out.answer = flags == 1;
  return out;
}

any decode(base::field_reader& in, const part&) {
  part out;
  out.records = list<sheet_record>(in, [](base::reader& bytes) {
    sheet_record record;
    record.name = hash(bytes);
    record.version = hash(bytes);
    record.bytes = bytes.field();
    return record;
  });
  out.tags = numbers(in, TAGS);
  base::reader bytes(in.text(HEAD));
  out.head = head(bytes);
  if (!bytes.done()) in.reject();
  return out;
}

any decode(base::field_reader& in, kind what) {
  switch (what) {
  case kind::root:
    return root{in.number(NUMBER)};
  case kind::digests:
    return decode(in, digests{});
  case kind::heads:
    return decode(in, heads{});
  case kind::wish: {
    wish out;
    out.space.value = in.hash(SPACE);
    out.held = numbers(in, TAGS);
    return out;
  }
  case kind::part:
    return decode(in, part{});
  }
  return root{};
}

} // namespace

std::string encode(const any& what) {
  encoder out;
  std::visit(out, what);
  return std::move(out.out).take();
}

base::result<any> decode_sheet_message(std::string_view bytes) {
  base::field_reader in(bytes);
  const auto what = in.number(KIND);
  if (what == 0 || what > static_cast<std::uint64_t>(kind::part))
    return {base::errc::unsupported_format, "message about concepts, kind " + std::to_string(what)};
  auto out = decode(in, static_cast<kind>(what));
  TRY(in.finish("message about concepts"));
  return out;
}

} // namespace engram::membership::sheet_message
