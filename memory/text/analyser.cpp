#include "memory/text/analyser.hpp"

#include "memory/index/keys.hpp"
#include "memory/text/dates.hpp"
#include "memory/text/words.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <limits>

namespace engram::memory {
namespace {

constexpr std::uint16_t NO_POSITION = 0xFFFF;
constexpr std::uint32_t FIELD_GAP = 8; // no phrase reaches from the title into the text

struct occurrence {
  std::uint64_t key;
  std::uint16_t position;
  std::uint16_t weight;
};

/// Gathers the fields of one memory.
class gatherer {
public:
  explicit gatherer(word_reader& reader) : reader_(reader) {}

  void restart_with_stop_words() {
    keep_ = true;
    next_ = 0;
    flags = 0;
  }

  /// Words with positions; each counts `weight` times.
  void field(std::string_view text, std::uint16_t weight, std::vector<std::uint32_t>* words) {
    reader_.read(text, [&](std::string_view word, const word_facts& facts) {
      if (words) words->push_back(facts.hash | (reader_.capital() ? CAPITAL_BIT : 0));
      note_flags(word, facts);
      if (!keep_ && (facts.classes & stop_word)) return;
      occurrences.push_back({facts.key, position(), weight});
      ++next_;
    });
    next_ += FIELD_GAP;
  }

  /// Words that count once, without a position; returns the name's own key.
  std::uint64_t name(std::string_view text, key_kind kind) {
    name_words_.clear();
    reader_.read(text, [&](std::string_view, const word_facts& facts) {
      name_words_.push_back(facts.hash);
      if (!keep_ && (facts.classes & stop_word)) return;
      occurrences.push_back({facts.key, NO_POSITION, 1});
    });
    return name_words_.empty() ? 0 : key_of_words(kind, name_words_);
  }

  std::vector<occurrence> occurrences;
  std::uint8_t flags = 0;

private:
  std::uint16_t position() const {
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(next_, NO_POSITION));
  }

  void note_flags(std::string_view word, const word_facts& facts) {
    if (facts.has_digit || (facts.classes & number_word)) flags |= has_number;
    if (facts.classes & time_word) flags |= has_time_expression;
    if (word.size() == 4 && facts.has_digit && (word.starts_with("19") || word.starts_with("20")))
      flags |= has_time_expression;
  }

  word_reader& reader_;
  bool keep_ = false;
  std::uint32_t next_ = 0;
  std::vector<std::uint32_t> name_words_;
};

/// The title without what stands in brackets: "Mercury (planet)" is named "Mercury" in a text.
std::string without_brackets(std::string_view title) {
  std::string out;
  int depth = 0;
  for (const char c : title) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) out.push_back(c);
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return out;
}

bool asks(std::string_view text) {
  // Remarks in brackets may follow the sentence: "What is that? [shares a photo]".
  std::size_t end = text.size();
  while (end > 0) {
    const char c = text[end - 1];
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '"' || c == '\'') {
      --end;
    } else if (c == ']' || c == ')') {
      const std::size_t open = text.rfind(c == ']' ? '[' : '(', end - 1);
      if (open == std::string_view::npos) return false;
      end = open;
    } else {
      return c == '?';
    }
  }
  return false;
}

void fold(std::vector<occurrence>& occurrences, analysed& out) {
  std::sort(occurrences.begin(), occurrences.end(), [](const occurrence& a, const occurrence& b) {
    return a.key != b.key ? a.key < b.key : a.position < b.position;
  });
  constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
  for (std::size_t i = 0; i < occurrences.size();) {
    std::uint32_t weight = 0, positions = 0;
    const std::size_t begin = i;
    for (; i < occurrences.size() && occurrences[i].key == occurrences[begin].key; ++i) {
      weight = std::min(most, weight + occurrences[i].weight);
      if (occurrences[i].position == NO_POSITION) continue;
      out.positions.push_back(occurrences[i].position);
      ++positions;
    }
    out.terms.push_back({occurrences[begin].key, static_cast<std::uint16_t>(weight),
                         static_cast<std::uint16_t>(positions)});
    out.length += weight;
  }
}

void read_title(word_reader& reader, std::string_view title, analysed& out) {
  bool content = false;
  std::size_t longest = 0;
  reader.read(without_brackets(title), [&](std::string_view word, const word_facts& facts) {
    out.title.push_back(facts.hash | (reader.capital() ? CAPITAL_BIT : 0));
    if (facts.classes & stop_word) return;
    content = true;
    if (word.size() > longest) {
      longest = word.size();
      out.title_anchor = facts.key;
    }
  });
  if (content) out.title_key = title_key(out.title, (out.title.front() & CAPITAL_BIT) != 0);
}

/// Speaker and people concerned, each once.
std::vector<std::string_view> people_of(const episode& what) {
  std::vector<std::string_view> people(what.who.begin(), what.who.end());
  if (!what.speaker.empty()) people.push_back(what.speaker);
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

void gather(gatherer& to, const episode& what, analysed& out) {
  out.words.clear();
  out.labels.clear();
  to.field(what.title, 2, nullptr);
  to.field(what.text, 1, &out.words);
  for (const std::string_view person : people_of(what))
    if (const std::uint64_t key = to.name(person, key_kind::person)) out.labels.push_back(key);
  if (const std::uint64_t key = to.name(what.place, key_kind::place)) out.labels.push_back(key);
}

} // namespace

struct analyser::state {
  explicit state(const std::string& language) : readers(language), rules(rules_of(language)) {}
  word_reader_pool readers;
  const word_rules& rules;
};

analyser::analyser(std::string language)
    : language_(std::move(language)), state_(std::make_unique<state>(language_)) {}
analyser::~analyser() = default;

bool analyser::known_language(std::string_view language) {
  if (language == "none") return true;
  for (const char** name = sb_stemmer_list(); *name; ++name)
    if (language == *name) return true;
  return false;
}

analysed analyser::analyse(const episode& what) const {
  const word_reader_pool::lease reader(state_->readers);
  analysed out;
  gatherer fields(*reader);
  gather(fields, what, out);
  if (fields.occurrences.empty()) { // nothing but stop words: then they are what there is
    fields.restart_with_stop_words();
    gather(fields, what, out);
  }
  fold(fields.occurrences, out);
  for (const std::string& tag : what.tags) out.labels.push_back(key_of(key_kind::tag, tag));
  if (!what.title.empty()) read_title(*reader, what.title, out);
  std::sort(out.labels.begin(), out.labels.end());
  out.labels.erase(std::unique(out.labels.begin(), out.labels.end()), out.labels.end());
  if (!what.session.empty()) out.session = key_of(key_kind::session, what.session);
  out.flags = static_cast<std::uint8_t>(fields.flags | (asks(what.text) ? ends_in_question : 0));
  return out;
}

namespace {

struct question_token {
  std::string word;
  word_facts facts;
  bool capital;
};

void add_words(const std::vector<question_token>& tokens, bool keep_stop_words,
               analysed_query& out) {
  std::optional<std::uint32_t> previous;
  for (const question_token& token : tokens) {
    if (!keep_stop_words && (token.facts.classes & stop_word)) continue;
    std::uint32_t at = 0;
    while (at < out.words.size() && out.words[at].key != token.facts.key) ++at;
    if (at == out.words.size()) out.words.push_back({token.facts.key, token.word});
    const std::pair pair{previous.value_or(at), at};
    if (previous && std::find(out.phrases.begin(), out.phrases.end(), pair) == out.phrases.end())
      out.phrases.push_back(pair);
    previous = at;
  }
}

} // namespace

analysed_query analyser::analyse_query(std::string_view text) const {
  std::vector<question_token> tokens;
  {
    const word_reader_pool::lease reader(state_->readers);
    reader->read(text, [&](std::string_view word, const word_facts& facts) {
      tokens.push_back({std::string(word), facts, reader->capital()});
    });
  }
  analysed_query out;
  std::vector<date_token> date_tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const word_facts& facts = tokens[i].facts;
    out.all.push_back(facts.hash | (tokens[i].capital ? CAPITAL_BIT : 0));
    date_tokens.push_back({tokens[i].word, facts.month, (facts.classes & stop_word) != 0});
    if (facts.classes & time_question) out.asks_when = true;
    if (i > 0 && (facts.classes & measure_word) && (tokens[i - 1].facts.classes & how_word))
      out.asks_number = true;
  }
  add_words(tokens, false, out);
  if (out.words.empty()) add_words(tokens, true, out);
  out.dates = find_dates(date_tokens);
  return out;
}

} // namespace engram::memory
