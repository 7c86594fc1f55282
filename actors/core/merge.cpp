#include "actors/core/merge.hpp"

#include "base/planted.hpp"

#include <algorithm>
#include <tuple>

namespace engram::actors {

namespace {

struct place {
  std::size_t part, rank;
};

void add(const coverage& of, coverage& to) {
  ++to.spaces_answered;
  ++to.replicas_answered;
  to.memories += of.memories;
  to.damaged += of.damaged;
  to.lagging += of.lagging;
  to.stale_ms = std::max(to.stale_ms, of.stale_ms);
}

coverage coverage_of(const std::vector<recalled_part>& parts) {
  coverage out;
  out.spaces_answered = out.replicas_answered = out.spaces_asked = out.replicas_asked = 0;
  for (const auto& part : parts) {
    ++out.spaces_asked;
    out.replicas_asked += part.replicas_asked;
    if (part.got)
      add(part.got->coverage, out);
    else
      out.missing_spaces.push_back({part.name, part.got.error(), {}});
  }
  return out;
}

/// Equal (score, space, id) are versions of one memory: their replica's order stands.
std::vector<place> best_of(const std::vector<recalled_part>& parts, std::uint32_t limit) {
  std::vector<place> all;
  for (std::size_t p = 0; p < parts.size(); ++p)
    for (std::size_t r = 0; parts[p].got && r < parts[p].got->answer.hits.size(); ++r)
      all.push_back({p, r});
  const auto hit = [&](const place& at) -> const memory::hit& {
    return parts[at.part].got->answer.hits[at.rank];
  };
  const auto before = [&](const place& a, const place& b) {
    const auto& x = hit(a);
    const auto& y = hit(b);
    if (x.score != y.score) return x.score > y.score;
    return std::tie(parts[a.part].space, x.id, a.rank) <
           std::tie(parts[b.part].space, y.id, b.rank);
  };
  const auto kept = std::min<std::size_t>(limit, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                    before);
  all.resize(kept);
  return all;
}

sight sight_of(const recall_reply& got) {
  sight out;
  out.seen = got.coverage.memories;
  out.lagging = got.coverage.lagging;
  out.damaged = got.coverage.damaged;
  out.considered = got.answer.considered;
  for (const auto& hit : got.answer.hits) out.scores.push_back(hit.score.to_double());
  return out;
}

/// Nothing to do when all was seen: then the confidence is what full coverage gives.
void claim_confidences(recall_reply& to, const sight& seen) {
  to.at_full_coverage.clear();
  for (const auto& hit : to.answer.hits)
    to.at_full_coverage.push_back(
        confidence_at_full(hit.confidence.point, hit.score.to_double(), seen));
}

constexpr std::uint64_t imagination = 2026; // one seed: equal sights claim the same

memory::interval claim_all(std::vector<recalled_part>& parts, std::uint32_t limit) {
  std::vector<sight> sights;
  bool whole = true;
  for (const auto& part : parts) {
    sights.push_back(part.got ? sight_of(*part.got) : sight{false, 0, 0, 0, 0, {}});
    whole = whole && sights.back().whole();
  }
  if (whole) return {};
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].got) claim_confidences(*parts[i].got, sights[i]);
  return missing_share(sights, limit, base::random(imagination));
}

} // namespace

void add_claims(recall_reply& to, std::uint32_t limit) {
  if (to.coverage.lagging + to.coverage.stale_ms > 0 && base::planted("claim_all"))
    to.coverage.lagging = to.coverage.stale_ms = 0;
  if (to.coverage.lagging + to.coverage.damaged == 0) return;
  const auto seen = sight_of(to);
  claim_confidences(to, seen);
  to.coverage.missing = missing_share({seen}, limit, base::random(imagination));
}

recall_reply merge(std::vector<recalled_part> parts, std::uint32_t limit) {
  std::sort(parts.begin(), parts.end(),
            [](const recalled_part& a, const recalled_part& b) { return a.name < b.name; });
  recall_reply out;
  out.coverage = coverage_of(parts);
  out.coverage.missing = claim_all(parts, limit);
  for (const auto& part : parts)
    if (part.got) out.answer.considered += part.got->answer.considered;
  for (const auto& at : best_of(parts, limit)) {
    auto& from = *parts[at.part].got;
    out.answer.hits.push_back(std::move(from.answer.hits[at.rank]));
    out.spaces.push_back(parts[at.part].name);
    if (at.rank < from.content.size()) out.content.push_back(std::move(from.content[at.rank]));
    if (at.rank < from.at_full_coverage.size())
      out.at_full_coverage.push_back(from.at_full_coverage[at.rank]);
  }
  return out;
}

base::result<void> check_whole(const coverage& seen) {
  if (!seen.missing_spaces.empty()) {
    std::string names;
    for (const auto& space : seen.missing_spaces)
      names.append(names.empty() ? "" : ", ").append(space.name);
    return {base::errc::unavailable, "not seen: " + names};
  }
  if (seen.damaged != 0) return {base::errc::damaged, "memories=" + std::to_string(seen.damaged)};
  return base::success();
}

} // namespace engram::actors
