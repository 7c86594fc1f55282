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
  return {};
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
