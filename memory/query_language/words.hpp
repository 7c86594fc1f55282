#pragma once
// Words of the language, letters' case aside. Pure.

#include <span>
#include <string_view>

namespace engram::memory {

bool same_word(std::string_view a, std::string_view b) noexcept;
bool is_keyword(std::string_view word) noexcept;

/// Of `words`, the one nearest by edit distance (insert, delete, replace, exchange neighbours;
/// Damerau 1964); "" when none is within a third of its length, or within one.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> words);

} // namespace engram::memory
