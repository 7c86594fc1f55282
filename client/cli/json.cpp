#include "client/cli/json.hpp"

#include <charconv>
#include <cmath>

namespace engram::client {

namespace {

void escape(std::string_view text, std::string& out) {
  static constexpr char HEX[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain = 0; // the run of characters that stand for themselves begins here
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(plain, i - plain));
    plain = i + 1;
    if (c == '"' || c == '\\')
      out.append({'\\', static_cast<char>(c)});
    else if (c == '\n')
      out.append("\\n");
    else if (c == '\t')
      out.append("\\t");
    else if (c == '\r')
      out.append("\\r");
    else
      out.append({'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15]});
  }
  out.append(text.substr(plain)).push_back('"');
}

} // namespace

json_writer& json_writer::open(char bracket) {
  begin_value();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

void json_writer::begin_value() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

json_writer& json_writer::key(std::string_view name) {
  begin_value();
  escape(name, out_);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

json_writer& json_writer::string(std::string_view text) {
  begin_value();
  escape(text, out_);
  return *this;
}

template <class Number>
json_writer& json_writer::digits(Number number) {
  begin_value();
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out_.append(text, end);
  return *this;
}

json_writer& json_writer::integer(std::int64_t number) { return digits(number); }
json_writer& json_writer::natural(std::uint64_t number) { return digits(number); }
json_writer& json_writer::number(double number) {
  return std::isfinite(number) ? digits(number) : raw("null");
}
json_writer& json_writer::number(float number) {
  return std::isfinite(number) ? digits(number) : raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  begin_value();
  out_.append(json);
  return *this;
}

json_writer& json_writer::strings(const std::vector<std::string>& list) {
  begin_array();
  for (const std::string& text : list) string(text);
  return end_array();
}

} // namespace engram::client
