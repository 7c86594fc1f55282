#pragma once
// JSON lines, one memory each: what `engram export` writes and most scripts can.
//
//   {"set":…, "id":…, "text":…, "title":?, "when":?, "speaker":?, "who":?, "place":?, "session":?,
//    "tags":?, "embedding":?, "confidence":?, "order":?, "associations":?}
//
// `text` is required. `set`, `id`, `session`, `speaker` and `place` may be numbers; `who` and
// `tags` are a string or a list; `when` is any form base::parse_time reads, or a number of seconds
// since 1970 (milliseconds from 1e11 on); `associations` is a list of {"target", "kind",
// "weight":?}. null means absent, unknown fields are ignored. A line without an id is named after a
// hash of its bytes, so that importing a file twice stores it once. A date that cannot be read is
// reported in unread_date and the memory kept: losing the memory would be worse.

#include "client/import/record.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engram::client {

/// A question of a query file: {"set":…, "q":…, "question":…}.
struct jsonl_question {
  std::string set;
  std::string q; // as JSON, so that its type is kept
  std::string set_json;
  std::string question;
};

/// Parses lines; keeps its memory between them.
class jsonl_parser {
public:
  /// `set_field` names the field that names the space; empty: lines name none.
  explicit jsonl_parser(std::string set_field = {});
  jsonl_parser(jsonl_parser&&) noexcept;
  ~jsonl_parser();

  /// errc::malformed_message, empty_text, invalid_argument, not_finite: why the line is refused.
  base::result<import_item> parse(std::string_view line);
  base::result<jsonl_question> parse_question(std::string_view line);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Reads a file, or standard input for "-". errc::read_failed: it cannot be opened.
base::result<std::unique_ptr<import_source>> open_jsonl(const std::string& path,
                                                        std::string set_field);

} // namespace engram::client
