#include "client/cli/commands.hpp"
#include "client/prompt/line_editor.hpp"
#include "client/prompt/session.hpp"

#include <unistd.h>

#include <iostream>

namespace engram::client {

namespace {

/// A person types.
void run_interactively(prompt_session& session, shell& in) {
  line_editor editor(history_file(), [&](std::string_view line) { return session.complete(line); });
  in.note("\\help tells what can be asked; a statement ends with ; and \\q ends.");
  for (;;) {
    in.out().flush();
    auto line = editor.read(session.prompt());
    if (line.how == line_editor::line::outcome::ended) break;
    if (line.how == line_editor::line::outcome::interrupted) {
      session.drop();
      continue;
    }
    const bool goes_on = session.take(line.text);
    if (!session.ended().empty()) editor.remember(session.ended());
    if (!goes_on) return;
  }
  in.out() << '\n';
}

/// A file or a program does. What fails is told, and the rest is asked all the same.
void run_batch(prompt_session& session) {
  for (std::string line; std::getline(std::cin, line);)
    if (!session.take(line)) return;
  session.end();
}

} // namespace

int run_command(const shell_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  prompt_session session(asked, *std::move(node), in);
  const bool person = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  if (!person) {
    run_batch(session);
    return session.exit_code();
  }
  run_interactively(session, in);
  return session.exit_code() == EXIT_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_DONE;
}

} // namespace engram::client
