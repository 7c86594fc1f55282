#include "membership/fields.hpp"

#include <limits>

namespace engram::membership {

void field_writer::number(std::uint8_t tag, std::uint64_t value) {
  if (value == 0) return;
  base::writer bytes;
  bytes.var(value);
  text(tag, bytes.view());
}

void field_writer::text(std::uint8_t tag, std::string_view value) {
  if (value.empty()) return;
  out_.u8(tag);
  out_.field(value);
}

void field_writer::hash(std::uint8_t tag, const base::hash128& value) {
  if (value.is_zero()) return;
  base::writer bytes;
  bytes.u64_be(value.high);
  bytes.u64_be(value.low);
  text(tag, bytes.view());
}

field_reader::field_reader(std::string_view bytes) {
  base::reader in(bytes);
  int last = -1;
  while (!in.at_end() && !in.bad()) {
    const auto tag = in.u8();
    const auto value = in.field();
    if (in.bad() || tag <= last || value.empty()) {
      bad_ = true;
      return;
    }
    last = tag;
    fields_.emplace(tag, value);
  }
  bad_ = bad_ || in.bad();
}

std::string_view field_reader::take(std::uint8_t tag) {
  const auto found = fields_.find(tag);
  if (found == fields_.end()) return {};
  const auto value = found->second;
  fields_.erase(found);
  return value;
}

std::uint64_t field_reader::number(std::uint8_t tag) {
  const auto bytes = take(tag);
  if (bytes.empty()) return 0;
  base::reader in(bytes);
  const auto value = in.var();
  bad_ = bad_ || !in.done() || value == 0;
  return value;
}

std::uint32_t field_reader::number32(std::uint8_t tag) {
  const auto value = number(tag);
  bad_ = bad_ || value > std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(value);
}

std::string field_reader::text(std::uint8_t tag) { return std::string(take(tag)); }

base::hash128 field_reader::hash(std::uint8_t tag) {
  const auto bytes = take(tag);
  if (bytes.empty()) return {};
  base::reader in(bytes);
  base::hash128 value;
  value.high = in.u64_be();
  value.low = in.u64_be();
  bad_ = bad_ || !in.done() || value.is_zero();
  return value;
}

base::result<void> field_reader::finish(std::string_view what) const {
  if (bad_) return {base::errc::corrupt, std::string(what)};
  if (!fields_.empty())
    return {base::errc::unsupported_format,
            std::string(what) + ": field " + std::to_string(fields_.begin()->first)};
  return base::success();
}

} // namespace engram::membership
