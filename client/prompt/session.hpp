#pragma once
// `engram shell`: lines in, answers out. Where the lines come from, a terminal or a file, is the
// caller's; everything else is here. Thread: the event loop's.

#include "client/cli/commands.hpp"
#include "client/prompt/completion.hpp"

#include <optional>
#include <string>

namespace engram::client {

class prompt_session {
public:
  prompt_session(const shell_arguments& asked, connection node, shell& in);

  /// Takes a line; answers every statement that it ends. False: \\q, or no node is reached any
  /// more.
  bool take(std::string_view line);
  /// The end of the input: what is left is a statement too.
  void end();
  /// Gives up what has been typed of a statement.
  void drop() { pending_.clear(); }

  bool waiting() const noexcept { return !pending_.empty(); } // for the rest of a statement
  std::string prompt() const;
  completion complete(std::string_view line) const;
  /// The statement that the last line ended; "" if none.
  const std::string& ended() const noexcept { return ended_; }
  int exit_code() const noexcept { return exit_code_; }

private:
  bool command(const std::string& line);
  void answer(std::string_view statement);
  void help(const std::string& about);
  void list_spaces();
  void show_space(const std::string& name);
  void learn();
  void note_exit(int code) {
    if (code != EXIT_DONE && exit_code_ != EXIT_UNREACHABLE) exit_code_ = code;
  }

  connection node_;
  shell& in_;
  std::string space_;
  read_options read_;
  vocabulary known_;
  std::string pending_, ended_;
  int exit_code_ = EXIT_DONE;
};

} // namespace engram::client
