#include "actors/space/records.hpp"

#include "base/bytes.hpp"
#include "memory/codec.hpp"
#include "memory/index/edge_rows.hpp"
#include "memory/index/keys.hpp"
#include "storage/entry.hpp"

#include <algorithm>
#include <tuple>

namespace engram::actors {

namespace {

constexpr std::uint8_t cursor_format = 2;

/// What a page ended with.
struct place {
  base::memory_key key;
  base::hash128 content;
};

std::string make_cursor(const memory::document& last) {
  base::writer out;
  out.u8(cursor_format);
  for (const auto part :
       {last.key.value.high, last.key.value.low, last.content.high, last.content.low})
    out.u64(part);
  return std::move(out).take();
}

base::result<place> read_cursor(const std::string& cursor) {
  place out;
  if (cursor.empty()) return out;
  base::reader in(cursor);
  const auto format = in.u8();
  for (auto* part : {&out.key.value.high, &out.key.value.low, &out.content.high, &out.content.low})
    *part = in.u64();
  if (!in.done() || format != cursor_format)
    return base::error{base::errc::invalid_argument, "cursor"};
  return out;
}

} // namespace

base::result<memory_record> record_reader::read(std::uint32_t ordinal) const {
  const auto& index = *published_.index;
  const auto& ref = published_.payloads.at(ordinal);
  const auto damaged = [&](const base::error& why) {
    return base::error{base::errc::damaged,
                       "id=" + std::string(index.id(ordinal)) + ": " + why.message()};
  };
  auto stored = store_.get(storage::column::payload,
                           storage::entry_key(space_, ref.origin_number, ref.sequence));
  if (!stored) return damaged(stored.error());
  auto payload = storage::decode_payload(*stored);
  if (!payload) return damaged(payload.error());
  auto decoded = memory::decode(memory::entry_kind::remember, payload->bytes);
  if (!decoded) return damaged(decoded.error());

  const auto& key = index.facts(ordinal).key;
  memory_record out;
  out.what = std::get<memory::remember_op>(*std::move(decoded)).what;
  out.what.order = index.order(ordinal);
  out.stored_at = index.stored_at(ordinal).wall();
  out.suppressed = published_.is_suppressed(key);
  const auto* access = index.access(ordinal);
  if (access != nullptr && !access->empty()) {
    out.access_count = access->count;
    out.last_access = access->last_at();
  }
  out.retention = memory::retention(published_.decay, out.stored_at,
                                    access != nullptr ? *access : memory::access_record{}, now_);
  out.associations = associations_of(ordinal);
  for (auto& a : out.associations) a.source = out.what.id;
  return out;
}

std::vector<memory::association> record_reader::associations_of(std::uint32_t ordinal) const {
  const auto& index = *published_.index;
  std::vector<memory::association> out;
  const auto add = [&](std::uint32_t target, std::uint32_t kind, double weight) {
    out.push_back({{}, std::string(index.id(target)), (*index.edges().kinds)[kind], weight});
  };
  if (const memory::edge_rows* rows = index.edges().rows_of(ordinal)) {
    for (const auto& n : rows->out_of(ordinal)) {
      const auto& how = rows->styles()[n.style];
      add(n.ordinal, how.kind, how.weight);
    }
  } else {
    std::vector<memory::edge> edges;
    index.edges().out_of(index.facts(ordinal).key, edges);
    for (const auto& edge : edges) {
      const auto target = index.find(edge.target);
      if (target.empty()) continue; // named by key only until it comes
      add(target.front(), edge.kind, edge.weight.to_double());
    }
  }
  const auto place = [](const memory::association& a) { return std::tie(a.kind, a.target); };
  std::sort(out.begin(), out.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  // A row names each version of one id.
  const auto same = [&](const auto& a, const auto& b) { return place(a) == place(b); };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

bool record_reader::shown(std::uint32_t ordinal) const {
  const auto& index = *published_.index;
  return index.visible(ordinal) || published_.is_suppressed(index.facts(ordinal).key);
}

base::result<std::vector<memory_record>>
record_reader::find(const std::vector<std::string>& ids) const {
  const auto& index = *published_.index;
  std::vector<memory_record> out;
  for (const auto& id : ids) {
    if (published_.is_damaged(memory::memory_key_of(index.identity(), id)))
      return base::error{base::errc::damaged, "id=" + id.substr(0, 256)};
    for (const auto ordinal : index.find_id(id)) {
      if (!shown(ordinal)) continue;
      TRY_ASSIGN(auto record, read(ordinal));
      out.push_back(std::move(record));
    }
  }
  return out;
}

base::result<scan_page> record_reader::scan(const std::string& cursor, std::uint32_t limit) const {
  TRY_ASSIGN(const auto behind, read_cursor(cursor));
  std::vector<std::uint32_t> found;
  published_.index->following(behind.key, behind.content, limit, found);
  scan_page out;
  for (const auto ordinal : found)
    if (auto record = read(ordinal)) out.records.push_back(*std::move(record));
  if (found.size() == limit) out.cursor = make_cursor(published_.index->facts(found.back()));
  return out;
}

} // namespace engram::actors
