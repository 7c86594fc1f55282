#include "memory/verbs/revisions.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace engram::memory {
namespace {

constexpr std::size_t ID_KEPT = 200; // bytes of an id that a name may be made from
constexpr std::size_t DIGITS = 12;
constexpr std::size_t LISTED_MAX = 100;

/// The version that counts where there are several: the first that can be read, visible ones first.
std::optional<std::uint32_t> readable(const snapshot& on, std::string_view id,
                                      const episode_reader& read) {
  std::optional<std::uint32_t> hidden;
  for (const std::uint32_t ordinal : on.find_id(id)) {
    if (!read(ordinal)) continue;
    if (on.visible(ordinal)) return ordinal;
    if (!hidden) hidden = ordinal;
  }
  return hidden;
}

/// Both ways: ends of associations of this kind.
std::vector<base::memory_key> related(const snapshot& on, const base::memory_key& key,
                                      bool outwards) {
  std::vector<edge> edges;
  if (outwards)
    on.edges().out_of(key, edges);
  else
    on.edges().into(key, edges);
  std::vector<base::memory_key> out;
  for (const edge& each : edges)
    if ((*on.edges().kinds)[each.kind] == REVISES)
      out.push_back(outwards ? each.target : each.source);
  std::sort(out.begin(), out.end());
  return out;
}

bool revises(const snapshot& on, std::uint32_t revision, std::uint32_t old) {
  const auto ends = related(on, on.facts(revision).key, true);
  return std::binary_search(ends.begin(), ends.end(), on.facts(old).key);
}

episode merged(const episode& old, const revise_query& query) {
  episode out = query.changed;
  if (out.text.empty()) {
    out.text = old.text;
    if (!out.embedding) out.embedding = old.embedding;
  }
  if (out.title.empty()) out.title = old.title;
  if (out.speaker.empty()) out.speaker = old.speaker;
  if (out.who.empty()) out.who = old.who;
  if (out.place.empty()) out.place = old.place;
  if (out.session.empty()) out.session = old.session;
  if (out.tags.empty()) out.tags = old.tags;
  if (!out.when) out.when = old.when;
  out.order = old.order;
  out.confidence = query.sure.value_or(old.confidence);
  if (out.id.empty()) out.id = revision_id(query);
  return out;
}

} // namespace

std::string revision_id(const revise_query& query) {
  base::digest128 digest("revision");
  const episode& c = query.changed;
  for (const std::string* field : {&query.of, &c.text, &c.title, &c.speaker, &c.place, &c.session})
    digest.add_field(*field);
  for (const auto* list : {&c.who, &c.tags}) {
    digest.add(std::uint64_t{list->size()});
    for (const std::string& each : *list) digest.add_field(each);
  }
  digest.add(static_cast<std::uint64_t>(c.when ? c.when->ms : -1));
  if (c.embedding)
    digest.add_field(
        {reinterpret_cast<const char*>(c.embedding->values.data()), c.embedding->values.size()});
  const std::string hex = digest.finish().hex();
  return query.of.size() > ID_KEPT ? "revision~" + hex : query.of + "~" + hex.substr(0, DIGITS);
}

base::result<revised> revise(const snapshot& on, const recall_setting& setting,
                             const revise_query& query, const episode_reader& read) {
  const auto old = readable(on, query.of, read);
  if (!old) return {base::errc::unknown_memory, "id=" + query.of.substr(0, 256)};
  episode changed = merged(*read(*old), query);
  revised out;
  out.id = changed.id;
  if (const auto there = readable(on, changed.id, read)) {
    if (*there == *old || !revises(on, *there, *old))
      return {base::errc::conflict, "id=" + changed.id.substr(0, 256) + " is another memory"};
    out.known = true;
    out.what.confidence = read(*there)->confidence;
    out.what.extent = extent_of(read(*old)->text, read(*there)->text);
    out.what.replaces = out.what.extent > setting.revision.replaces_from;
    return out;
  }
  static const access_record never;
  const access_record* accesses = on.access(*old);
  TRY_ASSIGN(out.what, revise(setting.revision, *read(*old), on.stored_at(*old).wall(),
                              accesses ? *accesses : never, std::move(changed), query.now));
  return out;
}

std::vector<listed_revision> revisions(const snapshot& on, const revisions_query& query,
                                       const episode_reader& read) {
  std::vector<listed_revision> out;
  std::set<base::memory_key> met;
  std::vector<base::memory_key> next;
  for (const std::uint32_t ordinal : on.find_id(query.of)) next.push_back(on.facts(ordinal).key);
  while (!next.empty() && met.size() < LISTED_MAX) {
    const base::memory_key key = next.back();
    next.pop_back();
    if (!met.insert(key).second) continue;
    const auto from = related(on, key, true), to = related(on, key, false);
    next.insert(next.end(), from.begin(), from.end());
    next.insert(next.end(), to.begin(), to.end());
    std::vector<std::string> names;
    for (const base::memory_key& each : from)
      for (const std::uint32_t old : on.find(each)) {
        names.emplace_back(on.id(old));
        break;
      }
    for (const std::uint32_t ordinal : on.find(key))
      if (read(ordinal))
        out.push_back({ordinal, std::string(on.id(ordinal)), names, !on.visible(ordinal)});
  }
  std::sort(out.begin(), out.end(), [&](const listed_revision& a, const listed_revision& b) {
    const auto x = on.stored_at(a.ordinal), y = on.stored_at(b.ordinal);
    return x != y ? x < y : on.before(a.ordinal, b.ordinal);
  });
  const auto limit = std::clamp<std::size_t>(query.limit, 1, LISTED_MAX);
  if (out.size() > limit) out.resize(limit);
  return out;
}

} // namespace engram::memory
