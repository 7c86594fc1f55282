#include "memory/text/unicode.hpp"

#include <array>

namespace engram::memory {
namespace {

struct range {
  char32_t first, last;
};

bool in_any(char32_t c, const range* ranges, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    if (c >= ranges[i].first && c <= ranges[i].last) return true;
  return false;
}

constexpr std::array<range, 19> NOT_WORDS{{
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x2000, 0x200B}, {0x200E, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004},
    {0x3008, 0x3020}, {0x3030, 0x3030}, {0xFE10, 0xFE6F}, {0xFEFF, 0xFEFF}, {0xFF00, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF},
}};

constexpr std::array<range, 6> UNSPACED{{
    {0x0E00, 0x0E7F}, // Thai
    {0x3005, 0x30FF}, // kana
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xF900, 0xFAFF},
    {0x20000, 0x3FFFF},
}};

/// Blocks where capitals and small letters alternate; `odd` = the capital has the odd number.
struct alternating {
  char32_t first, last;
  bool odd;
};
constexpr std::array<alternating, 9> ALTERNATING{{
    {0x0100, 0x0137, false},
    {0x0139, 0x0148, true},
    {0x014A, 0x0177, false},
    {0x0179, 0x017E, true},
    {0x0460, 0x0481, false},
    {0x048A, 0x04BF, false},
    {0x04D0, 0x052F, false},
    {0x1E00, 0x1E95, false},
    {0x1EA0, 0x1EFF, false},
}};

/// Blocks where the small letter lies at a fixed distance.
struct shifted {
  char32_t first, last;
  char32_t distance;
};
constexpr std::array<shifted, 9> SHIFTED{{
    {0xC0, 0xDE, 32},
    {0x0388, 0x038A, 37},
    {0x038E, 0x038F, 63},
    {0x0391, 0x03AB, 32},
    {0x0400, 0x040F, 80},
    {0x0410, 0x042F, 32},
    {0x0531, 0x0556, 48},
    {0xFF21, 0xFF3A, 32},
    {0x10400, 0x10427, 40},
}};

/// Base letters of U+00C0 to U+017F; '.' where there is none.
constexpr std::string_view LATIN_BASES =
    "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllll."
    ".llnnnnnn.nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(LATIN_BASES.size() == 0x180 - 0xC0);

} // namespace

char32_t decode_utf8(std::string_view text, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xC2 ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || at + size > text.size()) return ++at, 0xFFFD;
  char32_t c = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return ++at, 0xFFFD;
    c = c << 6 | (byte(at + i) & 0x3Fu);
  }
  at += size;
  return c;
}

void encode_utf8(char32_t c, std::string& to) {
  const auto push = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return push(c);
  if (c < 0x800) return push(0xC0 | c >> 6), push(0x80 | (c & 0x3F));
  if (c < 0x10000) {
    push(0xE0 | c >> 12);
  } else {
    push(0xF0 | c >> 18);
    push(0x80 | (c >> 12 & 0x3F));
  }
  push(0x80 | (c >> 6 & 0x3F));
  push(0x80 | (c & 0x3F));
}

bool is_word_character(char32_t c) noexcept {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c >= 0x1F000 && c < 0x20000) return false; // pictographs
  return !in_any(c, NOT_WORDS.data(), NOT_WORDS.size());
}

bool is_unspaced_script(char32_t c) noexcept {
  return c >= 0x0E00 && in_any(c, UNSPACED.data(), UNSPACED.size());
}

char32_t to_lower(char32_t c) noexcept {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c == 0xD7 || c == 0x03A2) return c;
  if (c == 0x0178) return 0xFF;
  if (c == 0x0130) return 'i';
  if (c == 0x0386) return 0x03AC;
  if (c == 0x038C) return 0x03CC;
  for (const shifted& block : SHIFTED)
    if (c >= block.first && c <= block.last) return c + block.distance;
  for (const alternating& block : ALTERNATING)
    if (c >= block.first && c <= block.last) return ((c & 1) != 0) == block.odd ? c + 1 : c;
  return c;
}

std::string fold_marks(std::string_view word) {
  std::string folded;
  for (std::size_t at = 0; at < word.size();) {
    const char32_t c = decode_utf8(word, at);
    if (c >= 0x0300 && c <= 0x036F) continue;
    const char base = c >= 0xC0 && c < 0x180 ? LATIN_BASES[c - 0xC0] : '.';
    if (base != '.')
      folded.push_back(base);
    else
      encode_utf8(c, folded);
  }
  return folded;
}

std::string fold_words(std::string_view text) {
  std::string out = " ";
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = decode_utf8(text, at);
    const bool is_word = c < 128 ? (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')
                                 : is_word_character(c);
    const bool is_alone = is_unspaced_script(c);
    if ((!is_word || is_alone) && out.back() != ' ') out += ' ';
    if (is_word) encode_utf8(to_lower(c), out);
    if (is_alone) out += ' ';
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

} // namespace engram::memory
