#include "memory/query_language/lexer.hpp"

#include <charconv>
#include <cmath>

namespace engram::memory {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
/// Names are ids as they are usually written: ep-1, tar/1.34, user:ada.
bool in_word(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == ':' || c == '/' || c == '@';
}

class lexer {
public:
  explicit lexer(std::string_view query) : query_(query) {}

  std::vector<query_token> run() {
    while (next()) {
    }
    if (tokens_.empty() || tokens_.back().kind != token_kind::wrong)
      tokens_.push_back({token_kind::end, "", 0, at_});
    else
      tokens_.push_back({token_kind::end, "", 0, tokens_.back().at});
    return std::move(tokens_);
  }

private:
  char peek(std::size_t ahead = 0) const noexcept {
    return offset_ + ahead < query_.size() ? query_[offset_ + ahead] : '\0';
  }
  bool at_end() const noexcept { return offset_ >= query_.size(); }
  char take() noexcept {
    const char c = query_[offset_++];
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++at_.column; // a character's first byte
    }
    return c;
  }
  void skip_space() {
    while (!at_end()) {
      const char c = peek();
      if (c == '-' && peek(1) == '-') { // a comment, to the end of its line
        while (!at_end() && peek() != '\n') take();
      } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
        take();
      } else {
        return;
      }
    }
  }
  bool push(token_kind kind, std::string text, query_position at, double number = 0) {
    tokens_.push_back({kind, std::move(text), number, at});
    return kind != token_kind::wrong;
  }

  bool next() {
    skip_space();
    if (at_end()) return false;
    const char c = peek();
    if (c == '"' || c == '\'') return quoted();
    if (is_digit(c) || ((c == '-' || c == '.') && (is_digit(peek(1)) || peek(1) == '.')))
      return number_or_date();
    if (c == '$') return parameter();
    if (is_letter(c)) return word();
    return symbol();
  }

  bool quoted() {
    const query_position start = at_;
    const char quote = take();
    std::string text;
    while (!at_end() && peek() != quote) {
      const query_position here = at_;
      const char c = take();
      if (c != '\\') {
        text.push_back(c);
        continue;
      }
      const char escaped = at_end() ? '\0' : take();
      if (escaped == 'n')
        text.push_back('\n');
      else if (escaped == 't')
        text.push_back('\t');
      else if (escaped == '"' || escaped == '\'' || escaped == '\\')
        text.push_back(escaped);
      else
        return push(token_kind::wrong, R"(unknown escape: \n, \t, \\, \" and \' exist)", here);
    }
    if (at_end()) return push(token_kind::wrong, "the quotation is not closed", start);
    take();
    return push(token_kind::text, std::move(text), start);
  }

  bool number_or_date() {
    const query_position start = at_;
    const std::size_t begin = offset_;
    take();
    while (is_digit(peek())) take();
    if (peek() == '-' && offset_ - begin == 4 && is_digit(peek(1))) return date(start, begin);
    while (is_digit(peek()) || peek() == '.' ||
           ((peek() == 'e' || peek() == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2)))))) {
      if (peek() == 'e' || peek() == 'E') take();
      take();
    }
    const std::string_view text = query_.substr(begin, offset_ - begin);
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) ||
        (!at_end() && is_letter(peek())))
      return push(token_kind::wrong, "not a number", start);
    return push(token_kind::number, std::string(text), start, value);
  }

  bool date(query_position start, std::size_t begin) {
    while (is_digit(peek()) || peek() == '-' || peek() == ':' || peek() == '.' || peek() == '+' ||
           peek() == 'T' || peek() == 'Z' || peek() == 't' || peek() == 'z')
      take();
    return push(token_kind::date, std::string(query_.substr(begin, offset_ - begin)), start);
  }

  bool parameter() {
    const query_position start = at_;
    take();
    std::string name;
    while (is_letter(peek()) || is_digit(peek())) name.push_back(take());
    if (name.empty()) return push(token_kind::wrong, "a parameter needs a name after $", start);
    return push(token_kind::parameter, std::move(name), start);
  }

  bool word() {
    const query_position start = at_;
    std::string text;
    while (!at_end() && in_word(peek())) text.push_back(take());
    return push(token_kind::word, std::move(text), start);
  }

  bool symbol() {
    const query_position start = at_;
    const char c = take();
    if ((c == '!' || c == '>') && peek() == '=') {
      take();
      return push(token_kind::symbol, std::string{c, '='}, start);
    }
    if (c == ',' || c == '=' || c == '>' || c == '[' || c == ']' || c == ';')
      return push(token_kind::symbol, std::string(1, c), start);
    return push(token_kind::wrong, "no query has this character outside quotation marks", start);
  }

  std::string_view query_;
  std::size_t offset_ = 0;
  query_position at_;
  std::vector<query_token> tokens_;
};

} // namespace

std::vector<query_token> tokens_of(std::string_view query) { return lexer(query).run(); }

} // namespace engram::memory
