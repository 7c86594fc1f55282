#include "memory/query_language/words.hpp"

#include "memory/query_language/grammar.hpp"

#include <algorithm>
#include <vector>

namespace engram::memory {
namespace {

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Optimal string alignment; one row per letter of `a`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> at(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) at[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = upper(a[i - 1]) == upper(b[j - 1]) ? 0 : 1;
      at[i][j] = std::min({at[i - 1][j] + 1, at[i][j - 1] + 1, at[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && upper(a[i - 1]) == upper(b[j - 2]) &&
          upper(a[i - 2]) == upper(b[j - 1]))
        at[i][j] = std::min(at[i][j], at[i - 2][j - 2] + 1);
    }
  return at[a.size()][b.size()];
}

} // namespace

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return upper(x) == upper(y); });
}

bool is_keyword(std::string_view word) noexcept {
  const auto all = keywords();
  return std::any_of(all.begin(), all.end(),
                     [&](std::string_view keyword) { return same_word(word, keyword); });
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> words) {
  std::string_view best;
  std::size_t least = 0;
  for (const std::string_view candidate : words) {
    const std::size_t most = std::max<std::size_t>(1, candidate.size() / 3);
    if (word.size() > candidate.size() + most) continue;
    const std::size_t off = distance(word, candidate);
    if (off > most || (!best.empty() && off >= least)) continue;
    best = candidate;
    least = off;
  }
  return best;
}

} // namespace engram::memory
