#include "actors/concepts/consolidated.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace engram::actors {

namespace {

constexpr double one = 65'536;

const memory::concept_name summary_name{}; // no concept has it: names are digests

std::optional<base::instant> earlier(std::optional<base::instant> a, base::instant b) {
  return a ? std::min(*a, b) : b;
}
std::optional<base::instant> later(std::optional<base::instant> a, base::instant b) {
  return a ? std::max(*a, b) : b;
}

} // namespace

consolidated make_consolidated(std::shared_ptr<const memory::concept_set> set,
                               const base::space_id& space, std::uint64_t memories) {
  consolidated out;
  out.set = std::move(set);
  out.summary.concepts = out.set->concepts.size();
  out.summary.memories = memories;
  out.gists.reserve(out.set->concepts.size());
  for (const auto& each : out.set->concepts) {
    out.gists.push_back(memory::gist_of(*each, space));
    out.summary.members += each->members;
  }
  out.content = membership::content_of(records_of(out));
  return out;
}

std::vector<membership::sheet_record> records_of(const consolidated& from) {
  std::vector<membership::sheet_record> out;
  if (from.gists.empty()) return out;
  const auto summary = memory::encode(from.summary);
  out.push_back({summary_name.value, base::fast_hash128(summary), summary});
  for (const auto& gist : from.gists)
    out.push_back({gist.name.value, gist.version, memory::encode(gist)});
  return out;
}

base::result<sheet_view> read_sheet(const membership::sheet& from) {
  sheet_view out;
  out.as_of = from.head.confirmed;
  if (from.records.empty()) return out;
  const auto& first = from.records.front();
  if (first.name != summary_name.value) return {base::errc::corrupt, "a sheet without a summary"};
  TRY_ASSIGN(out.summary, memory::decode_summary(first.bytes));
  for (std::size_t i = 1; i < from.records.size(); ++i) {
    TRY_ASSIGN(auto gist, memory::decode_gist(from.records[i].bytes));
    gist.name = {from.records[i].name};
    gist.version = from.records[i].version;
    out.gists.push_back(std::move(gist));
  }
  return out;
}

std::vector<ranked_concept> rank(const std::vector<memory::concept_gist>& gists,
                                 const std::optional<memory::concept_cue>& cue,
                                 std::uint32_t limit) {
  std::vector<ranked_concept> out;
  for (std::size_t i = 0; i < gists.size(); ++i) {
    const auto similarity = cue ? memory::similarity_of(gists[i], *cue) : 0;
    if (!cue || similarity > 0) out.push_back({i, similarity});
  }
  if (cue) {
    const auto before = [&](const ranked_concept& a, const ranked_concept& b) {
      const auto key = [&](const ranked_concept& of) {
        const auto& gist = gists[of.at];
        return std::tuple(~memory::match_of(of.similarity, gist), ~of.similarity, ~gist.strength,
                          gist.name);
      };
      return key(a) < key(b);
    };
    std::sort(out.begin(), out.end(), before);
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

concept_row row_of(const memory::concept_gist& gist, std::uint32_t similarity) {
  concept_row out;
  out.name = gist.name.value;
  out.version = gist.version;
  out.strength = gist.strength / one;
  out.coherence = gist.coherence / one;
  out.members = gist.members;
  if (gist.has_when) out.first = gist.first, out.last = gist.last;
  out.similarity = similarity / one;
  return out;
}

concepts_reply answer_from(const sheet_view& view, const std::optional<memory::concept_cue>& cue,
                           std::uint32_t limit) {
  concepts_reply out;
  for (const auto& each : rank(view.gists, cue, limit))
    out.concepts.push_back(row_of(view.gists[each.at], each.similarity));
  out.total = view.summary.concepts;
  out.members = view.summary.members;
  out.memories = view.summary.memories;
  out.coarse = true;
  out.as_of = view.as_of;
  return out;
}

std::optional<knowledge> knowledge_of(const sheet_view& view, const memory::concept_cue& cue) {
  const auto ranked = rank(view.gists, cue, CONCEPTS_SHOWN_MAX);
  const bool is_cut = view.summary.concepts > view.gists.size();
  if (ranked.empty() && !is_cut) return std::nullopt;
  knowledge out;
  out.memories = view.summary.memories;
  out.as_of = view.as_of;
  std::uint32_t best = 0;
  for (const auto& each : ranked) best = std::max(best, each.similarity);
  if (!ranked.empty())
    out.match.low = out.match.point =
        memory::match_of(ranked.front().similarity, view.gists[ranked.front().at]) / one;
  out.match.high = out.match.point;
  if (is_cut && !view.gists.empty())
    out.match.high = std::max(out.match.point, view.gists.back().strength / one);
  for (const auto& each : ranked) {
    if (each.similarity * 2 < best) continue;
    const auto& gist = view.gists[each.at];
    ++out.concepts;
    out.members += gist.members;
    if (!gist.has_when) continue;
    out.first = earlier(out.first, gist.first);
    out.last = later(out.last, gist.last);
  }
  return out;
}

std::uint64_t count_changed(const consolidated* before, const consolidated& now) {
  std::set<std::pair<memory::concept_name, base::hash128>> known;
  if (before != nullptr)
    for (const auto& gist : before->gists) known.emplace(gist.name, gist.version);
  return static_cast<std::uint64_t>(
      std::count_if(now.gists.begin(), now.gists.end(), [&](const memory::concept_gist& gist) {
        return !known.contains({gist.name, gist.version});
      }));
}

} // namespace engram::actors
