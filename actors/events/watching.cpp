#include "actors/events/watching.hpp"

#include "actors/space/records.hpp"
#include "base/bytes.hpp"
#include "memory/codec.hpp"
#include "memory/verbs/reconsolidation.hpp"
#include "storage/entry.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::uint8_t cursor_format = 1;
constexpr std::size_t ids_shown = 64;
constexpr std::size_t page_bytes = 1 << 20; // of texts; a page ends behind the one that reaches it
constexpr std::string_view DREAMT = "dreamt"; // association of a dream, memory/verbs/dream.cpp

void put(base::writer& out, const base::hash128& value) {
  out.u64(value.high);
  out.u64(value.low);
}

base::hash128 read_hash(base::reader& in) {
  base::hash128 out;
  out.high = in.u64();
  out.low = in.u64();
  return out;
}

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view kind_of(memory::forget_mode mode) {
  switch (mode) {
  case memory::forget_mode::suppress:
    return event_kind::suppressed;
  case memory::forget_mode::restore:
    return event_kind::restored;
  case memory::forget_mode::erase:
    return event_kind::deleted;
  }
  return event_kind::unreadable;
}

std::string_view kind_of(const memory::association& what) {
  if (what.kind == memory::REVISES) return event_kind::revised;
  return what.kind == DREAMT ? event_kind::dreamt : event_kind::associated;
}

} // namespace

base::result<watch_cursor> read_cursor(std::string_view text, const base::space_id& space) {
  const base::error malformed{base::errc::invalid_argument, "cursor"};
  base::reader in(text);
  if (in.u8() != cursor_format || base::space_id{read_hash(in)} != space) return malformed;
  watch_cursor out;
  out.ring = read_hash(in);
  out.next = in.var();
  const auto vector = in.field();
  if (!in.done()) return malformed;
  TRY_ASSIGN(out.told, read_token(vector, space));
  return out;
}

std::string make_cursor(const watch_cursor& from, const base::space_id& space) {
  base::writer out;
  out.u8(cursor_format);
  put(out, space.value);
  put(out, from.ring);
  out.var(from.next);
  out.field(make_token(space, from.told, {}, vector_bytes_max));
  return std::move(out).take();
}

struct event_reader::entry {
  storage::entry_header header;
  std::string key; // of its payload
};

base::result<void> event_reader::read_origin(const base::origin_id& origin, std::uint64_t from,
                                             std::uint64_t to, std::vector<entry>& into) const {
  const auto number = runs_(origin);
  if (!number) return base::success();
  const auto rows = store_.scan(storage::column::log, storage::entry_key(space_, *number, from + 1),
                                storage::entry_key(space_, *number, to + 1));
  while (into.size() < WATCH_LIMIT_MAX) {
    const auto more = rows->next();
    if (!more && more.error().code == base::errc::corrupt) continue; // missed, and counted so
    if (!more) return more.error();
    if (!*more) break;
    auto header = storage::decode_header(rows->current().value);
    if (header) into.push_back({*std::move(header), std::string(rows->current().key)});
  }
  return base::success();
}

base::result<event_reader::page> event_reader::read(watch_cursor& from, const event_ring* ring,
                                                    const watch_request& asked) {
  struct run {
    std::vector<entry> entries;
    std::size_t next = 0;
    std::uint64_t until = 0; // of what is applied
  };
  page out;
  std::map<base::origin_id, run> runs;
  for (const auto& [origin, applied] : view_.applied.rows()) {
    const auto told = from.told.at(origin);
    if (told >= applied) continue;
    auto& run = runs[origin];
    run.until = applied;
    TRY(read_origin(origin, told, applied, run.entries));
  }
  const auto pass = [&](const base::origin_id& origin, std::uint64_t to) {
    out.missed += to - from.told.at(origin);
    from.told.raise(origin, to);
  };
  const std::size_t limit = std::clamp<std::size_t>(asked.limit, 1, WATCH_LIMIT_MAX);
  std::size_t bytes = 0;
  for (std::size_t read = 0;; ++read) {
    const base::origin_id* first = nullptr;
    for (auto& [origin, run] : runs) {
      if (run.next == run.entries.size()) continue;
      if (first == nullptr ||
          run.entries[run.next].header.stamp < runs[*first].entries[runs[*first].next].header.stamp)
        first = &origin;
    }
    if (first == nullptr) break;
    if (read == WATCH_LIMIT_MAX || out.events.size() == limit || bytes >= page_bytes) {
      out.more = true;
      return out;
    }
    auto& run = runs[*first];
    const auto& next = run.entries[run.next++];
    pass(*first, next.header.sequence - 1); // what is gone in between
    from.told.raise(*first, next.header.sequence);
    auto made = told(next);
    if (!wanted(made, asked)) continue;
    if (made.what) bytes += made.what->text.size();
    out.events.push_back(std::move(made));
  }
  for (auto& [origin, run] : runs) {
    if (run.entries.size() == WATCH_LIMIT_MAX)
      out.more = true;
    else
      pass(origin, run.until);
  }
  if (ring == nullptr) return out;
  if (from.ring != ring->id()) from.ring = ring->id(), from.next = 0;
  auto taken = ring->take(from.next, limit - out.events.size());
  from.next = taken.next;
  out.missed += taken.missed;
  for (auto& each : taken.events) {
    std::erase_if(each.ids, [&](const std::string& id) { return !is_shown(id); });
    if (wanted(each, asked)) out.events.push_back(std::move(each));
  }
  out.more = out.more || from.next < ring->end();
  return out;
}

/// A ring may remember ids of what is gone for good.
bool event_reader::is_shown(const std::string& id) const {
  const auto& index = *view_.state->index;
  const auto found = index.find_id(id);
  return std::any_of(found.begin(), found.end(), [&](auto o) { return index.visible(o); });
}

event event_reader::told(const entry& from) const {
  event out;
  out.at = from.header.stamp.wall();
  out.origin = from.header.origin;
  out.sequence = from.header.sequence;
  out.kind = event_kind::unreadable;
  const auto stored = store_.get(storage::column::payload, from.key);
  if ((stored && stored->empty()) || (!stored && stored.error().code == base::errc::unknown_key)) {
    out.kind = event_kind::erased;
    return out;
  }
  if (!stored) return out;
  const auto payload = storage::decode_payload(*stored);
  if (!payload) return out;
  auto what = memory::decode(static_cast<memory::entry_kind>(from.header.kind), payload->bytes);
  if (what) tell(*what, out);
  return out;
}

void event_reader::tell(const memory::operation& what, event& to) const {
  if (const auto* remembered = std::get_if<memory::remember_op>(&what)) {
    to.kind = event_kind::remembered;
    to.ids = {remembered->what.id};
    to.what = std::make_shared<const memory::episode>(remembered->what);
  } else if (const auto* associated = std::get_if<memory::associate_op>(&what)) {
    to.kind = kind_of(associated->what);
    to.ids = {associated->what.source, associated->what.target};
    to.detail = associated->what.kind;
    to.measures = {{"weight", associated->what.weight}};
  } else if (const auto* forgotten = std::get_if<memory::forget_op>(&what)) {
    to.kind = kind_of(forgotten->mode);
    to.ids = {forgotten->id};
  } else if (const auto* access = std::get_if<memory::access_op>(&what)) {
    to.kind = event_kind::recalled;
    const auto& index = *view_.state->index;
    for (const auto& key : access->keys)
      if (const auto found = index.find(key); !found.empty() && to.ids.size() < ids_shown)
        to.ids.emplace_back(index.id(found.front()));
    to.measures = {{"memories", static_cast<double>(access->keys.size())}};
  } else if (const auto* setting = std::get_if<memory::configure_op>(&what)) {
    to.kind = event_kind::configured;
    to.detail = setting->name + "=" + setting->value;
  } else if (const auto* purge = std::get_if<memory::purge_op>(&what)) {
    to.kind = event_kind::purged;
    to.measures = {{"memories", static_cast<double>(purge->keys.size())}};
  }
}

bool event_reader::wanted(const event& what, const watch_request& asked) const {
  if (!asked.kinds.empty() && !among(asked.kinds, what.kind)) return false;
  if (asked.who.empty() && asked.tags.empty()) return true;
  if (what.what) return is_about(*what.what, asked);
  return std::any_of(what.ids.begin(), what.ids.end(), [&](const std::string& id) {
    const auto found = content(id);
    return found && is_about(*found, asked);
  });
}

bool event_reader::is_about(const memory::episode& what, const watch_request& asked) const {
  const auto any = [](const auto& items, const auto& test) {
    return std::any_of(items.begin(), items.end(), test);
  };
  const bool who = asked.who.empty() || among(asked.who, what.speaker) ||
                   any(what.who, [&](const auto& each) { return among(asked.who, each); });
  const bool tag = asked.tags.empty() ||
                   any(what.tags, [&](const auto& each) { return among(asked.tags, each); });
  return who && tag;
}

std::shared_ptr<const memory::episode> event_reader::content(const std::string& id) const {
  auto found = record_reader(store_, space_, view_, {}).find({id});
  if (!found || found->empty()) return nullptr;
  return std::make_shared<const memory::episode>(std::move(found->front().what));
}

} // namespace engram::actors
