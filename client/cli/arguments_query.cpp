#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* QUERY_FOOTER = R"(
One statement of the query language; EXPLAIN in front of any verb asks for the evidence too. The
language: docs/query-language.md, or \help in engram shell. A parameter is given as NAME=TEXT, or as
NAME:=JSON for a number or a list, and stands as $NAME in the statement; it is never read as part
of it.

Examples:
  engram query --space notes 'RECALL "a bird" WHERE when IN 2024-05 LIMIT 3'
  engram query 'EXPLAIN RECALL $cue IN SPACE notes, diary' --param cue="which bird"
  engram query --space machine 'PREDICT who GIVEN SESSION tar HORIZON 30 DAYS'
  engram query 'CONSOLIDATE IN SPACE notes')";

constexpr const char* SHELL_FOOTER = R"(
Statements end with ; and may go over several lines. \help tells the verbs, \q ends. Tab completes
keywords and the names of spaces; what was typed before is kept in $XDG_STATE_HOME/engram/history.
When standard input is no terminal, its statements are answered one after the other; the exit code
is then 1 if any failed.

Examples:
  engram shell --space notes
  echo 'RECALL "a bird"; RECALL "a fish";' | engram shell --space notes --json)";

constexpr const char* STRICT = "an error instead of a partial answer";

} // namespace

void command_line::add_verb(const verb_command& command) {
  verb_arguments& bound = verbs_[command.name];
  bound.command = &command;
  auto* made = add(app_, command.name, command.help, bound);
  made->footer(command.footer);
  made->add_option("--space", bound.space, "name of the space")->required();
  for (const verb_flag& flag : command.flags) {
    auto* option = made->add_option(flag.flag, bound.values[flag.flag], flag.help);
    option->allow_extra_args(false);
    if (flag.kind == flag_kind::given || flag.kind == flag_kind::texts ||
        flag.kind == flag_kind::names)
      option->take_all();
    else
      option->take_last();
  }
  made->add_flag("--explain", bound.explain, "show the evidence too");
  made->add_flag("--strict", bound.read.strict, STRICT);
  add_read(*made, bound.read);
  if (*command.words_help != '\0') made->add_option("TEXT", bound.words, command.words_help);
}

void command_line::add_query() {
  auto* ask = add(app_, "query", "ask in the query language", query_);
  ask->footer(QUERY_FOOTER);
  ask->add_option("--space", query_.space, "asked where the statement says no IN SPACE");
  ask->add_option("--param", query_.parameters, "NAME=VALUE for $NAME (repeat)")
      ->take_all()
      ->allow_extra_args(false);
  ask->add_option("--now", query_.now, "forget as of this time");
  ask->add_flag("--reinforce", query_.reinforce, "count as an access of what RECALL returns");
  ask->add_flag("--strict", query_.read.strict, STRICT);
  add_read(*ask, query_.read);
  ask->add_option("STATEMENT", query_.words, "the statement")->required();
  for (const verb_command& command : verb_commands()) add_verb(command);
  auto* prompt = add(app_, "shell", "ask one statement after the other", shell_);
  prompt->footer(SHELL_FOOTER);
  prompt->add_option("--space", shell_.space, "asked where a statement says no IN SPACE");
  prompt->add_flag("--strict", shell_.read.strict, STRICT);
  add_read(*prompt, shell_.read);
}

} // namespace engram::client
