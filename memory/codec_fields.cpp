#include "memory/codec_fields.hpp"

namespace engram::memory {

void field_writer::raw(std::uint8_t tag, std::string_view value) {
  out_.u8(tag);
  out_.field(value);
}

void field_writer::text(std::uint8_t tag, std::string_view value) {
  if (!value.empty()) raw(tag, value);
}

void field_writer::list(std::uint8_t tag, const std::vector<std::string>& items) {
  if (items.empty()) return;
  base::writer value;
  for (const auto& item : items) value.field(item);
  raw(tag, value.view());
}

void field_writer::number(std::uint8_t tag, std::int64_t value) {
  base::writer bytes;
  bytes.zigzag(value);
  raw(tag, bytes.view());
}

void field_writer::steps(std::uint8_t tag, std::uint16_t value, std::uint16_t missing) {
  if (value == missing) return;
  base::writer bytes;
  bytes.u16(value);
  raw(tag, bytes.view());
}

bool field_reader::next() {
  if (fault_ || in_.at_end()) return false;
  const std::uint8_t tag = in_.u8();
  value_ = in_.field();
  if (in_.bad()) {
    fail("cut short");
  } else if (tag <= tag_) {
    fail("tags not ascending");
  }
  tag_ = tag;
  return !fault_;
}

void field_reader::text(std::string_view value, std::string& to) {
  if (value.empty()) return fail("default written");
  to = value;
}

void field_reader::list(std::string_view value, std::vector<std::string>& to) {
  if (value.empty()) return fail("default written");
  base::reader items(value);
  while (!items.at_end()) {
    const std::string_view item = items.field();
    if (items.bad() || item.empty()) return fail("list cut short");
    if (!to.empty() && item <= to.back()) return fail("list not ascending");
    to.emplace_back(item);
  }
}

void field_reader::number(std::string_view value, std::int64_t& to) {
  base::reader bytes(value);
  to = bytes.zigzag();
  if (!bytes.done()) fail("not a number");
}

void field_reader::steps(std::string_view value, std::uint16_t missing, double& to) {
  base::reader bytes(value);
  const std::uint16_t steps = bytes.u16();
  if (!bytes.done()) return fail("not a share");
  if (steps == missing) return fail("default written");
  to = steps / 65535.0;
}

void field_reader::unknown(std::uint8_t tag, std::uint8_t newest_known) {
  if (fault_) return;
  if (tag > newest_known) {
    fault_ = base::error{base::errc::unsupported_format, "tag=" + std::to_string(tag)};
  } else {
    fail("unknown tag");
  }
}

void field_reader::fail(const char* what) {
  if (!fault_)
    fault_ = base::error{base::errc::corrupt, std::string(what) + " tag=" + std::to_string(tag_)};
}

} // namespace engram::memory
