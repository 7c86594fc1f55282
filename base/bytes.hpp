#pragma once
// Appending to and reading from byte strings. Integers are little endian; var is LEB128. The reader
// never reads past its end: a failed read makes it `bad()` for good and returns zero, so a decoder
// reads everything and asks once.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace engram::base {

class writer {
public:
  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void u64_be(std::uint64_t value); // for keys: sorts as the number does
  void u32_be(std::uint32_t value);
  void var(std::uint64_t value);
  void zigzag(std::int64_t value);
  void f32(float value); // IEEE bits
  void raw(std::string_view bytes) { out_.append(bytes); }
  void field(std::string_view bytes); // var length, then the bytes

  std::string take() && { return std::move(out_); }
  const std::string& view() const noexcept { return out_; }
  std::size_t size() const noexcept { return out_.size(); }

private:
  std::string out_;
};

class reader {
public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t u64_be();
  std::uint32_t u32_be();
  std::uint64_t var(); // rejects encodings longer than needed
  std::int64_t zigzag();
  float f32();
  std::string_view raw(std::size_t count);
  std::string_view field();

  bool bad() const noexcept { return bad_; }
  bool at_end() const noexcept { return rest_.empty(); }
  /// Everything read, nothing left over, nothing short.
  bool done() const noexcept { return !bad_ && rest_.empty(); }
  std::size_t left() const noexcept { return rest_.size(); }

private:
  std::string_view take(std::size_t count);

  std::string_view rest_;
  bool bad_ = false;
};

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);

/// Position of the first invalid UTF-8 byte (overlong, surrogate, beyond U+10FFFF, cut), if any.
std::optional<std::size_t> invalid_utf8_at(std::string_view text) noexcept;

} // namespace engram::base
