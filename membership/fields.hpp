#pragma once
// Canonical fields for what the directory keeps: tag, length, value; tags ascend, a field that
// holds its default is absent. An unknown tag is an error: nobody may skip what a newer version
// meant.

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace engram::membership {

/// Requires: tags ascend from call to call.
class field_writer {
public:
  void number(std::uint8_t tag, std::uint64_t value);
  void text(std::uint8_t tag, std::string_view value);
  void hash(std::uint8_t tag, const base::hash128& value);
  std::string take() && { return std::move(out_).take(); }

private:
  base::writer out_;
};

/// Reads all fields at once; what is not asked for before finish() is unknown.
class field_reader {
public:
  explicit field_reader(std::string_view bytes);
  std::uint64_t number(std::uint8_t tag);
  std::uint32_t number32(std::uint8_t tag);
  std::string text(std::uint8_t tag);
  base::hash128 hash(std::uint8_t tag);
  /// errc::corrupt, errc::unsupported_format, or success when all was well and all was asked for.
  base::result<void> finish(std::string_view what) const;

private:
  std::string_view take(std::uint8_t tag);

  std::map<std::uint8_t, std::string_view> fields_;
  bool bad_ = false;
};

} // namespace engram::membership
