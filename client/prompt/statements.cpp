#include "client/prompt/statements.hpp"

namespace engram::client {

namespace {

/// Walks over a text as the query language reads it: what is quoted and what is said aside.
class walker {
public:
  explicit walker(std::string_view text) : text_(text) {}

  /// The next character of a statement itself; '"' for a whole quotation; false: the end.
  bool next(char& c) {
    while (at_ < text_.size()) {
      c = text_[at_++];
      if (c == '-' && at_ < text_.size() && text_[at_] == '-') {
        at_ = text_.find('\n', at_);
        if (at_ == std::string_view::npos) in_text_ = true;
        at_ = std::min(at_, text_.size());
        continue;
      }
      if (c != '"' && c != '\'') return true;
      skip_quotation(c);
      c = '"';
      return true;
    }
    return false;
  }
  std::size_t at() const noexcept { return at_; }
  bool in_text() const noexcept { return in_text_; }

private:
  void skip_quotation(char mark) {
    while (at_ < text_.size() && text_[at_] != mark) at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ < text_.size())
      ++at_;
    else
      in_text_ = true;
    at_ = std::min(at_, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_text_ = false;
};

bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

} // namespace

std::size_t end_of_statement(std::string_view text) {
  walker over(text);
  for (char c = 0; over.next(c);)
    if (c == ';') return over.at();
  return std::string_view::npos;
}

bool is_blank(std::string_view text) {
  walker over(text);
  for (char c = 0; over.next(c);)
    if (!blank(c) && c != ';') return false;
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool ends_in_text(std::string_view text) {
  walker over(text);
  for (char c = 0; over.next(c);) {
  }
  return over.in_text();
}

} // namespace engram::client
