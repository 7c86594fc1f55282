#include "membership/topology.hpp"

#include "base/hash.hpp"

#include <algorithm>
#include <map>

namespace engram::membership {

namespace {

base::store_id newcomer_id(std::uint32_t number) {
  return {base::digest128().add("newcomer").add(number).finish()};
}

} // namespace

std::vector<replica_move> moves_between(std::span<const base::space_id> spaces,
                                        std::span<const member> before,
                                        std::span<const member> after, std::uint32_t wanted) {
  std::vector<replica_move> out;
  for (const auto& space : spaces) {
    const auto old = place(space, before, wanted);
    const auto now = place(space, after, wanted);
    std::vector<base::store_id> lost;
    for (const auto& id : old.replicas)
      if (!now.holds(id)) lost.push_back(id);
    auto gives = lost.begin();
    for (const auto& id : now.replicas)
      if (!old.holds(id))
        out.push_back({space, id, gives == lost.end() ? base::store_id{} : *gives++});
  }
  return out;
}

std::vector<member> without(std::span<const member> members, const base::store_id& gone) {
  std::vector<member> out(members.begin(), members.end());
  for (auto& m : out)
    if (m.id == gone) m.state = member_state::left;
  return out;
}

std::vector<member> with_newcomers(std::span<const member> members, std::uint32_t count) {
  std::vector<member> out(members.begin(), members.end());
  for (std::uint32_t n = 1; n <= count; ++n) {
    std::map<std::string, std::size_t> zones;
    for (const auto& m : out) zones[m.zone] += m.state != member_state::left;
    const auto fewest = std::min_element(zones.begin(), zones.end(),
                                         [](auto& a, auto& b) { return a.second < b.second; });
    out.push_back({newcomer_id(n), fewest == zones.end() ? std::string{} : fewest->first});
  }
  return out;
}

std::uint32_t newcomer_number(const base::store_id& id, std::uint32_t count) {
  for (std::uint32_t n = 1; n <= count; ++n)
    if (newcomer_id(n) == id) return n;
  return 0;
}

} // namespace engram::membership
