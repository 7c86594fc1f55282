#include "base/fields.hpp"

#include <limits>

namespace engram::base {

void field_writer::number(std::uint8_t tag, std::uint64_t value) {
  if (value == 0) return;
  writer bytes;
  bytes.var(value);
  text(tag, bytes.view());
}

void field_writer::signed_number(std::uint8_t tag, std::int64_t value) {
  if (value == 0) return;
  writer bytes;
  bytes.zigzag(value);
  text(tag, bytes.view());
}

void field_writer::text(std::uint8_t tag, std::string_view value) {
  CHECK(tag < FIELD_TAG_END, int{tag});
  if (value.empty()) return;
  out_.u8(tag);
  out_.field(value);
}

void field_writer::hash(std::uint8_t tag, const hash128& value) {
  if (value.is_zero()) return;
  writer bytes;
  bytes.u64_be(value.high);
  bytes.u64_be(value.low);
  text(tag, bytes.view());
}

field_reader::field_reader(std::string_view bytes) {
  reader in(bytes);
  int last = -1;
  while (!in.at_end() && !in.bad()) {
    const std::uint8_t tag = in.u8();
    const std::string_view value = in.field();
    if (in.bad() || tag <= last || value.empty()) {
      bad_ = true;
      return;
    }
    last = tag;
    if (tag >= FIELD_TAG_END) {
      unknown_ = true;
      continue;
    }
    values_[tag] = value;
    present_ |= std::uint32_t{1} << tag;
  }
  bad_ = bad_ || in.bad();
}

std::string_view field_reader::take(std::uint8_t tag) {
  CHECK(tag < FIELD_TAG_END, int{tag});
  if (!has(tag)) return {};
  present_ &= ~(std::uint32_t{1} << tag);
  return values_[tag];
}

std::uint64_t field_reader::number(std::uint8_t tag) {
  const std::string_view bytes = take(tag);
  if (bytes.empty()) return 0;
  reader in(bytes);
  const std::uint64_t value = in.var();
  bad_ = bad_ || !in.done() || value == 0;
  return value;
}

std::uint32_t field_reader::number32(std::uint8_t tag) {
  const std::uint64_t value = number(tag);
  bad_ = bad_ || value > std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(value);
}

std::int64_t field_reader::signed_number(std::uint8_t tag) {
  const std::string_view bytes = take(tag);
  if (bytes.empty()) return 0;
  reader in(bytes);
  const std::int64_t value = in.zigzag();
  bad_ = bad_ || !in.done() || value == 0;
  return value;
}

hash128 field_reader::hash(std::uint8_t tag) {
  const std::string_view bytes = take(tag);
  if (bytes.empty()) return {};
  reader in(bytes);
  hash128 value;
  value.high = in.u64_be();
  value.low = in.u64_be();
  bad_ = bad_ || !in.done() || value.is_zero();
  return value;
}

result<void> field_reader::finish(std::string_view what) const {
  if (bad_) return {errc::corrupt, std::string(what)};
  if (unknown_ || present_ != 0)
    return {errc::unsupported_format, std::string(what) + ": unknown field"};
  return success();
}

} // namespace engram::base
