#pragma once
// The one canonical encoding of a value with named fields, for hashes and for the disk: tag,
// length, bytes; tags ascend, a field that holds its default is absent. So equal values have equal
// bytes. An unknown tag is an error: nobody may skip what a newer version meant. (ADR 0002)
//
//   field_writer out;               field_reader in(bytes);
//   out.text(1, name);              name = in.text(1);
//   out.number(2, generation);      generation = in.number(2);
//   bytes = std::move(out).take();  TRY(in.finish("space"));

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"

#include <array>
#include <string>
#include <string_view>

namespace engram::base {

inline constexpr std::uint8_t FIELD_TAG_END = 32; // tags are 0 .. 31

/// Requires: tags ascend from call to call.
class field_writer {
public:
  void number(std::uint8_t tag, std::uint64_t value);       // default 0
  void signed_number(std::uint8_t tag, std::int64_t value); // default 0
  void text(std::uint8_t tag, std::string_view value);      // default ""
  void hash(std::uint8_t tag, const hash128& value);        // default zero

  std::string take() && { return std::move(out_).take(); }

private:
  writer out_;
};

/// Splits all fields at once; a field that nobody asked for before finish() is unknown. Views are
/// into the bytes it was given.
class field_reader {
public:
  explicit field_reader(std::string_view bytes);
  bool has(std::uint8_t tag) const noexcept { return (present_ >> tag & 1) != 0; }
  std::uint64_t number(std::uint8_t tag);
  std::uint32_t number32(std::uint8_t tag);
  std::int64_t signed_number(std::uint8_t tag);
  std::string_view text(std::uint8_t tag) { return take(tag); }
  hash128 hash(std::uint8_t tag);
  /// Says that a value was not what its writer writes.
  void reject() noexcept { bad_ = true; }
  /// errc::corrupt, errc::unsupported_format, or success when all was well and all was asked for.
  result<void> finish(std::string_view what) const;

private:
  std::string_view take(std::uint8_t tag);

  std::array<std::string_view, FIELD_TAG_END> values_;
  std::uint32_t present_ = 0;
  bool unknown_ = false;
  bool bad_ = false;
};

} // namespace engram::base
