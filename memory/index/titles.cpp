#include "memory/index/titles.hpp"

#include "memory/index/keys.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace engram::memory {

namespace {

bool is_capital(std::uint32_t word) { return (word & CAPITAL_BIT) != 0; }
std::uint32_t bare(std::uint32_t word) { return word & ~CAPITAL_BIT; }

} // namespace

void title_table::scan(std::uint32_t ordinal, std::span<const std::uint32_t> words,
                       std::vector<mention>& to) const {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    const auto known = lengths_.find(bare(words[begin]));
    if (known == lengths_.end()) continue;
    for (std::uint32_t left = known->second; left != 0; left &= left - 1) {
      const std::size_t length = static_cast<std::size_t>(std::countr_zero(left)) + 1;
      if (begin + length > words.size()) break;
      for (const bool capital : {false, true}) {
        if (capital && !is_capital(words[begin])) break;
        const std::uint64_t key = title_key(words.subspan(begin, length), capital);
        if (const auto title = titles_.find(key); title != titles_.end())
          to.push_back({ordinal, static_cast<std::uint32_t>(begin),
                        static_cast<std::uint32_t>(length), title->second.titled,
                        title->second.named_by, key});
      }
    }
  }
}

void title_table::search(const new_title& title, const segment& older,
                         std::vector<mention>& to) const {
  for (const std::uint32_t local : older.find(title.anchor).locals) {
    const auto words = older.words_of(local);
    auto at = words.begin();
    const counts numbers = titles_.at(title.key);
    while (true) {
      at = std::search(at, words.end(), title.words.begin(), title.words.end(),
                       [](std::uint32_t a, std::uint32_t b) { return bare(a) == bare(b); });
      if (at == words.end()) break;
      if (is_capital(title.words.front()) && !is_capital(*at)) {
        ++at;
        continue;
      }
      to.push_back({older.first + local, static_cast<std::uint32_t>(at - words.begin()),
                    static_cast<std::uint32_t>(title.words.size()), numbers.titled,
                    numbers.named_by, title.key});
      ++at;
    }
  }
}

void title_table::add(segment& fresh, std::span<const pending_memory> memories,
                      const std::vector<std::shared_ptr<const segment>>& older,
                      const term_numbering& number) {
  std::vector<new_title> new_titles;
  for (const pending_memory& m : memories) {
    const analysed& words = *m.words;
    if (words.title_key == 0 || words.title.size() > words_max) continue;
    const auto [at, is_new] = titles_.try_emplace(words.title_key);
    if (!is_new) continue;
    at->second = {number(words.title_key), number(words.title_key ^ key_of(key_kind::named, {}))};
    lengths_[bare(words.title.front())] |= std::uint32_t{1} << (words.title.size() - 1);
    new_titles.push_back({words.title_key, words.title_anchor, words.title});
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
  constexpr std::size_t node = 40; // of a hash map, with its share of the table
  return (titles_.size() + lengths_.size()) * node;
}

} // namespace engram::memory
