#pragma once
// Writes JSON, one value after another; commas and escapes are its business.
//
//   json_writer w;
//   w.begin_object().field("id", id).key("who").strings(who).end_object();
//   out << w.text();
//
// Texts are taken to be UTF-8. Numbers that JSON lacks (NaN, infinities) become null.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engram::client {

class json_writer {
public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& string(std::string_view text);
  json_writer& integer(std::int64_t number);
  json_writer& natural(std::uint64_t number);
  json_writer& number(double number); // shortest text that reads back as the same double
  json_writer& number(float number);
  json_writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  json_writer& raw(std::string_view json); // a value already written

  json_writer& strings(const std::vector<std::string>& list);
  json_writer& field(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }

  const std::string& text() const noexcept { return out_; }
  std::string take() && { return std::move(out_); }

private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void begin_value();
  template <class Number>
  json_writer& digits(Number number);

  std::string out_;
  bool comma_ = false;
};

} // namespace engram::client
