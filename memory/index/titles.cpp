#include "memory/index/titles.hpp"

#include "memory/index/keys.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace engram::memory {

namespace {

bool is_capital(std::uint32_t word) { return (word & CAPITAL_BIT) != 0; }
std::uint32_t bare(std::uint32_t word) { return word & ~CAPITAL_BIT; }
/// Words are hashes whose lowest bit says something else.
std::uint64_t hash_of(std::uint32_t word) { return bare(word) >> 1; }

} // namespace

const title_table::known_title* title_table::find(std::uint64_t key) const {
  const std::uint32_t row =
      by_key_.find(key, [&](std::uint32_t each) { return titles_[each].key == key; });
  return row == key_table::none ? nullptr : &titles_[row];
}

std::uint32_t title_table::find_first(std::uint32_t word) const {
  return by_first_word_.find(
      hash_of(word), [&](std::uint32_t each) { return first_words_[each].word == bare(word); });
}

void title_table::begins(std::uint32_t word, std::size_t length) {
  std::uint32_t row = find_first(word);
  if (row == key_table::none) {
    row = static_cast<std::uint32_t>(first_words_.size());
    first_words_.push_back({bare(word), 0});
    by_first_word_.insert(hash_of(word), row);
  }
  first_words_[row].lengths |= std::uint32_t{1} << (length - 1);
}

void title_table::scan(std::uint32_t ordinal, std::span<const std::uint32_t> words,
                       std::vector<mention>& to) const {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    const std::uint32_t known = find_first(words[begin]);
    if (known == key_table::none) continue;
    for (std::uint32_t left = first_words_[known].lengths; left != 0; left &= left - 1) {
      const std::size_t length = static_cast<std::size_t>(std::countr_zero(left)) + 1;
      if (begin + length > words.size()) break;
      for (const bool capital : {false, true}) {
        if (capital && !is_capital(words[begin])) break;
        const std::uint64_t key = title_key(words.subspan(begin, length), capital);
        if (const known_title* title = find(key))
          to.push_back({ordinal, static_cast<std::uint32_t>(begin),
                        static_cast<std::uint32_t>(length), title->titled, title->named_by, key});
      }
    }
  }
}

void title_table::search(const new_title& title, const segment& older,
                         std::vector<mention>& to) const {
  for (const std::uint32_t local : older.find(title.anchor).locals) {
    const auto words = older.words_of(local);
    auto at = words.begin();
    while (true) {
      at = std::search(at, words.end(), title.words.begin(), title.words.end(),
                       [](std::uint32_t a, std::uint32_t b) { return bare(a) == bare(b); });
      if (at == words.end()) break;
      if (is_capital(title.words.front()) && !is_capital(*at)) {
        ++at;
        continue;
      }
      to.push_back({older.first + local, static_cast<std::uint32_t>(at - words.begin()),
                    static_cast<std::uint32_t>(title.words.size()), title.what.titled,
                    title.what.named_by, title.what.key});
      ++at;
    }
  }
}

void title_table::add(segment& fresh, std::span<const pending_memory> memories,
                      const std::vector<std::shared_ptr<const segment>>& older,
                      const term_numbering& number) {
  std::vector<new_title> new_titles;
  fresh.named_terms.assign(fresh.size(), segment::none);
  for (std::uint32_t local = 0; local < memories.size(); ++local) {
    const analysed& words = *memories[local].words;
    if (words.title_key == 0 || words.title.size() > words_max) continue;
    if (const known_title* known = find(words.title_key)) {
      fresh.named_terms[local] = known->named_by;
      continue;
    }
    const known_title title{words.title_key, number(words.title_key),
                            number(words.title_key ^ key_of(key_kind::named, {}))};
    by_key_.insert(title.key, static_cast<std::uint32_t>(titles_.size()));
    titles_.push_back(title);
    fresh.named_terms[local] = title.named_by;
    begins(words.title.front(), words.title.size());
    new_titles.push_back({title, words.title_anchor, words.title});
  }
  if (titles_.empty()) return;
  for (std::uint32_t local = 0; local < fresh.size(); ++local)
    scan(fresh.first + local, fresh.words_of(local), fresh.mentions);
  for (const new_title& title : new_titles)
    for (const auto& s : older) search(title, *s, fresh.mentions);
  std::sort(fresh.mentions.begin(), fresh.mentions.end(), [](const mention& a, const mention& b) {
    return std::tie(a.ordinal, a.begin, a.length, a.title_key) <
           std::tie(b.ordinal, b.begin, b.length, b.title_key);
  });
  sort_namings(fresh);
}

std::size_t title_table::bytes() const noexcept {
  return titles_.capacity() * sizeof(known_title) + first_words_.capacity() * sizeof(first_word) +
         by_key_.bytes() + by_first_word_.bytes();
}

} // namespace engram::memory
