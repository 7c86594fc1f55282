#include "memory/verbs/imagine.hpp"

#include "memory/verbs/exemplars.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {
namespace {

constexpr std::uint32_t ASSOCIATES = 64;

struct associate {
  std::string id;
  std::shared_ptr<const episode> what;
  double activation = 0; // relative to the strongest
};

std::string first(const episode& from, episode_field field) {
  auto values = values_of(from, field);
  return values.empty() ? std::string() : std::move(values.front());
}

/// The other seeds, then what this one makes think of, strongest first.
std::vector<associate> associates_of(const snapshot& on, const recall_setting& setting,
                                     const imagine_query& query, const std::string& seed,
                                     const std::vector<associate>& seeds,
                                     const episode_reader& read) {
  std::vector<associate> found;
  std::set<std::string> known{seed};
  for (const associate& other : seeds)
    if (known.insert(other.id).second) found.push_back(other);
  spread_query asked;
  asked.from = {seed};
  asked.limit = ASSOCIATES;
  asked.threshold = 0.001;
  asked.now = query.now;
  double strongest = 0;
  for (const activated& a : spread(on, setting, asked).memories) {
    if (!known.insert(a.id).second) continue;
    const auto what = read(a.ordinal);
    if (!what) continue;
    const double activation = a.activation.to_double();
    strongest = std::max(strongest, activation);
    found.push_back({a.id, what, activation / strongest});
  }
  return found;
}

std::vector<associate> seeds_of(const snapshot& on, const recall_setting& setting,
                                const imagine_query& query, const episode_reader& read) {
  std::vector<std::uint32_t> ordinals;
  for (const std::string& id : query.seeds)
    for (const std::uint32_t ordinal : on.find_id(id))
      if (on.visible(ordinal)) ordinals.push_back(ordinal);
  if (!query.topic.empty()) {
    recall_query asked;
    asked.cue.text = query.topic;
    asked.limit = 3;
    asked.now = query.now;
    for (const hit& h : recall(on, setting, asked).hits) ordinals.push_back(h.ordinal);
  }
  std::vector<associate> seeds;
  for (const std::uint32_t ordinal : ordinals)
    if (auto what = read(ordinal)) seeds.push_back({std::string(on.id(ordinal)), what, 1});
  return seeds;
}

/// The seed's own words, with who, where and when of its associates: from the place in their order
/// that novelty names on, each field from the first that has another value.
imagined_episode recombine(const associate& seed, const std::vector<associate>& others,
                           std::size_t start) {
  imagined_episode made;
  made.parts.push_back({episode_field::what, seed.what->text, seed.id});
  made.plausibility = 1;
  for (const episode_field field :
       {episode_field::who, episode_field::place, episode_field::when}) {
    for (std::size_t i = 0; i < others.size(); ++i) { // nearer ones, then remoter ones
      const associate& from = others[i <= start ? start - i : i];
      const std::string value = first(*from.what, field);
      if (value.empty() || value == first(*seed.what, field)) continue;
      made.parts.push_back({field, value, from.id});
      made.plausibility = std::min(made.plausibility, from.activation);
      break;
    }
  }
  return made;
}

/// Whether the memory has all these parts, so that nothing would be new.
bool happened(const imagined_episode& made, const associate& memory) {
  return std::all_of(made.parts.begin(), made.parts.end(), [&](const imagined_part& p) {
    const auto values = values_of(*memory.what, p.field);
    return std::find(values.begin(), values.end(), p.value) != values.end();
  });
}

bool same_parts(const imagined_episode& a, const imagined_episode& b) {
  return std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                    [](const imagined_part& x, const imagined_part& y) {
                      return x.field == y.field && x.value == y.value;
                    });
}

} // namespace

imagine_answer imagine(const snapshot& on, const recall_setting& setting,
                       const imagine_query& query, const episode_reader& read) {
  imagine_answer answer;
  const std::vector<associate> seeds = seeds_of(on, setting, query, read);
  for (const associate& seed : seeds) {
    const auto others = associates_of(on, setting, query, seed.id, seeds, read);
    if (others.empty()) continue;
    const auto start =
        static_cast<std::size_t>(query.novelty * static_cast<double>(others.size() - 1));
    for (std::size_t i = 0; i < std::min<std::size_t>(others.size(), query.limit); ++i) {
      imagined_episode made = recombine(seed, others, (start + i) % others.size());
      const bool old = made.parts.size() < 2 || happened(made, seed) ||
                       std::any_of(others.begin(), others.end(),
                                   [&](const associate& o) { return happened(made, o); }) ||
                       std::any_of(answer.episodes.begin(), answer.episodes.end(),
                                   [&](const imagined_episode& e) { return same_parts(e, made); });
      if (!old) answer.episodes.push_back(std::move(made));
    }
  }
  std::stable_sort(answer.episodes.begin(), answer.episodes.end(),
                   [](const imagined_episode& a, const imagined_episode& b) {
                     return a.plausibility > b.plausibility;
                   });
  if (answer.episodes.size() > query.limit) answer.episodes.resize(query.limit);
  return answer;
}

} // namespace engram::memory
