#pragma once
// What is typed, cut into statements. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace engram::client {

/// Where the first statement of `text` ends: behind its ";", which stands outside quotation marks
/// and comments. npos: it goes on.
std::size_t end_of_statement(std::string_view text);
/// Whether nothing but blanks and comments is in it.
bool is_blank(std::string_view text);
/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);
/// Whether the end of `text` is inside quotation marks or a comment.
bool ends_in_text(std::string_view text);

} // namespace engram::client
