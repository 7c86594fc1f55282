#include "memory/concepts/node_concepts.hpp"

#include "base/bytes.hpp"
#include "base/planted.hpp"
#include "memory/concepts/directions.hpp"
#include "memory/concepts/leaf_words.hpp"
#include "memory/concepts/linkage.hpp"
#include "memory/state_hash.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace engram::memory {
namespace {

using record_pointer = std::shared_ptr<const concept_record>;
using groups = std::vector<std::vector<std::uint32_t>>;

/// Least index of each thing's component in the graph of all pairs that are near enough.
std::vector<std::uint32_t> components(const std::vector<std::int32_t>& cosines, std::size_t n,
                                      std::int32_t least) {
  std::vector<std::uint32_t> of(n);
  std::iota(of.begin(), of.end(), 0u);
  const auto find = [&of](std::uint32_t i) {
    while (of[i] != i) i = of[i] = of[of[i]];
    return i;
  };
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::int32_t* row = cosines.data() + i * n;
    bool near = false;
    for (std::uint32_t j = i + 1; j < n; ++j) near |= row[j] >= least;
    if (!near) continue;
    for (std::uint32_t j = i + 1; j < n; ++j)
      if (row[j] >= least) {
        const std::uint32_t a = find(i), b = find(j);
        of[std::max(a, b)] = std::min(a, b);
      }
  }
  for (std::uint32_t& root : of) root = of[root];
  return of;
}

/// Those of two and more, in the order of their first members.
groups gather(const std::vector<std::uint32_t>& group_of) {
  std::vector<std::uint32_t> sizes(group_of.size(), 0), place(group_of.size(), 0);
  for (const std::uint32_t group : group_of) ++sizes[group];
  groups out;
  for (std::uint32_t i = 0; i < group_of.size(); ++i) {
    if (sizes[group_of[i]] < 2) continue;
    if (group_of[i] == i) {
      place[i] = static_cast<std::uint32_t>(out.size());
      out.emplace_back().reserve(sizes[i]);
    }
    out[place[group_of[i]]].push_back(i);
  }
  return out;
}

/// Groups of single memories. Two groups can be near on average only when some of their members
/// are, so that each component is grouped for itself.
groups group_members(const std::vector<std::int32_t>& cosines, std::size_t n, std::uint32_t least) {
  groups out;
  for (const auto& component : gather(components(cosines, n, static_cast<std::int32_t>(least)))) {
    const std::size_t m = component.size();
    linkage<std::int32_t> among{std::vector<std::uint64_t>(m, 1), std::vector<std::int32_t>(m * m)};
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = i + 1; j < m; ++j)
        among.sums[i * m + j] = among.sums[j * m + i] = cosines[component[i] * n + component[j]];
    for (auto& group : gather(link(std::move(among), least))) {
      for (std::uint32_t& member : group) member = component[member];
      out.push_back(std::move(group));
    }
  }
  return out;
}

/// In the order of their size, of equals the one that begins first.
void keep_largest(groups& all, std::size_t most) {
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  if (all.size() > most) all.resize(most);
}

/// Who is in no group joins the one to whose members it is nearest on average, the first of equals.
void assimilate(groups& cores, const std::vector<std::int32_t>& cosines, std::size_t n,
                std::uint32_t least) {
  std::vector<bool> taken(n, false);
  for (const auto& core : cores)
    for (const std::uint32_t i : core) taken[i] = true;
  groups grown(cores);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (taken[i]) continue;
    std::size_t best = cores.size();
    std::int64_t best_sum = least, best_count = 1;
    for (std::size_t c = 0; c < cores.size(); ++c) {
      const auto count = static_cast<std::int64_t>(cores[c].size());
      std::int64_t sum = 0;
      for (const std::uint32_t j : cores[c]) sum += cosines[std::min(i, j) * n + std::max(i, j)];
      if (sum * best_count <= best_sum * count) continue;
      best = c;
      best_sum = sum;
      best_count = count;
    }
    if (best != cores.size()) grown[best].push_back(i);
  }
  for (auto& group : grown) std::sort(group.begin(), group.end());
  cores = std::move(grown);
}

void take_time(concept_record& to, base::instant first, base::instant last) {
  to.first = to.has_when ? std::min(to.first, first) : first;
  to.last = to.has_when ? std::max(to.last, last) : last;
  to.has_when = true;
}

/// Begins what a version is the hash of.
base::writer version_of(const concept_config& config) {
  base::writer out;
  for (const std::uint32_t part :
       {engine_version, config.similarity, config.words_similarity, config.words_assimilated,
        config.words_joined, config.members_min})
    out.u32(part);
  return out;
}

void put(base::writer& to, const base::hash128& hash) {
  to.u64(hash.high);
  to.u64(hash.low);
}

/// What follows from the rest. `made_of`: the members or parts.
void finish(concept_record& r, directions::mean mean, base::writer made_of) {
  r.name = name_of_concept(r.exemplar);
  r.centroid = std::move(mean.direction);
  r.coherence = mean.coherence;
  const std::uint64_t sure = std::uint64_t{r.coherence} * r.confidence / 65536;
  r.strength = static_cast<std::uint32_t>(sure * r.members / (std::uint64_t{r.members} + 2));
  put(made_of, r.exemplar.value);
  made_of.u8(static_cast<std::uint8_t>(r.basis));
  made_of.field({reinterpret_cast<const char*>(r.centroid.data()), r.centroid.size()});
  for (const std::uint32_t part : {r.coherence, r.confidence, r.members, r.has_when ? 1u : 0u})
    made_of.u32(part);
  made_of.zigzag(r.first.ms);
  made_of.zigzag(r.last.ms);
  made_of.var(r.words.size());
  for (const concept_word& word : r.words) {
    made_of.u64(word.key);
    made_of.var(word.weight);
  }
  made_of.var(r.facets.size());
  for (const std::uint64_t bits : r.facets) made_of.u64(bits);
  r.version = base::fast_hash128(made_of.view());
}

/// The strongest go up, of the others only the concepts are kept.
void pass(node_concepts::list found, const concept_config& config, node_concepts& to) {
  std::sort(found.begin(), found.end(),
            [](const record_pointer& a, const record_pointer& b) { return stronger(*a, *b); });
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i < PASSED_MAX)
      to.passed.push_back(found[i]);
    else if (found[i]->members >= config.members_min)
      to.retired.push_back(found[i]);
  }
  to.passed.shrink_to_fit();
}

class leaf {
public:
  leaf(const snapshot& on, std::span<const std::uint32_t> ordinals, const concept_config& config)
      : on_(on), config_(config), members_(in_tree_order(on, ordinals)) {}

  node_concepts run() {
    node_concepts out;
    std::vector<std::uint32_t> with, without;
    directions at(on_.segments().front()->vectors.dimension(), members_.size());
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      const vector_block& vectors = on_.segment_of(members_[i].ordinal).vectors;
      const auto row = vectors.row_of(members_[i].ordinal);
      (row ? with : without).push_back(i);
      if (row) at.add(vectors.values(*row), vectors.length(*row));
    }
    if (!with.empty()) add_embedded(with, at, out);
    if (!without.empty()) add_worded(without, out);
    return out;
  }

private:
  void add_embedded(const std::vector<std::uint32_t>& members, const directions& at,
                    node_concepts& to) const {
    groups cores = group_members(at.compare(), at.size(), config_.similarity);
    keep_largest(cores, std::max<std::size_t>(4, members.size() / 28));
    std::vector<std::uint32_t> grouped;
    for (const auto& core : cores)
      for (const std::uint32_t i : core) grouped.push_back(members[i]);
    std::sort(grouped.begin(), grouped.end());
    leaf_words words(on_, members_, grouped);
    make_all(concept_basis::embeddings, members, cores, at, words, to);
  }

  void add_worded(const std::vector<std::uint32_t>& members, node_concepts& to) const {
    leaf_words words(on_, members_, members);
    directions at(WORD_DIMENSION, members.size());
    for (const std::uint32_t member : members) at.add(word_vector(words.of(member)));
    const std::vector<std::int32_t> cosines = at.compare();
    groups cores = group_members(cosines, at.size(), config_.words_similarity);
    keep_largest(cores, std::max<std::size_t>(4, members.size() / 16));
    assimilate(cores, cosines, at.size(), config_.words_assimilated);
    make_all(concept_basis::words, members, cores, at, words, to);
  }

  void make_all(concept_basis basis, const std::vector<std::uint32_t>& members, const groups& cores,
                const directions& at, leaf_words& words, node_concepts& to) const {
    node_concepts::list found;
    for (const auto& core : cores) found.push_back(make(basis, members, core, at, words));
    pass(std::move(found), config_, to);
  }

  /// `group`: indexes into `members` and `at`; `members`: into members_.
  record_pointer make(concept_basis basis, const std::vector<std::uint32_t>& members,
                      const std::vector<std::uint32_t>& group, const directions& at,
                      leaf_words& words) const {
    auto record = std::make_shared<concept_record>();
    record->basis = basis;
    record->members = static_cast<std::uint32_t>(group.size());
    base::writer made_of = version_of(config_);
    record->citations.reserve(group.size());
    std::vector<std::uint32_t> chosen;
    std::uint64_t confidence = 0;
    for (const std::uint32_t i : group) {
      const tree_entry& member = members_[members[i]];
      const document& facts = on_.facts(member.ordinal);
      if (chosen.empty() || facts.key < record->exemplar) record->exemplar = facts.key;
      chosen.push_back(members[i]);
      confidence += facts.confidence;
      if (facts.has_when) take_time(*record, {facts.when_ms}, {facts.when_ms});
      record->citations.push_back(member.ordinal);
      put(made_of, facts.key.value);
      put(made_of, facts.content);
    }
    const auto& first =
        on_.facts(*std::min_element(record->citations.begin(), record->citations.end()));
    if (record->exemplar < first.key && base::planted("first_come")) record->exemplar = first.key;
    record->confidence = static_cast<std::uint32_t>(confidence * 65536 / 65535 / group.size());
    record->words = words.shared_by(chosen);
    if (basis == concept_basis::words) record->facets = words.by_facet(chosen);
    finish(*record, at.mean_of(group), std::move(made_of));
    return record;
  }

  const snapshot& on_;
  const concept_config& config_;
  std::vector<tree_entry> members_;
};

/// How much of a sum of unit vectors the group's is.
double weight_of(const concept_record& r) {
  return static_cast<double>(r.members) * r.coherence / 65536;
}

/// Of embeddings the members are compared (by way of centroids and coherence), of words the
/// centroids: they leave out what members have for themselves, which is most of a text.
linkage<wide_sum> compare(const node_concepts::list& all, const directions& at) {
  const std::size_t n = all.size();
  const std::vector<std::int32_t> cosines = at.compare();
  const auto length = [&](std::size_t i) {
    return all[i]->basis == concept_basis::words ? wide_sum{65'536} : wide_sum{all[i]->coherence};
  };
  linkage<wide_sum> out;
  out.sums.resize(n * n);
  for (const auto& record : all) out.weights.push_back(record->members);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) {
      const wide_sum lengths = all[i]->members * length(i) * all[j]->members * length(j);
      out.sums[i * n + j] = out.sums[j * n + i] = lengths * cosines[i * n + j] >> 32;
    }
  return out;
}

std::vector<concept_word> merged_words(const node_concepts::list& parts) {
  std::map<std::uint64_t, std::uint32_t> weights;
  for (const auto& part : parts)
    for (const concept_word& word : part->words) weights[word.key] += word.weight;
  std::vector<concept_word> out;
  for (const auto& [key, weight] : weights) out.push_back({key, weight});
  keep_heaviest(out);
  return out;
}

record_pointer join(const node_concepts::list& all, const std::vector<std::uint32_t>& group,
                    const directions& at, const concept_config& config) {
  auto record = std::make_shared<concept_record>();
  record->exemplar = all[group.front()]->exemplar;
  record->basis = all[group.front()]->basis;
  base::writer made_of = version_of(config);
  record->parts.reserve(group.size());
  std::vector<double> weights;
  std::uint64_t confidence = 0;
  for (const std::uint32_t i : group) {
    const concept_record& part = *all[i];
    record->exemplar = std::min(record->exemplar, part.exemplar);
    record->members += part.members;
    confidence += std::uint64_t{part.confidence} * part.members;
    if (part.has_when) take_time(*record, part.first, part.last);
    record->parts.push_back(all[i]);
    weights.push_back(weight_of(part));
    put(made_of, part.version);
  }
  record->confidence = static_cast<std::uint32_t>(confidence / record->members);
  record->words = merged_words(record->parts);
  finish(*record, at.mean_of(group, weights, record->members), std::move(made_of));
  return record;
}

/// Of one basis.
void join_all(const node_concepts::list& all, const concept_config& config, node_concepts& to) {
  if (all.empty()) return;
  directions at(static_cast<std::uint32_t>(all.front()->centroid.size()), all.size());
  for (const auto& record : all) at.add(record->centroid);
  const bool by_words = all.front()->basis == concept_basis::words;
  const auto joined =
      gather(link(compare(all, at), by_words ? config.words_joined : config.similarity));
  std::vector<bool> taken(all.size(), false);
  node_concepts::list found;
  for (const auto& group : joined) {
    for (const std::uint32_t i : group) taken[i] = true;
    found.push_back(join(all, group, at, config));
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!taken[i]) found.push_back(all[i]);
  pass(std::move(found), config, to);
}

} // namespace

bool stronger(const concept_record& a, const concept_record& b) {
  if (a.strength != b.strength) return a.strength > b.strength;
  return std::tie(a.name, a.version) < std::tie(b.name, b.version);
}

node_concepts concepts_of_leaf(const snapshot& on, std::span<const std::uint32_t> ordinals,
                               const concept_config& config) {
  return leaf(on, ordinals, config).run();
}

node_concepts concepts_of_both(const node_concepts& left, const node_concepts& right,
                               const concept_config& config) {
  node_concepts out;
  for (const concept_basis basis : {concept_basis::embeddings, concept_basis::words}) {
    node_concepts::list all;
    for (const node_concepts* child : {&left, &right})
      for (const auto& record : child->passed)
        if (record->basis == basis) all.push_back(record);
    join_all(all, config, out);
  }
  return out;
}

} // namespace engram::memory
