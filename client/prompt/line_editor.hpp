#pragma once
// A line from a person at a terminal: editing, history kept in a file, completion. The only owner
// of libedit. One at a time in a process; thread: the caller's.

#include "client/prompt/completion.hpp"

#include <functional>
#include <memory>
#include <string>

namespace engram::client {

class line_editor {
public:
  using completer = std::function<completion(std::string_view line_up_to_cursor)>;

  /// `history_file`: "" keeps none.
  line_editor(std::string history_file, completer complete);
  ~line_editor(); // writes the history

  struct line {
    enum class outcome : std::uint8_t { typed, interrupted, ended } how;
    std::string text; // without its end
  };
  line read(const std::string& prompt);
  /// What the arrow keys bring back. Line ends become blanks.
  void remember(std::string statement);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// $XDG_STATE_HOME/engram/history, its folder made if need be, readable by its owner only; "" when
/// there is no home.
std::string history_file();

} // namespace engram::client
