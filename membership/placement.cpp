#include "membership/placement.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"

#include <algorithm>
#include <set>

namespace engram::membership {

namespace {

struct candidate {
  std::uint64_t weight;
  const member* who;
};

std::uint64_t weight_of(const base::space_id& space, const base::store_id& id) {
  base::writer key;
  for (const auto& part : {space.value, id.value}) {
    key.u64_be(part.high);
    key.u64_be(part.low);
  }
  return base::fast_hash64(key.view());
}

std::vector<candidate> weigh(const base::space_id& space, std::span<const member> members) {
  std::vector<candidate> out;
  out.reserve(members.size());
  for (const auto& m : members)
    if (m.state != member_state::left) out.push_back({weight_of(space, m.id), &m});
  std::sort(out.begin(), out.end(), [](const candidate& a, const candidate& b) {
    if (a.who->replaced != b.who->replaced) return b.who->replaced;
    return a.weight != b.weight ? a.weight > b.weight : a.who->id < b.who->id;
  });
  const auto same = [](const candidate& a, const candidate& b) { return a.who->id == b.who->id; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

} // namespace

bool placement::holds(const base::store_id& id) const noexcept {
  return std::find(replicas.begin(), replicas.end(), id) != replicas.end();
}

std::uint32_t quorum_of(std::uint32_t factor) noexcept { return factor / 2 + 1; }

placement place(const base::space_id& space, std::span<const member> members,
                std::uint32_t wanted) {
  CHECK(wanted >= 1, wanted);
  auto ranked = weigh(space, members);
  placement out;
  out.factor = std::min(wanted, static_cast<std::uint32_t>(ranked.size()));
  out.quorum = quorum_of(out.factor);

  // The heaviest of each zone first, so that zones are used up before one is used twice.
  std::set<std::string_view> zones;
  std::stable_partition(ranked.begin(), ranked.end(),
                        [&](const candidate& c) { return zones.insert(c.who->zone).second; });
  std::stable_partition(ranked.begin(), ranked.end(),
                        [](const candidate& c) { return !c.who->replaced; });
  for (std::uint32_t i = 0; i < out.factor; ++i) out.replicas.push_back(ranked[i].who->id);
  return out;
}

} // namespace engram::membership
