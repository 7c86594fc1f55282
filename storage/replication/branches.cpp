#include "storage/replication/branches.hpp"

namespace engram::storage {

branch_verdict compare_branches(const std::vector<entry_header>& ours,
                                const std::vector<entry_header>& theirs) {
  auto a = ours.begin();
  auto b = theirs.begin();
  while (a != ours.end() && b != theirs.end()) {
    if (a->sequence < b->sequence) {
      ++a;
    } else if (b->sequence < a->sequence) {
      ++b;
    } else if (a->running != b->running) {
      return {true, a->running < b->running, a->sequence};
    } else {
      ++a;
      ++b;
    }
  }
  // Nothing in common: where one begins behind the other's end, it was trimmed, which only happens
  // to what all agreed on; so if they do not fit together it is the one that stays.
  if (ours.empty() || theirs.empty()) return {};
  const bool later = ours.front().sequence > theirs.back().sequence;
  const auto& before = later ? theirs.back() : ours.back();
  const auto& behind = later ? ours.front() : theirs.front();
  const bool adjacent = before.sequence + 1 == behind.sequence && !behind.origin.is_zero();
  if (!adjacent || running_hash(before.running, behind) == behind.running) return {};
  return {true, later, ours.front().sequence};
}

base::result<std::vector<log_item>> divergent_items(const store& from, log_address where,
                                                    std::uint64_t first) {
  std::vector<log_item> out;
  const auto rows = from.scan(column::log, entry_key(where.space, where.origin, first),
                              entry_key(where.space, where.origin + 1, 0));
  for (;;) {
    TRY_ASSIGN(const auto more, rows->next());
    if (!more) return out;
    TRY_ASSIGN(const auto header, decode_header(rows->current().value));
    TRY_ASSIGN(auto stored, from.get(column::payload, rows->current().key));
    if (!stored.empty())
      out.push_back({header.kind, header.operation, {std::move(stored), header.payload_hash}});
  }
}

} // namespace engram::storage
