#pragma once
// The little of Unicode that words need: decoding valid UTF-8, telling letters from the rest, and
// lower case for the scripts that have it. Pure. Tables are rules over blocks, not a database: what
// they do not know is a letter that has no case.

#include <cstdint>
#include <string>
#include <string_view>

namespace engram::memory {

/// Decodes one code point and moves `at` behind it. Invalid bytes yield U+FFFD and move by one.
char32_t decode_utf8(std::string_view text, std::size_t& at) noexcept;
void encode_utf8(char32_t c, std::string& to);

/// Letters, digits and combining marks beyond ASCII; not punctuation, symbols, spaces, emoji.
bool is_word_character(char32_t c) noexcept;
/// Scripts written without spaces: their words are taken to be pairs of characters.
bool is_unspaced_script(char32_t c) noexcept;
char32_t to_lower(char32_t c) noexcept;
/// Latin letters without their marks (e for é, o for ø), combining marks dropped: what is typed
/// without them finds what was written with them.
std::string fold_marks(std::string_view word);
/// The words of a text in lower case, a space before and behind each: " one two "; " " of none.
/// Characters of unspaced scripts are words of their own, for a name may begin at any.
std::string fold_words(std::string_view text);

} // namespace engram::memory
