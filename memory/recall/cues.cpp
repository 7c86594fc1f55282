#include "memory/recall/cues.hpp"

#include "base/math.hpp"
#include "memory/index/keys.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace engram::memory {
namespace {

constexpr std::size_t NAME_WORDS_MAX = 8;
constexpr std::size_t LIKE_WORDS = 12;

channel word_channel(const snapshot& on, std::uint64_t key, std::string name) {
  channel c;
  c.kind = channel_kind::word;
  c.name = std::move(name);
  c.key = key;
  c.idf = inverse_frequency(on.visible_count(), on.frequency(key));
  return c;
}

/// The question's words; of a long text only the rarest, known ones first.
void add_words(const snapshot& on, const recall_config& config, cue_plan& plan) {
  std::vector<channel> words;
  for (const query_word& w : plan.question.words)
    if (on.frequency(w.key) > 0) words.push_back(word_channel(on, w.key, w.text));
  if (words.size() > config.words_max) {
    std::sort(words.begin(), words.end(), [](const channel& a, const channel& b) {
      return a.idf != b.idf ? a.idf > b.idf : a.key < b.key;
    });
    words.resize(config.words_max);
  }
  for (channel& w : words) plan.channels.push_back(std::move(w));
}

/// Spans of the question that are names, none overlapping another: longer ones win, the answer is
/// in the question's order. `keys_of` gives the keys that a span may be.
template <class KeysOf>
std::vector<std::uint64_t> named(const snapshot& on, const std::vector<std::uint32_t>& words,
                                 std::size_t words_max, KeysOf&& keys_of) {
  std::vector<std::pair<std::size_t, std::uint64_t>> spans; // (begins at, key)
  std::vector<bool> taken(words.size());
  for (std::size_t length = std::min(words.size(), words_max); length > 0; --length) {
    for (std::size_t begin = 0; begin + length <= words.size(); ++begin) {
      const auto first = taken.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = first + static_cast<std::ptrdiff_t>(length);
      if (std::find(first, last, true) != last) continue;
      for (const std::uint64_t key : keys_of(std::span(words).subspan(begin, length))) {
        if (on.frequency(key) == 0) continue;
        std::fill(first, last, true);
        spans.emplace_back(begin, key);
      }
    }
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::uint64_t> found;
  for (const auto& [begin, key] : spans)
    if (std::find(found.begin(), found.end(), key) == found.end()) found.push_back(key);
  return found;
}

constexpr std::size_t TITLE_WORDS_MAX = 32;

std::vector<std::uint64_t> titles_named(const snapshot& on,
                                        const std::vector<std::uint32_t>& words) {
  // A question typed without capitals names titles without them.
  const bool has_capitals = std::any_of(words.begin() + (words.empty() ? 0 : 1), words.end(),
                                        [](std::uint32_t w) { return (w & CAPITAL_BIT) != 0; });
  return named(on, words, TITLE_WORDS_MAX, [&](std::span<const std::uint32_t> span) {
    std::vector<std::uint64_t> keys{title_key(span, false)};
    if (!has_capitals || (span.front() & CAPITAL_BIT)) keys.push_back(title_key(span, true));
    return keys;
  });
}

std::vector<std::uint64_t> people_named(const snapshot& on,
                                        const std::vector<std::uint32_t>& words) {
  return named(on, words, NAME_WORDS_MAX, [](std::span<const std::uint32_t> span) {
    return std::array{key_of_words(key_kind::person, span)};
  });
}

void add_labels(const snapshot& on, const analyser& words, cue_plan& plan) {
  const auto add = [&](key_kind kind, const std::string& text, std::string name) {
    if (text.empty()) return;
    channel c;
    c.kind = channel_kind::label;
    c.name = std::move(name);
    c.key = key_of_words(kind, words.analyse_query(text).all);
    c.idf = inverse_frequency(on.visible_count(), on.frequency(c.key));
    if (on.frequency(c.key) > 0) plan.channels.push_back(std::move(c));
  };
  std::set<std::string> people(plan.asked->who.begin(), plan.asked->who.end());
  for (const std::string& person : people) add(key_kind::person, person, "who");
  add(key_kind::place, plan.asked->place, "place");
}

/// The rarest words of the memories to start from: what they are about.
void add_like(const snapshot& on, cue_plan& plan) {
  std::set<std::uint64_t> known;
  for (const channel& c : plan.channels) known.insert(c.key);
  for (const std::uint32_t ordinal : plan.like) {
    const segment& s = on.segment_of(ordinal);
    std::vector<std::pair<std::uint32_t, std::uint64_t>> terms; // (frequency, key)
    for (const std::uint32_t term : s.terms_of(ordinal - s.first)) {
      if (s.posting_weights[s.key_offsets[term]] == 0) continue; // a label
      const std::uint32_t frequency = on.frequency_of(s.global_terms[term]);
      if (frequency > 1) terms.emplace_back(frequency, s.keys[term]);
    }
    std::sort(terms.begin(), terms.end());
    if (terms.size() > LIKE_WORDS) terms.resize(LIKE_WORDS);
    for (const auto& [frequency, key] : terms)
      if (known.insert(key).second) plan.channels.push_back(word_channel(on, key, "like"));
  }
}

} // namespace

double inverse_frequency(std::uint32_t count, std::uint32_t frequency) {
  const double n = count, df = frequency;
  return base::log(1 + (n - df + 0.5) / (df + 0.5));
}

cue_plan plan_cues(const snapshot& on, const analyser& words, const cue& asked,
                   const recall_config& config, std::size_t limit) {
  cue_plan plan;
  plan.asked = &asked;
  plan.bounded_in_time = asked.from.has_value() || asked.until.has_value();
  for (const std::string& tag : std::set(asked.tags.begin(), asked.tags.end()))
    plan.required.push_back(key_of(key_kind::tag, tag));
  for (const std::string& tag : std::set(asked.tags_excluded.begin(), asked.tags_excluded.end()))
    plan.excluded.push_back(key_of(key_kind::tag, tag));
  plan.question = words.analyse_query(asked.text);
  add_words(on, config, plan);
  if (!plan.question.phrases.empty() && config.phrase > 0)
    plan.channels.push_back({channel_kind::phrase, "phrase"});
  if (on.has_titles()) {
    plan.titles = titles_named(on, plan.question.all);
    if (!plan.titles.empty()) plan.channels.push_back({channel_kind::title, "title"});
  }
  const std::vector<std::uint64_t> people = people_named(on, plan.question.all);
  if (!people.empty()) plan.person = people.front();
  plan.one_person = people.size() == 1;
  add_labels(on, words, plan);
  for (const std::string& id : asked.like)
    for (const std::uint32_t ordinal : on.find_id(id))
      if (on.visible(ordinal)) plan.like.push_back(ordinal);
  if (!plan.like.empty()) {
    add_like(on, plan);
    plan.channels.push_back({channel_kind::like, "like"});
  }
  plan.vector = asked.vector;
  if (!plan.vector && plan.like.size() == 1) plan.vector = on.embedding_of(plan.like.front());
  plan.vectors_wanted = std::max<std::size_t>(config.vectors_max, limit);
  if (plan.vector) plan.channels.push_back({channel_kind::vector, "vector"});
  // Requirements alone are a question too: everything that meets them.
  if (plan.channels.empty() && asked.text.empty()) {
    for (const std::uint64_t key : plan.required) {
      channel c{channel_kind::label, "tag", key};
      c.idf = inverse_frequency(on.visible_count(), on.frequency(key));
      plan.channels.push_back(std::move(c));
    }
    if (plan.channels.empty() && plan.bounded_in_time)
      plan.channels.push_back({channel_kind::time, "time"});
  }
  return plan;
}

bool admits(const snapshot& on, const cue_plan& plan, std::uint32_t ordinal) {
  const segment& s = on.segment_of(ordinal);
  const std::uint32_t local = ordinal - s.first;
  const document& d = s.documents[local];
  if (plan.bounded_in_time) {
    if (!d.has_when) return false;
    if (plan.asked->from && d.when_ms < plan.asked->from->ms) return false;
    if (plan.asked->until && d.when_ms >= plan.asked->until->ms) return false;
  }
  if (std::find(plan.like.begin(), plan.like.end(), ordinal) != plan.like.end()) return false;
  if (plan.required.empty() && plan.excluded.empty()) return true;
  const auto carries = [&](std::uint64_t key) {
    const std::size_t term = s.find_term(key);
    const auto terms = s.terms_of(local);
    return term != s.keys.size() &&
           std::binary_search(terms.begin(), terms.end(), static_cast<std::uint32_t>(term));
  };
  return std::all_of(plan.required.begin(), plan.required.end(), carries) &&
         std::none_of(plan.excluded.begin(), plan.excluded.end(), carries);
}

} // namespace engram::memory
