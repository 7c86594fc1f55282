#include "memory/recall/seeds.hpp"

#include "base/math.hpp"
#include "memory/recall/nearest.hpp"

#include <algorithm>
#include <cstdlib>

namespace engram::memory {
namespace {

using base::q32;

void seed_word(const snapshot& on, const channel& word, std::size_t at, const recall_config& config,
               evidence_table& table) {
  const double mean =
      std::max(1.0, static_cast<double>(on.visible_length()) / std::max(1u, on.visible_count()));
  const double top = word.idf * (config.bm25_k1 + 1) * word.weight;
  const double base = config.bm25_k1 * (1 - config.bm25_b);
  const double slope = config.bm25_k1 * config.bm25_b / mean;
  for (const auto& s : on.segments()) {
    const posting_list list = s->find(word.key);
    for (std::size_t i = 0; i < list.locals.size(); ++i) {
      const std::uint32_t local = list.locals[i];
      if (!on.visible(s->first + local)) continue;
      const double uses = list.weights[i];
      const double impact = top * uses / (uses + base + slope * s->lengths[local]);
      table.first_hand(table.slot(s->first + local))[at] += q32::from(impact);
    }
  }
}

void seed_label(const snapshot& on, const channel& label, std::size_t at, evidence_table& table) {
  const q32 value = q32::from(label.idf * label.weight);
  for (const auto& s : on.segments())
    for (const std::uint32_t local : s->find(label.key).locals)
      if (on.visible(s->first + local)) table.first_hand(table.slot(s->first + local))[at] += value;
}

void seed_time(const snapshot& on, const cue_plan& plan, std::size_t at, evidence_table& table) {
  for (const auto& s : on.segments()) {
    auto from = s->by_when.begin();
    if (plan.asked->from)
      from = std::lower_bound(
          from, s->by_when.end(), plan.asked->from->ms,
          [&](std::uint32_t l, std::int64_t ms) { return s->documents[l].when_ms < ms; });
    for (; from != s->by_when.end(); ++from) {
      if (plan.asked->until && s->documents[*from].when_ms >= plan.asked->until->ms) break;
      if (on.visible(s->first + *from))
        table.first_hand(table.slot(s->first + *from))[at] = q32::from(1);
    }
  }
}

/// How close the two words stand: 1 side by side in this order, `gap` with one between, else 0.
double closeness(std::span<const std::uint16_t> left, std::span<const std::uint16_t> right,
                 double gap) {
  double best = 0;
  std::size_t j = 0;
  for (const std::uint16_t p : left) {
    while (j < right.size() && right[j] <= p) ++j;
    if (j == right.size()) break;
    if (right[j] == p + 1) return 1;
    if (right[j] == p + 2) best = gap;
  }
  return best;
}

struct phrase_match {
  std::uint32_t ordinal;
  double closeness;
};

std::vector<phrase_match> find_phrase(const snapshot& on, std::uint64_t left, std::uint64_t right,
                                      double gap) {
  std::vector<phrase_match> found;
  for (const auto& s : on.segments()) {
    const posting_list a = s->find(left), b = s->find(right);
    for (std::size_t i = 0, j = 0; i < a.locals.size() && j < b.locals.size();) {
      if (a.locals[i] < b.locals[j]) {
        ++i;
        continue;
      }
      if (b.locals[j] < a.locals[i]) {
        ++j;
        continue;
      }
      const double near = closeness(a.positions_of(i), b.positions_of(j), gap);
      if (near > 0 && on.visible(s->first + a.locals[i]))
        found.push_back({s->first + a.locals[i], near});
      ++i;
      ++j;
    }
  }
  return found;
}

void seed_phrases(const snapshot& on, const cue_plan& plan, std::size_t at,
                  const recall_config& config, evidence_table& table) {
  for (const auto& [left, right] : plan.question.phrases) {
    const auto found = find_phrase(on, plan.question.words[left].key,
                                   plan.question.words[right].key, config.phrase_gap);
    const double idf =
        inverse_frequency(on.visible_count(), static_cast<std::uint32_t>(found.size()));
    for (const phrase_match& m : found)
      table.first_hand(table.slot(m.ordinal))[at] += q32::from(config.phrase * idf * m.closeness);
  }
}

void seed_titles(const snapshot& on, const cue_plan& plan, std::size_t at,
                 const recall_config& config, evidence_table& table) {
  for (const std::uint64_t title : plan.titles)
    for (const auto& s : on.segments())
      for (const std::uint32_t local : s->find(title).locals) {
        if (!on.visible(s->first + local)) continue;
        const std::uint32_t slot = table.slot(s->first + local);
        table.first_hand(slot)[at] = q32::from(config.title_named * table.own(slot).to_double());
      }
}

q32 strongest(const evidence_table& table) {
  q32 best;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) best = std::max(best, table.own(slot));
  return best;
}

void seed_like(const cue_plan& plan, std::size_t at, evidence_table& table) {
  const q32 value = std::max(strongest(table), q32::from(1));
  for (const std::uint32_t ordinal : plan.like) table.first_hand(table.slot(ordinal))[at] = value;
}

/// Nearest embeddings. Any two texts are somewhat alike, so likeness counts from that of the last
/// one taken; the best is worth as much as the best by all other cues.
void seed_vector(const snapshot& on, const cue_plan& plan, std::size_t at,
                 const recall_config& config, evidence_table& table) {
  const auto found = nearest(on, *plan.vector, plan.vectors_wanted);
  if (found.empty()) return;
  const bool more = found.size() == plan.vectors_wanted;
  const double floor = more ? std::max(0.0, found.back().cosine.to_double()) : 0;
  const double unit = std::max(strongest(table), q32::from(1)).to_double() * config.vector;
  for (const vector_hit& hit : found) {
    const double cosine = hit.cosine.to_double();
    if (cosine <= 0) break;
    // The last ones keep a trace, so that they are answers at all.
    const double share = cosine - floor * 0.98;
    table.first_hand(table.slot(hit.ordinal))[at] = q32::from(unit * share / (1 - floor * 0.98));
  }
}

void apply_dates(const snapshot& on, const cue_plan& plan, const recall_config& config,
                 evidence_table& table) {
  if (plan.question.dates.empty()) return;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) {
    const double near = date_nearness(plan.question.dates, on.facts(table.ordinal(slot)), config);
    if (near == 0) continue;
    for (std::size_t c = 0; c < table.channels(); ++c) {
      q32& value = table.first_hand(slot)[c];
      value = q32::from(value.to_double() * (1 + config.date * near));
    }
  }
}

constexpr std::int64_t DAY_MS = 86'400'000;

/// Days between the memory and the named date as said of `year`; 0 inside it.
double days_off(const named_date& date, std::int64_t year, std::int64_t when_ms) {
  const auto start = [](std::int64_t y, int month, int day) {
    return base::from_civil({y, month, day}).ms;
  };
  const std::int64_t from = start(year, date.month ? date.month : 1, date.day ? date.day : 1);
  std::int64_t until = from + DAY_MS;
  if (date.month == 0)
    until = start(year + 1, 1, 1);
  else if (date.day == 0)
    until = date.month == 12 ? start(year + 1, 1, 1) : start(year, date.month + 1, 1);
  const std::int64_t off = when_ms < from ? from - when_ms : when_ms >= until ? when_ms - until : 0;
  return static_cast<double>(off) / static_cast<double>(DAY_MS);
}

} // namespace

double date_nearness(const std::vector<named_date>& dates, const document& memory,
                     const recall_config& config) {
  if (!memory.has_when) return 0;
  double best = 0;
  for (const named_date& date : dates) {
    double off = 1e9;
    if (date.year != 0) {
      off = days_off(date, date.year, memory.when_ms);
    } else { // of the years, the nearest
      const std::int64_t year = base::to_civil({memory.when_ms}).year;
      for (std::int64_t y = year - 1; y <= year + 1; ++y)
        off = std::min(off, days_off(date, y, memory.when_ms));
    }
    const double beyond = std::max(0.0, off - config.date_flat_days);
    best = std::max(best, base::exp2(-beyond / config.date_decay_days));
  }
  return best < 0.01 ? 0 : best;
}

void seed(const snapshot& on, const cue_plan& plan, const recall_config& config,
          evidence_table& table) {
  for (std::size_t c = 0; c < plan.channels.size(); ++c) {
    const channel& here = plan.channels[c];
    switch (here.kind) {
    case channel_kind::word:
      seed_word(on, here, c, config, table);
      break;
    case channel_kind::phrase:
      seed_phrases(on, plan, c, config, table);
      break;
    case channel_kind::title:
      seed_titles(on, plan, c, config, table);
      break;
    case channel_kind::label:
      seed_label(on, here, c, table);
      break;
    case channel_kind::time:
      seed_time(on, plan, c, table);
      break;
    case channel_kind::like:
      seed_like(plan, c, table);
      break;
    case channel_kind::vector:
      seed_vector(on, plan, c, config, table);
      break;
    }
  }
  apply_dates(on, plan, config, table);
}

} // namespace engram::memory
