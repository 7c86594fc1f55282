// Does consolidation help? Of dated texts a fifth stays as episodes, and of the rest only the
// concepts that were made of all of them. Questions are made from the texts that went.
//   consolidation_eval TEXTS.jsonl [--set NAME=VALUE]...     lines of {"date", "text"}

#include "base/math.hpp"
#include "base/random.hpp"
#include "memory/concepts/concept_recall.hpp"
#include "memory/concepts/consolidator.hpp"
#include "memory/index/index.hpp"
#include "memory/index/keys.hpp"
#include "memory/recall/recall.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace {

using namespace engram::memory;
namespace base = engram::base;

struct settings {
  std::string path;
  concept_config concepts;
  std::uint32_t words = 8; // of a question
  std::uint32_t known = 1; // least number of episodes that a question's words are in
  std::uint32_t top = 10;
};

class diary {
public:
  explicit diary(const std::string& path) {
    config_.name = "diary";
    config_.identity = {{1, 2}};
    index_ = std::make_unique<engram::memory::index>(config_);
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      const auto parsed = nlohmann::json::parse(line);
      episode e;
      e.id = "entry-" + std::to_string(texts.size());
      e.text = parsed["text"];
      e.when = base::parse_time(parsed["date"].get<std::string>());
      add(e);
    }
    view = index_->publish();
  }

  void hide(std::uint32_t ordinal) { index_->set_visible(ordinal, false); }
  void publish() { view = index_->publish(); }

  std::vector<std::string> texts;
  std::shared_ptr<const snapshot> view;
  analyser words{"english"};

private:
  void add(const episode& e) {
    auto kept = std::make_shared<const episode>(e);
    const std::uint32_t ordinal = index_->size();
    index_->add(ordinal, {memory_key_of(config_.identity, e.id), base::fast_hash128(e.text), kept,
                          std::make_shared<const analysed>(words.analyse(e)),
                          base::hlc{std::uint64_t{1} << 40}, ordinal});
    texts.push_back(e.text);
  }

  space_config config_;
  std::unique_ptr<engram::memory::index> index_;
};

/// Terms of one sentence, drawn evenly among those that `known` episodes or more have; "" when no
/// sentence has so many.
std::string question_from(const diary& of, const std::string& text, const settings& s,
                          base::random& random) {
  std::vector<std::vector<std::string>> sentences;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(".;:", begin), text.size() - 1) + 1;
    std::vector<std::string> terms;
    for (const query_word& word : of.words.analyse_query(text.substr(begin, end - begin)).words)
      if (of.view->frequency(word.key) >= s.known) terms.push_back(word.text);
    if (terms.size() >= s.words) sentences.push_back(std::move(terms));
    begin = end;
  }
  if (sentences.empty()) return {};
  auto& terms = sentences[random.below(sentences.size())];
  while (terms.size() > s.words)
    terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(random.below(terms.size())));
  std::string question;
  for (const std::string& term : terms) question += term + " ";
  return question;
}

struct question {
  std::uint32_t of = 0; // ordinal
  std::string text;
};

recall_answer ask(const diary& on, const question& q, std::uint32_t top) {
  recall_query query;
  query.cue.text = q.text;
  query.limit = top;
  return recall(*on.view, {on.words}, query);
}

bool has(const recall_answer& answer, std::uint32_t ordinal) {
  return std::any_of(answer.hits.begin(), answer.hits.end(),
                     [&](const hit& h) { return h.ordinal == ordinal; });
}

/// What the concepts brought up tell of.
std::set<std::uint32_t> told(const diary& on, const concept_set& made, const question& q,
                             std::uint32_t top) {
  cue asked;
  asked.text = q.text;
  std::set<std::uint32_t> out;
  for (const concept_hit& one : recall_concepts(made, on.words, asked, top))
    for (const std::uint32_t ordinal : cited(*one.what)) out.insert(ordinal);
  return out;
}

/// What presence alone can tell: of how many concepts the members' texts have all words of the
/// question, one here and one there, asked of the texts themselves.
class presence {
public:
  presence(const diary& of, const concept_set& made) : of_(of), homes_(of.texts.size(), NONE) {
    for (std::uint32_t c = 0; c < made.concepts.size(); ++c)
      for (const std::uint32_t o : cited(*made.concepts[c])) {
        homes_[o] = c;
        ++sizes_[c];
      }
  }

  bool covers(std::uint32_t ordinal) const { return homes_[ordinal] != NONE; }
  /// Concepts that have all words, and how many of all are at least as likely as the one asked for,
  /// had each kept of how many members each word is.
  struct rivals {
    std::size_t by_presence = 0, by_counts = 0;
  };
  rivals of(const question& q) const {
    std::map<std::uint32_t, std::pair<std::size_t, double>> known; // words, log of likelihood
    std::size_t asked = 0;
    for (const query_word& word : of_.words.analyse_query(q.text).words) {
      ++asked;
      std::map<std::uint32_t, std::size_t> with;
      for (const auto& s : of_.view->segments())
        for (const std::uint32_t local : s->find(word.key).locals)
          if (homes_[s->first + local] != NONE) ++with[homes_[s->first + local]];
      for (const auto& [c, members] : with) {
        ++known[c].first;
        known[c].second +=
            base::log(static_cast<double>(members) / static_cast<double>(sizes_.at(c)));
      }
    }
    const auto likely = [&](const auto& one) {
      return one.second.second + base::log(static_cast<double>(sizes_.at(one.first)));
    };
    const double own = likely(*known.find(homes_[q.of]));
    rivals out;
    for (const auto& one : known) {
      if (one.second.first < asked) continue;
      ++out.by_presence;
      out.by_counts += likely(one) >= own ? 1 : 0;
    }
    return out;
  }

private:
  static constexpr std::uint32_t NONE = 0xFFFFFFFF;
  const diary& of_;
  std::vector<std::uint32_t> homes_; // the concept of each episode
  std::map<std::uint32_t, std::size_t> sizes_;
};

/// The best that any order of concepts could do which knows no more than which words each has: of
/// `k` that have all it must guess.
void tell_bound(const diary& all, const concept_set& made, const std::vector<question>& questions,
                std::size_t by_all) {
  const presence by_words(all, made);
  std::vector<std::size_t> rivals;
  std::map<std::size_t, std::size_t> by_counts; // place: questions
  for (const question& q : questions) {
    if (!by_words.covers(q.of)) continue;
    const auto [presence, counts] = by_words.of(q);
    rivals.push_back(presence);
    ++by_counts[counts];
  }
  std::sort(rivals.begin(), rivals.end());
  std::printf("%zu asked about no concept's member; else %zu concepts (median; p90 %zu) have all "
              "words of the question\n",
              questions.size() - rivals.size(), rivals[rivals.size() / 2],
              rivals[rivals.size() * 9 / 10]);
  for (const std::size_t top : {5u, 10u}) {
    double could = 0;
    for (const std::size_t k : rivals)
      could += std::min(1.0, static_cast<double>(top) / static_cast<double>(k));
    std::size_t likely = 0;
    for (const auto& [place, count] : by_counts) likely += place <= top ? count : 0;
    std::printf(
        "of all words' presence alone %zu concepts could keep %.1f %%, of all words' counts "
        "%.1f %%\n",
        top, 100 * could / static_cast<double>(by_all),
        100.0 * static_cast<double>(likely) / static_cast<double>(by_all));
  }
}

void evaluate(diary& all, const settings& s) {
  const concept_set made = consolidate(*all.view, s.concepts);
  std::set<std::uint32_t> covered;
  for (const auto& one : made.concepts)
    for (const std::uint32_t o : cited(*one)) covered.insert(o);
  std::printf(
      "%zu episodes, %zu concepts of %zu of them, %.1f each, %.1f %% of the index's bytes\n",
      all.texts.size(), made.concepts.size(), covered.size(),
      static_cast<double>(covered.size()) / static_cast<double>(made.concepts.size()),
      100.0 * static_cast<double>(made.bytes()) / static_cast<double>(all.view->bytes()));
  base::random random(1);
  std::vector<question> questions;
  for (std::uint32_t o = 0; o < all.texts.size(); ++o) {
    if (random.below(5) == 0) continue; // stays
    all.hide(o);
    if (auto text = question_from(all, all.texts[o], s, random); !text.empty())
      questions.push_back({o, std::move(text)});
  }
  const auto n = static_cast<double>(questions.size());
  const auto percent = [n](std::size_t of) { return 100.0 * static_cast<double>(of) / n; };
  std::size_t by_all = 0;
  for (const question& q : questions) by_all += has(ask(all, q, s.top), q.of);
  std::printf("%zu questions; all episodes: recall@%u %.1f %%\n", questions.size(), s.top,
              percent(by_all));
  tell_bound(all, made, questions, by_all);
  all.publish();
  for (const std::uint32_t top : {1u, 5u, 10u}) {
    std::size_t found = 0, tell = 0;
    for (const question& q : questions) {
      const auto by = told(all, made, q, top);
      found += by.contains(q.of);
      tell += by.size();
    }
    std::printf(
        "%2u concepts beside the episodes that stayed: %.1f %%, kept %.1f %%; by chance %.1f %%\n",
        top, percent(found), 100.0 * static_cast<double>(found) / static_cast<double>(by_all),
        percent(tell) / static_cast<double>(all.texts.size()));
  }
}

bool parse(int argc, char** argv, settings& to) {
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a != "--set" || i + 1 == argc) {
      to.path = a;
      continue;
    }
    const std::string pair = argv[++i];
    const std::string name = pair.substr(0, pair.find('='));
    const double value = std::stod(pair.substr(pair.find('=') + 1));
    if (name == "similarity")
      to.concepts.words_similarity = static_cast<std::uint32_t>(value * 65536);
    else if (name == "assimilated")
      to.concepts.words_assimilated = static_cast<std::uint32_t>(value * 65536);
    else if (name == "joined")
      to.concepts.words_joined = static_cast<std::uint32_t>(value * 65536);
    else if (name == "members")
      to.concepts.members_min = static_cast<std::uint32_t>(value);
    else if (name == "words")
      to.words = static_cast<std::uint32_t>(value);
    else if (name == "known")
      to.known = static_cast<std::uint32_t>(value);
    else if (name == "top")
      to.top = static_cast<std::uint32_t>(value);
    else
      return false;
  }
  return !to.path.empty();
}

} // namespace

int main(int argc, char** argv) {
  settings given;
  if (!parse(argc, argv, given)) {
    std::fputs("usage: consolidation_eval TEXTS.jsonl [--set NAME=VALUE]...\n", stderr);
    return 2;
  }
  diary all(given.path);
  evaluate(all, given);
}
