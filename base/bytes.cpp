#include "base/bytes.hpp"

#include <array>
#include <bit>

namespace engram::base {

namespace {

template <class Integer>
void append_little(std::string& out, Integer value) {
  std::array<char, sizeof(Integer)> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value = static_cast<Integer>(std::uint64_t{value} >> 8);
  }
  out.append(bytes.data(), bytes.size());
}

template <class Integer>
void append_big(std::string& out, Integer value) {
  std::array<char, sizeof(Integer)> bytes;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    bytes[i] = static_cast<char>(value & 0xff);
    value = static_cast<Integer>(std::uint64_t{value} >> 8);
  }
  out.append(bytes.data(), bytes.size());
}

std::uint64_t load_little(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

std::uint64_t load_big(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct utf8_form {
  std::size_t length;                  // 0 = no sequence starts with this byte
  std::uint8_t second_min, second_max; // what excludes overlongs, surrogates and > U+10FFFF
};

/// Unicode 15, table 3-7: well-formed UTF-8 byte sequences.
utf8_form form_of(std::uint8_t lead) noexcept {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool well_formed(std::string_view text, std::size_t at, const utf8_form& form) noexcept {
  if (form.length == 0 || text.size() - at < form.length) return false;
  for (std::size_t i = 1; i < form.length; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[at + i]);
    const std::uint8_t low = i == 1 ? form.second_min : 0x80;
    const std::uint8_t high = i == 1 ? form.second_max : 0xBF;
    if (byte < low || byte > high) return false;
  }
  return true;
}

} // namespace

void writer::u16(std::uint16_t value) { append_little(out_, value); }
void writer::u32(std::uint32_t value) { append_little(out_, value); }
void writer::u64(std::uint64_t value) { append_little(out_, value); }
void writer::u64_be(std::uint64_t value) { append_big(out_, value); }
void writer::u32_be(std::uint32_t value) { append_big(out_, value); }

void writer::var(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<char>(value));
}

void writer::zigzag(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  var(bits << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void writer::f32(float value) { u32(std::bit_cast<std::uint32_t>(value)); }

void writer::field(std::string_view bytes) {
  var(bytes.size());
  raw(bytes);
}

std::string_view reader::take(std::size_t count) {
  if (bad_ || count > rest_.size()) {
    bad_ = true;
    rest_ = {};
    return {};
  }
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint8_t reader::u8() { return static_cast<std::uint8_t>(load_little(take(1))); }
std::uint16_t reader::u16() { return static_cast<std::uint16_t>(load_little(take(2))); }
std::uint32_t reader::u32() { return static_cast<std::uint32_t>(load_little(take(4))); }
std::uint64_t reader::u64() { return load_little(take(8)); }
std::uint64_t reader::u64_be() { return load_big(take(8)); }
std::uint32_t reader::u32_be() { return static_cast<std::uint32_t>(load_big(take(4))); }
float reader::f32() { return std::bit_cast<float>(u32()); }
std::string_view reader::raw(std::size_t count) { return take(count); }

std::uint64_t reader::var() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (bad_) return 0;
    const bool last = byte < 0x80;
    const bool overflows = shift == 63 && byte > 1;
    const bool padded = last && byte == 0 && shift > 0;
    if (overflows || padded) break;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (last) return value;
  }
  bad_ = true;
  rest_ = {};
  return 0;
}

std::int64_t reader::zigzag() {
  const std::uint64_t bits = var();
  return static_cast<std::int64_t>(bits >> 1 ^ (0 - (bits & 1)));
}

std::string_view reader::field() {
  const std::uint64_t size = var();
  return take(size); // a size beyond what is left fails there
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

std::optional<std::size_t> invalid_utf8_at(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const utf8_form form = form_of(static_cast<std::uint8_t>(text[at]));
    if (!well_formed(text, at, form)) return at;
    at += form.length;
  }
  return std::nullopt;
}

} // namespace engram::base
