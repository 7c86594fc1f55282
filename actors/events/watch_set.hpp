#pragma once
// A watch of several spaces: one cursor that holds a cursor of each, and pages of each that become
// one. Every space is asked for a share of the page, so that a busy one starves none; what does not
// fit is left for the next question, which begins with the space behind the last that had its turn.
// Pure.

#include "actors/events/values.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engram::actors {

struct set_cursor {
  std::map<base::space_id, std::string> of; // "": told nothing yet, from now on
  base::space_id last;                      // had the last turn
};
/// errc::invalid_argument.
base::result<set_cursor> read_set_cursor(std::string_view text);
std::string make_cursor(const set_cursor& from);

struct watched_space {
  base::space_id space;
  std::string name;
};

class watch_set {
public:
  /// errc::invalid_argument: the cursor. `spaces`: each once.
  static base::result<watch_set> of(watch_request asked, std::vector<watched_space> spaces);

  /// In the order of their turns.
  const std::vector<watched_space>& spaces() const noexcept { return spaces_; }
  /// What to ask of one of them: at once, or with a wait.
  watch_request question(std::size_t which, base::duration wait) const;
  void take(std::size_t which, base::result<watch_reply> got);
  /// There is something to tell.
  bool has_news() const noexcept;
  bool has_failed() const noexcept;
  /// No cursor was given: answered at once.
  bool begins() const noexcept { return begins_; }
  /// Errors: that of the first space, if none answered.
  base::result<watch_reply> answer() &&;

private:
  watch_request asked_;
  bool begins_ = false; // no cursor was given
  std::vector<watched_space> spaces_;
  set_cursor cursor_;
  std::vector<std::optional<base::result<watch_reply>>> got_;
};

} // namespace engram::actors
