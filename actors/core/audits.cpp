#include "actors/core/audits.hpp"

#include <algorithm>
#include <map>

namespace engram::actors {

namespace {

bool is_whole(const audited_copy& copy) {
  return copy.said && !copy.said->damaged && !copy.said->rebuilding;
}

/// The value that most have, and how many; the smallest of several.
template <class T, class Of>
std::pair<T, std::size_t> commonest(const std::vector<audited_copy>& copies, Of of) {
  std::map<T, std::size_t> votes;
  for (const auto& copy : copies)
    if (const auto value = of(copy)) ++votes[*value];
  std::pair<T, std::size_t> out{};
  for (const auto& [value, count] : votes)
    if (count > out.second) out = {value, count};
  return out;
}

std::uint32_t differing(const std::vector<base::hash128>& a, const std::vector<base::hash128>& b) {
  if (a.size() != b.size()) return static_cast<std::uint32_t>(std::max(a.size(), b.size()));
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out += a[i] != b[i];
  return out;
}

} // namespace

std::vector<compared_copy> judge(const std::vector<audited_copy>& copies) {
  const auto digest = commonest<std::uint64_t>(copies, [](const audited_copy& copy) {
                        return is_whole(copy) ? std::optional(copy.said->digest) : std::nullopt;
                      }).first;
  const auto [state, votes] =
      commonest<std::vector<base::hash128>>(copies, [&](const audited_copy& copy) {
        return is_whole(copy) && copy.said->digest == digest ? std::optional(copy.said->buckets)
                                                             : std::nullopt;
      });
  std::vector<compared_copy> out;
  for (const auto& copy : copies) {
    auto& one = out.emplace_back();
    one.store = copy.store;
    if (!copy.said) {
      one.verdict = copy_verdict::unreachable;
      one.detail = copy.said.error().message();
    } else if (copy.said->rebuilding) {
      one.verdict = copy_verdict::rebuilding;
    } else if (copy.said->damaged) {
      one.verdict = copy_verdict::damaged;
    } else if (copy.said->digest != digest) {
      one.verdict = copy_verdict::behind;
    } else if (copy.said->buckets != state) {
      one.differing = differing(copy.said->buckets, state);
      one.verdict = 2 * votes > copies.size() ? copy_verdict::diverged : copy_verdict::unsettled;
    }
  }
  // Of two that differ nobody is right.
  const bool unsettled = std::any_of(out.begin(), out.end(), [](const compared_copy& one) {
    return one.verdict == copy_verdict::unsettled;
  });
  for (auto& one : out)
    if (unsettled && one.verdict == copy_verdict::good) one.verdict = copy_verdict::unsettled;
  return out;
}

} // namespace engram::actors
