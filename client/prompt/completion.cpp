#include "client/prompt/completion.hpp"

#include "client/prompt/statements.hpp"

#include <algorithm>
#include <set>

namespace engram::client {

namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return upper(c); });
  return out;
}
std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '\\';
}

/// The words of a text in capitals; a comma is a word of its own.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool open = false;
  for (const char c : text) {
    if (!in_word(c)) {
      open = false;
      if (c == ',') words.emplace_back(",");
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    words.back().push_back(upper(c));
  }
  return words;
}

bool ends_with(const std::vector<std::string>& words, const std::vector<std::string>& end) {
  return words.size() >= end.size() && std::equal(end.rbegin(), end.rend(), words.rbegin());
}

/// Whether a name of a space comes next: behind IN SPACE, or behind a comma in its list.
bool names_a_space(std::vector<std::string> words) {
  while (words.size() >= 2 && words.back() == ",") words.resize(words.size() - 2);
  return ends_with(words, {"IN", "SPACE"});
}

const language::verb* verb_in(const language& known, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    for (const auto& verb : known.verbs)
      if (verb.word == word) return &verb;
  return nullptr;
}

/// Words of clauses that may come: the rest of one that has been begun, else how each begins.
std::set<std::string> clause_words(const language::verb& verb,
                                   const std::vector<std::string>& words,
                                   const std::string& begun) {
  std::set<std::string> firsts, rests;
  for (const auto& clause : verb.clauses) {
    const auto phrase = words_of(clause.words);
    for (std::size_t i = 0; i < phrase.size(); ++i) {
      if (!phrase[i].starts_with(begun)) continue;
      const std::vector<std::string> before(phrase.begin(), phrase.begin() + static_cast<long>(i));
      if (i == 0)
        firsts.insert(phrase[i]);
      else if (ends_with(words, before))
        rests.insert(phrase[i]);
    }
  }
  if (rests.empty()) return firsts;
  return rests;
}

std::set<std::string> first_words(const language& known, const std::vector<std::string>& words) {
  std::set<std::string> out;
  for (const auto& verb : known.verbs) out.insert(verb.word);
  if (words.empty()) out.insert("EXPLAIN");
  return out;
}

std::set<std::string> names_of(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

std::string common_beginning(const std::vector<std::string>& words) {
  std::string out = words.empty() ? "" : words.front();
  for (const std::string& word : words)
    out.resize(static_cast<std::size_t>(
        std::mismatch(out.begin(), out.end(), word.begin(), word.end()).first - out.begin()));
  return out;
}

} // namespace

completion complete(const vocabulary& known, std::string_view text) {
  completion out;
  out.begin = text.size();
  while (out.begin > 0 && in_word(text[out.begin - 1])) --out.begin;
  const std::string typed(text.substr(out.begin));
  const std::string_view head = text.substr(0, out.begin);
  if (ends_in_text(head)) return out;
  const auto words = words_of(head);
  std::set<std::string> fitting;
  bool keywords = false;
  if (words.empty() && typed.starts_with("\\")) {
    fitting = names_of(known.commands);
  } else if (ends_with(words, {"\\USE"}) || names_a_space(words)) {
    fitting = names_of(known.spaces);
  } else if (!words.empty() && words.front().starts_with("\\")) {
    if (words.front() == "\\HELP") fitting = first_words(known.language, words);
    keywords = true;
  } else {
    const auto* verb = verb_in(known.language, words);
    fitting = verb ? clause_words(*verb, words, upper(typed)) : first_words(known.language, words);
    keywords = true;
  }
  const bool small = keywords && !typed.empty() && typed == lower(typed);
  const std::string wanted = keywords ? upper(typed) : typed;
  for (const std::string& word : fitting)
    if (word.starts_with(wanted)) out.words.push_back(small ? lower(word) : word);
  out.common = common_beginning(out.words);
  if (out.words.size() == 1) out.common.push_back(' ');
  return out;
}

} // namespace engram::client
