#include "actors/space/records.hpp"

#include "base/bytes.hpp"
#include "memory/codec.hpp"
#include "memory/index/keys.hpp"
#include "storage/entry.hpp"

#include <algorithm>
#include <tuple>

namespace engram::actors {

namespace {

constexpr std::uint8_t cursor_format = 2;

/// Where an entry lies, at every replica.
using place = std::pair<base::origin_id, std::uint64_t>;

std::string make_cursor(const place& at) {
  base::writer out;
  out.u8(cursor_format);
  out.u64(at.first.value.high);
  out.u64(at.first.value.low);
  out.u64(at.second);
  return std::move(out).take();
}

base::result<place> read_cursor(const std::string& cursor) {
  if (cursor.empty()) return place{};
  base::reader in(cursor);
  const auto format = in.u8();
  place at;
  at.first.value.high = in.u64();
  at.first.value.low = in.u64();
  at.second = in.u64();
  if (in.done() && format == cursor_format) return at;
  return {base::errc::invalid_argument, "cursor"};
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
  out.associations = associations_of(key);
  for (auto& a : out.associations) a.source = out.what.id;
  return out;
}

std::vector<memory::association> record_reader::associations_of(const base::memory_key& key) const {
  const auto& index = *published_.index;
  std::vector<memory::edge> edges;
  index.edges().out_of(key, edges);
  std::vector<memory::association> out;
  for (const auto& edge : edges) {
    const auto target = index.find(edge.target);
    if (target.empty()) continue; // named by key only until it comes
    out.push_back({{},
                   std::string(index.id(target.front())),
                   (*index.edges().kinds)[edge.kind],
                   edge.weight.to_double()});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a.kind, a.target) < std::tie(b.kind, b.target);
  });
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

base::result<scan_page> record_reader::scan(const std::string& cursor, std::uint32_t limit,
                                            const run_names& runs) const {
  TRY_ASSIGN(const auto from, read_cursor(cursor));
  using found = std::pair<place, std::uint32_t>;
  std::vector<found> page; // a heap of the first ones behind the cursor, the last of them on top
  const auto size = published_.index->size();
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto& ref = published_.payloads.at(i);
    const auto run = runs.find(ref.origin_number);
    const bool is_known = run != runs.end(); // else its name is lost with damage
    const place at{is_known ? run->second : base::origin_id{{0, ref.origin_number}}, ref.sequence};
    if (at <= from || (page.size() == limit && at > page.front().first)) continue;
    if (!published_.index->visible(i)) continue;
    if (page.size() == limit) {
      std::pop_heap(page.begin(), page.end());
      page.pop_back();
    }
    page.emplace_back(at, i);
    std::push_heap(page.begin(), page.end());
  }
  std::sort_heap(page.begin(), page.end());
  scan_page out;
  for (const auto& [at, ordinal] : page)
    if (auto record = read(ordinal)) out.records.push_back(*std::move(record));
  if (page.size() == limit) out.cursor = make_cursor(page.back().first);
  return out;
}

} // namespace engram::actors
