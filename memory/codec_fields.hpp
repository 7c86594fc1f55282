#pragma once
// Fields of the canonical encoding, written and read. Private to memory/codec and the state items.
// The reader keeps the first fault and reads nothing more; it never looks past its bytes.

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

/// Requires: ascending tags.
class field_writer {
public:
  explicit field_writer(std::uint8_t kind) { out_.u8(kind); }

  void raw(std::uint8_t tag, std::string_view value);
  void text(std::uint8_t tag, std::string_view value); // "" is the default
  void list(std::uint8_t tag, const std::vector<std::string>& items);
  void number(std::uint8_t tag, std::int64_t value);
  void steps(std::uint8_t tag, std::uint16_t value, std::uint16_t missing);

  const std::string& view() const noexcept { return out_.view(); }
  std::string take() && { return std::move(out_).take(); }

private:
  base::writer out_;
};

class field_reader {
public:
  explicit field_reader(std::string_view fields) : in_(fields) {}

  /// false at the end or after a fault.
  bool next();
  std::uint8_t tag() const noexcept { return tag_; }
  std::string_view value() const noexcept { return value_; }

  void text(std::string_view value, std::string& to);
  void list(std::string_view value, std::vector<std::string>& to);
  void number(std::string_view value, std::int64_t& to);
  void steps(std::string_view value, std::uint16_t missing, double& to);
  void unknown(std::uint8_t tag, std::uint8_t newest_known);
  void fail(const char* what);

  const std::optional<base::error>& fault() const noexcept { return fault_; }

private:
  base::reader in_;
  std::uint8_t tag_ = 0;
  std::string_view value_;
  std::optional<base::error> fault_;
};

} // namespace engram::memory
