#include "base/text_fault.hpp"

#include <algorithm>
#include <charconv>

namespace engram::base {

namespace {

constexpr std::string_view MEANT = "; did you mean ";

std::string plain(const text_fault& fault) {
  if (fault.suggestion.empty()) return fault.what;
  return fault.what + std::string(MEANT) + fault.suggestion + "?";
}

/// Takes "14:" off the front.
std::optional<std::uint32_t> take_number(std::string_view& from) {
  std::uint32_t number = 0;
  const auto [end, wrong] = std::from_chars(from.data(), from.data() + from.size(), number);
  const auto length = static_cast<std::size_t>(end - from.data());
  if (wrong != std::errc{} || length == from.size() || from[length] != ':' || number == 0)
    return std::nullopt;
  from.remove_prefix(length + 1);
  return number;
}

} // namespace

std::string to_string(const text_fault& fault) {
  return std::to_string(fault.line) + ':' + std::to_string(fault.column) + ": " + plain(fault);
}

std::optional<text_fault> read_text_fault(std::string_view text) {
  text_fault fault;
  const auto line = take_number(text);
  if (!line) return std::nullopt;
  const auto column = take_number(text);
  if (!column || text.empty() || text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  fault.line = *line;
  fault.column = *column;
  if (const auto at = text.rfind(MEANT); at != std::string_view::npos && text.back() == '?') {
    fault.suggestion = text.substr(at + MEANT.size(), text.size() - at - MEANT.size() - 1);
    text = text.substr(0, at);
  }
  fault.what = text;
  return fault;
}

std::string point_at(const text_fault& fault, std::string_view text) {
  for (std::uint32_t line = 1; line < fault.line && !text.empty(); ++line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t indent = std::min<std::size_t>(fault.column - 1, line.size());
  return std::string(line) + '\n' + std::string(indent, ' ') + "^ " + plain(fault);
}

} // namespace engram::base
