#include "memory/verbs/dream.hpp"

#include "memory/access.hpp"
#include "memory/recall/ranking.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {
namespace {

constexpr std::int64_t DAY_MS = 86'400'000;
constexpr std::uint32_t CYCLES_MAX = 100, REPLAYED_MAX = 32;

class dreamer {
public:
  dreamer(const snapshot& on, const recall_setting& setting, const dream_query& query)
      : on_(on), setting_(setting), query_(query) {}

  dream_answer run(const dream_listener& listener) {
    const std::uint32_t cycles = std::clamp(query_.cycles, 1u, CYCLES_MAX);
    dream_answer out;
    std::uint32_t cycle = 0;
    for (const std::uint32_t first : choose(cycles)) {
      out.replays.push_back(replay(first, out));
      if (listener && !listener({++cycle, cycles, &out.replays.back()})) return out;
    }
    out.finished = true;
    return out;
  }

private:
  /// What an access now would leave of it a day from now, beyond what is left anyway. The most is
  /// gained by what is neither fresh nor gone.
  double gain_of(std::uint32_t ordinal) const {
    static const access_record never;
    const access_record* held = on_.access(ordinal);
    const base::instant then{query_.now.ms + DAY_MS}, stored = on_.stored_at(ordinal).wall();
    if (stored.ms > query_.now.ms) return 0;
    access_record after = held ? *held : never;
    const double without = retention(setting_.decay, stored, after, then);
    after.add(query_.now, base::hash128{});
    return std::max(0.0, retention(setting_.decay, stored, after, then) - without);
  }

  /// With whom the replays begin, the most to gain first.
  std::vector<std::uint32_t> choose(std::uint32_t count) const {
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::uint32_t o = 0; o < on_.size(); ++o)
      if (on_.visible(o))
        if (const double gain = gain_of(o); gain > 0) all.emplace_back(gain, o);
    const auto kept = std::min<std::size_t>(count, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                      [this](const auto& a, const auto& b) {
                        return a.first != b.first ? a.first > b.first
                                                  : on_.before(a.second, b.second);
                      });
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < kept; ++i) out.push_back(all[i].second);
    return out;
  }

  dream_replay replay(std::uint32_t first, dream_answer& to) {
    const std::string id(on_.id(first));
    spread_query query;
    query.from = {id};
    query.limit = std::clamp(query_.replayed, 2u, REPLAYED_MAX);
    query.now = query_.now;
    const spread_answer reached = spread(on_, setting_, query);
    dream_replay made;
    access_op access{{}, query_.now};
    const activated* remote = nullptr;
    double remotes = 0;
    for (const activated& a : reached.memories) {
      made.ids.push_back(a.id);
      made.gain += gain_of(a.ordinal);
      access.keys.push_back(on_.facts(a.ordinal).key);
      if (a.best_path.size() < 2) continue;
      remotes += 1;
      if (remote == nullptr && is_new(id, a.id)) remote = &a;
    }
    if (!made.ids.empty()) made.novelty = remotes / static_cast<double>(made.ids.size());
    to.operations.push_back(std::move(access));
    if (remote != nullptr && remote->activation.to_double() >= query_.link_threshold) {
      const double weight = std::min(1.0, remote->activation.to_double());
      to.operations.push_back(associate_op{{id, remote->id, "dreamt", weight}});
      linked_.emplace(id, remote->id);
      ++to.linked;
    }
    return made;
  }

  bool is_new(const std::string& from, const std::string& to) const {
    return from != to && !linked_.contains({from, to}) && !linked_.contains({to, from});
  }

  const snapshot& on_;
  const recall_setting& setting_;
  const dream_query& query_;
  std::set<std::pair<std::string, std::string>> linked_; // by this dream
};

} // namespace

dream_answer dream(const snapshot& on, const recall_setting& setting, const dream_query& query,
                   const dream_listener& listener) {
  return dreamer(on, setting, query).run(listener);
}

} // namespace engram::memory
