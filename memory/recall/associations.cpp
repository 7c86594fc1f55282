#include "memory/recall/associations.hpp"

#include "base/math.hpp"
#include "memory/index/edge_rows.hpp"
#include "memory/index/keys.hpp"
#include "memory/recall/keep_first.hpp"
#include "memory/text/analyser.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace engram::memory {
namespace {

/// Of a count, at least 1. Most are small.
double log_of(std::size_t count) {
  static const std::array<double, 1024> logs = [] {
    std::array<double, 1024> out{};
    for (std::size_t i = 1; i < out.size(); ++i) out[i] = base::log(static_cast<double>(i));
    return out;
  }();
  if (count < logs.size()) return logs[count];
  // Of so many memories there are, and one more, it is asked again and again.
  struct known {
    std::size_t count = 0;
    double log = 0;
  };
  thread_local std::array<known, 2> recent;
  known& last = recent[count % 2];
  if (last.count != count) last = {count, base::log(static_cast<double>(count))};
  return last.log;
}

void contiguity(const snapshot& on, const recall_config& config, std::uint32_t from,
                std::vector<link>& to) {
  const document& d = on.facts(from);
  if (d.session == 0) return;
  const snapshot::session_window window = on.around(from);
  const auto add = [&](std::uint32_t target, double weight, link_kind kind) {
    if (target != snapshot::none && weight > 0) to.push_back({target, weight, kind, 0});
  };
  add(window.after[0], config.next, link_kind::next);
  if (d.flags & ends_in_question) add(window.after[0], config.reply, link_kind::reply);
  add(window.after[1], config.next_but_one, link_kind::next_but_one);
  add(window.before[0], config.back_one, link_kind::back_one);
  add(window.before[1], config.back_two, link_kind::back_two);
}

/// Divides what was appended since `begin` so that it sums to one at most.
void bound_fan(std::vector<link>& links, std::size_t begin) {
  double sum = 0;
  for (std::size_t i = begin; i < links.size(); ++i) sum += links[i].weight;
  if (sum <= 1) return;
  for (std::size_t i = begin; i < links.size(); ++i) links[i].weight /= sum;
}

/// A term of the sender that few share: index into its segment's keys.
struct rare {
  std::uint32_t frequency, term;
};

/// The rarest first, where a long text has more than can be followed.
std::vector<rare> rarest_terms(const snapshot& on, const recall_config& config, const segment& s,
                               std::uint32_t local) {
  std::vector<rare> found;
  // Most need not be looked up: they are common here already.
  const bool all_count = on.visible_count() == on.size() && config.rare_many <= segment::FEW;
  for (const std::uint32_t term : s.terms_of(local)) {
    if (all_count && !s.has_few(term)) continue;
    const std::uint32_t frequency = on.frequency_of(s.global_terms[term]);
    if (frequency < 2 || frequency > config.rare_many) continue;
    if (s.posting_weights[s.key_offsets[term]] != 0) found.push_back({frequency, term}); // no label
  }
  if (found.size() > config.fan_max) {
    // Terms ascend as their keys do, so this is an order by (frequency, key) in every segment.
    std::sort(found.begin(), found.end(), [](const rare& a, const rare& b) {
      return a.frequency != b.frequency ? a.frequency < b.frequency : a.term < b.term;
    });
    found.resize(config.fan_max);
  }
  return found;
}

void rare_terms(const snapshot& on, const recall_config& config, std::uint32_t from,
                std::vector<link>& to) {
  if (config.rare_term == 0) return;
  const segment& s = on.segment_of(from);
  const std::size_t begin = to.size();
  const double log_count = log_of(std::max(2u, on.visible_count()));
  double sum = 0;
  for (const auto& [frequency, term] : rarest_terms(on, config, s, from - s.first)) {
    const double share = frequency <= config.rare_few ? 2 * config.rare_term : config.rare_term;
    const double weight = share * (log_count - log_of(frequency)) / log_count / (frequency - 1);
    if (weight <= 0) continue;
    sum += weight * (frequency - 1);
    // Itself, and as many others as the count says: where they were found the search ends.
    std::uint32_t left = frequency;
    const std::uint64_t key = s.keys[term];
    const auto add = [&](const segment& in, const posting_list& bearers) {
      for (const std::uint32_t local : bearers.locals) {
        if (!on.visible(in.first + local)) continue;
        --left;
        if (in.first + local != from)
          to.push_back({in.first + local, weight, link_kind::rare_term, key});
      }
    };
    add(s, s.postings(term));
    for (auto other = on.segments().begin(); left > 0 && other != on.segments().end(); ++other)
      if (other->get() != &s) add(**other, (*other)->find(key));
  }
  if (sum <= 1) return;
  for (std::size_t i = begin; i < to.size(); ++i) to[i].weight /= sum;
}

/// A title that the sender names, with what naming it is worth.
struct named_title {
  double weight;
  std::uint64_t key;
  std::uint32_t titled;  // global term
  std::uint32_t bearers; // visible ones
};

/// Visible memories of a title, in no order that means anything; the first `most` by rank when
/// there are more.
void find_bearers(const snapshot& on, const named_title& title, std::size_t most,
                  std::vector<std::uint32_t>& found) {
  found.clear();
  on.latest_bearers(title.titled, found);
  if (found.size() == title.bearers) return;
  found.clear();
  // Where all were found the search ends.
  for (auto s = on.segments().begin(); s != on.segments().end() && found.size() < title.bearers;
       ++s)
    for (const std::uint32_t local : (*s)->find(title.key).locals)
      if (on.visible((*s)->first + local)) found.push_back((*s)->first + local);
  keep_first(
      found, most, [](std::uint32_t) { return 0; }, [&](std::uint32_t o) { return on.id(o); },
      [&](std::uint32_t a, std::uint32_t b) { return on.before(a, b); });
}

/// The most telling first, where a long text names more than can be followed. Much-named titles say
/// little about who names them.
std::vector<named_title> telling_titles(const snapshot& on, const recall_config& config,
                                        std::uint32_t from) {
  std::vector<mention> mentions;
  mentions.reserve(16);
  on.titles_named_by(from, mentions);
  std::sort(mentions.begin(), mentions.end(),
            [](const mention& a, const mention& b) { return a.title_key < b.title_key; });
  const double log_count = log_of(on.visible_count() + std::size_t{1});
  std::vector<named_title> named;
  named.reserve(mentions.size());
  for (const mention& m : mentions) {
    if (!named.empty() && named.back().key == m.title_key) continue;
    const std::size_t namings = on.frequency_of(m.named_by);
    named.push_back({(log_count - log_of(namings + 1)) / log_count, m.title_key, m.titled,
                     on.frequency_of(m.titled)});
  }
  std::erase_if(named, [](const named_title& t) { return t.weight <= 0; });
  if (named.size() > config.fan_max) {
    std::sort(named.begin(), named.end(), [](const named_title& a, const named_title& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.key < b.key;
    });
    named.resize(config.fan_max);
  }
  return named;
}

void titles(const snapshot& on, const recall_config& config, std::uint32_t from,
            std::vector<link>& to) {
  if (!on.has_titles() || config.names_title == 0) return;
  const std::size_t begin = to.size();
  std::vector<std::uint32_t> targets;
  targets.reserve(config.bearers_max);
  for (const named_title& title : telling_titles(on, config, from)) {
    find_bearers(on, title, config.bearers_max, targets);
    const double weight = title.weight / static_cast<double>(targets.size());
    for (const std::uint32_t target : targets)
      to.push_back({target, weight, link_kind::names_title, 0});
  }
  bound_fan(to, begin);
  for (std::size_t i = begin; i < to.size(); ++i) to[i].weight *= config.names_title;
}

/// Back to the memories whose texts name the sender's title.
void namings(const snapshot& on, const recall_config& config, std::uint32_t from,
             std::vector<link>& to) {
  if (config.named_by == 0) return;
  const std::uint64_t title = on.facts(from).title_key;
  if (title == 0) return;
  std::vector<std::uint32_t> namers;
  on.who_names(from, config.bearers_max, namers);
  std::erase_if(namers, [&](std::uint32_t o) { return on.facts(o).title_key == title; });
  for (const std::uint32_t namer : namers)
    to.push_back(
        {namer, config.named_by / static_cast<double>(namers.size()), link_kind::named_by, 0});
}

/// The same as read from compiled rows, the long way.
void from_runs(const snapshot& on, bool out, std::uint32_t from, std::size_t most,
               std::vector<link>& to) {
  std::vector<edge> edges;
  const base::memory_key& key = on.facts(from).key;
  if (out)
    on.edges().out_of(key, edges);
  else
    on.edges().into(key, edges);
  const kind_names& kinds = *on.edges().kinds;
  std::sort(edges.begin(), edges.end(), [&](const edge& a, const edge& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    if (a.kind != b.kind) return kinds[a.kind] < kinds[b.kind];
    return out ? a.target < b.target : a.source < b.source;
  });
  const std::size_t end = to.size() + most;
  for (const edge& e : edges)
    for (const std::uint32_t target : on.find(out ? e.target : e.source))
      if (on.visible(target) && target != from && to.size() < end)
        to.push_back({target, e.weight.to_double(),
                      out ? link_kind::explicit_out : link_kind::explicit_in, e.kind});
}

void from_rows(const snapshot& on, const edge_rows& rows, bool out, std::uint32_t from,
               std::size_t most, std::vector<link>& to) {
  const std::size_t end = to.size() + most;
  const link_kind kind = out ? link_kind::explicit_out : link_kind::explicit_in;
  for (const edge_rows::neighbour& n : out ? rows.out_of(from) : rows.into(from)) {
    if (to.size() == end) break;
    const edge_rows::style& how = rows.styles()[n.style];
    if (on.visible(n.ordinal)) to.push_back({n.ordinal, how.weight, kind, how.kind});
  }
}

/// Explicit associations of one direction, the strongest first where there are too many.
void explicit_links(const snapshot& on, const recall_config& config, bool out, std::uint32_t from,
                    std::vector<link>& to) {
  const double share = out ? config.edge_out : config.edge_in;
  if (on.edges().empty() || share == 0) return;
  const std::size_t begin = to.size();
  if (const edge_rows* rows = on.edges().rows_of(from))
    from_rows(on, *rows, out, from, config.fan_max, to);
  else
    from_runs(on, out, from, config.fan_max, to);
  if (config.split_edges) bound_fan(to, begin);
  const double cost = config.split_edges ? 1 : fan_cost(to.size() - begin);
  for (std::size_t i = begin; i < to.size(); ++i) to[i].weight *= share / cost;
}

/// What an occasion is still worth; one that is still to come (another clock's) nothing.
double occasion_worth(const recall_config& config, const access_mark& mark, base::instant now) {
  const double seconds = static_cast<double>(now.ms - mark.second * 1000) / 1000;
  if (seconds < 0) return 0;
  return 1 / std::sqrt(1 + seconds / (config.co_recall_days * 86'400));
}

/// Memories that were recalled together with this one; the strongest where there are many.
void co_recalls(const snapshot& on, const recall_config& config, base::instant now,
                std::uint32_t from, std::vector<link>& to) {
  if (config.co_recall == 0 || !on.has_occasions()) return;
  const access_record* record = on.access(from);
  if (record == nullptr) return;
  std::vector<link> found;
  std::vector<std::uint32_t> others;
  for (const access_mark& mark : record->marks()) { // newest first, the same everywhere
    const double worth = occasion_worth(config, mark, now);
    if (worth == 0) continue;
    others.clear();
    on.recalled_with(from, mark, config.co_recalled_max, others);
    for (const std::uint32_t other : others) {
      const auto at = std::find_if(found.begin(), found.end(),
                                   [&](const link& l) { return l.target == other; });
      if (at == found.end())
        found.push_back({other, worth, link_kind::co_recall, 1});
      else
        at->weight += worth, ++at->detail;
    }
  }
  std::erase_if(found, [&](const link& l) { return l.detail < config.co_recalled_min; });
  // In one order on every replica, for their sum is rounded.
  std::sort(found.begin(), found.end(), [&](const link& a, const link& b) {
    return a.weight != b.weight ? a.weight > b.weight : on.before(a.target, b.target);
  });
  if (found.size() > config.fan_max) found.resize(config.fan_max);
  for (link& l : found) l.weight /= l.weight + 1;
  bound_fan(found, 0);
  for (const link& l : found) to.push_back({l.target, l.weight * config.co_recall, l.kind, 0});
}

} // namespace

double fan_cost(std::size_t fan) { return fan < 2 ? 1 : 1 + log_of(fan); }

void explicit_links_of(const snapshot& on, const recall_config& config, std::uint32_t from,
                       std::vector<link>& to) {
  explicit_links(on, config, true, from, to);
  explicit_links(on, config, false, from, to);
}

void links_of(const snapshot& on, const recall_config& config, base::instant now,
              std::uint32_t from, std::vector<link>& to) {
  contiguity(on, config, from, to);
  rare_terms(on, config, from, to);
  titles(on, config, from, to);
  namings(on, config, from, to);
  explicit_links_of(on, config, from, to);
  co_recalls(on, config, now, from, to);
}

double session_weight(const snapshot& on, const recall_config& config, std::uint64_t session) {
  if (session == 0 || config.session == 0) return 0;
  const std::uint32_t size = on.session_size(session, config.session_max + 1);
  return size < 2 || size > config.session_max ? 0 : config.session / (size - 1);
}

bool is_implicit(std::string_view name) noexcept {
  static constexpr std::string_view NAMES[] = {
      "next",    "next-but-one", "before", "two-before", "reply",
      "session", "rare-term",    "title",  "named-by",   "co-recall"};
  // Most names begin with another letter: asked for each kind of each question.
  static constexpr std::uint32_t BEGIN = [] {
    std::uint32_t bits = 0;
    for (const std::string_view each : NAMES) bits |= std::uint32_t{1} << (each[0] - 'a');
    return bits;
  }();
  if (name.empty() || name[0] < 'a' || name[0] > 'z' || (BEGIN >> (name[0] - 'a') & 1) == 0)
    return false;
  return std::find(std::begin(NAMES), std::end(NAMES), name) != std::end(NAMES);
}

std::string link_name(const snapshot& on, const link& l) {
  switch (l.kind) {
  case link_kind::next:
    return "next";
  case link_kind::next_but_one:
    return "next-but-one";
  case link_kind::back_one:
    return "before";
  case link_kind::back_two:
    return "two-before";
  case link_kind::reply:
    return "reply";
  case link_kind::session:
    return "session";
  case link_kind::rare_term:
    return "rare-term";
  case link_kind::names_title:
    return "title";
  case link_kind::named_by:
    return "named-by";
  case link_kind::explicit_out:
    return (*on.edges().kinds)[l.detail];
  case link_kind::explicit_in:
    return "inverse-" + (*on.edges().kinds)[l.detail];
  case link_kind::co_recall:
    return "co-recall";
  }
  return {};
}

} // namespace engram::memory
