#include "base/check.hpp"
#include "storage/recovery.hpp"
#include "storage/replication/log_reader.hpp"
#include "storage/replication/trim_floor.hpp"
#include "storage/trim.hpp"
#include "tests/simulation/replica.hpp"

namespace engram::simulation {

using namespace storage; // NOLINT

void replica::trim(base::instant now, bool forced) {
  std::vector<replica_claim> others;
  if (target_) return;
  const auto running = [&](const base::origin_id& origin, std::uint64_t sequence) {
    return running_at(disk_, *address(origin), sequence);
  };
  for (const auto& peer : where_.placement) {
    if (peer == self_) continue;
    const auto* said = puller_->known(peer);
    if (said == nullptr) others.emplace_back();
    if (said == nullptr) continue;
    others.push_back({*said, agreed(held(), *said, running), false});
    for (const auto& [origin, mark] : others.back().held.marks())
      verified_[peer].raise(origin, mark);
  }
  std::vector<log_vector> sessions;
  for (const auto& [peer, source] : sources_) sessions.push_back(source->offer().covers);
  const auto rows = read_vector(disk_, number_);
  CHECK(rows.has_value());
  const trim_limits all{0, base::duration{0}, 0, 10'000};
  for (auto row : rows->rows) {
    const auto& origin = runs_->runs().at(row.origin).origin;
    const auto floors = trim_floor(origin, row.applied, held(), others, sessions,
                                   follower_->forked().count(origin) > 0);
    row.applied = forced ? floors.forced : floors.normal;
    batch out;
    CHECK(trim_log(disk_, row, all, now, out).has_value());
    CHECK(disk_.write(out, false).has_value());
  }
}

} // namespace engram::simulation
