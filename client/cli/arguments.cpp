#include "client/cli/arguments.hpp"

#include "client/cli/command_line.hpp"
#include "client/cli/exit_code.hpp"
#include "client/cli/words.hpp"
#include "client/dial.hpp"

#include <iterator>
#include <sstream>

namespace engram::client {

namespace {

constexpr const char* HELP =
    R"(Engram: a memory that recalls by association and says how sure it is.

The first minutes:
  engram node &                                       start a node on this machine
  engram space create notes
  engram remember --space notes --when 2024-05-08 "We saw a heron by the river"
  engram recall --space notes "which bird was it"
  engram import --format wordnet --space lexicon /usr/share/wordnet
  engram spread --space lexicon penguin

Every command explains itself: engram COMMAND --help)";

constexpr const char* FOOTER = R"(
Commands talk to --server HOST:PORT (default 127.0.0.1:7433, or ENGRAM_SERVER) and authenticate with
--key (or ENGRAM_KEY). Several servers, with commas between, are tried in their order, and a call
that one cannot serve now is made again at the next. --json prints what programs can read.

Exit codes: 0 done, 1 refused or not known to have been done, 2 wrong usage, 3 no node reached.)";

std::string value_of_environment(const char* name, const char* otherwise = "") {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

std::string option_names(const CLI::App& app) {
  std::string made;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      made.append(made.empty() ? "" : " ").append("--" + name);
  return made;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> made;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    made.push_back(sub->get_name());
  return made;
}

std::string unknown(const std::string& kind, const std::string& typed,
                    const std::vector<std::string>& known) {
  const std::string meant = nearest(typed, known);
  return "no " + kind + " \"" + typed + "\"" +
         (meant.empty() ? "" : "; did you mean " + meant + "?");
}

/// What is wrong, and where to read how it is right.
std::string usage_text(const CLI::App& root, const CLI::Error& e) {
  const CLI::App* at = &root;
  std::string path = "engram";
  while (!at->get_subcommands().empty() && at->remaining().empty()) {
    at = at->get_subcommands().front();
    path.append(" " + at->get_name());
  }
  const std::vector<std::string> commands = command_names(*at);
  const std::vector<std::string> left = at->remaining();
  const bool none = left.empty() || left.front().empty() || left.front() == "--";
  const bool extra = e.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  std::string wrong = e.what();
  if (!none && left.front().front() == '-')
    wrong = unknown("option", left.front().substr(0, left.front().find('=')),
                    words_of(option_names(*at)));
  else if (!none && !commands.empty())
    wrong = unknown("command", left.front(), commands);
  else if (!commands.empty())
    wrong = "a command is missing";
  else if (!none && extra)
    wrong = "not expected: \"" + left.front() + "\"; a text with blanks goes in quotes";
  return path + ": " + wrong + "\n  " + path + " --help " +
         (commands.empty() ? "explains" : "lists the commands") + "\n";
}

/// The commands that have commands of their own, as a pattern: "space|key".
std::string groups_of(const CLI::App& app) {
  std::string made;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command_names(*sub).empty()) made.append(made.empty() ? "" : "|").append(sub->get_name());
  return made;
}

/// "recall" -> its flags, "space" -> its subcommands, "space create" -> its flags.
void completion_rows(const CLI::App& app, const std::string& path, std::string& rows) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.append(words.empty() ? "" : " ").append(sub->get_name());
    completion_rows(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), rows);
  }
  if (path.empty()) words.append(" node");
  const std::string flags = option_names(app);
  rows.append("    '" + path + "') words='" + words + (words.empty() ? "" : " ") + flags +
              "' ;;\n");
}

} // namespace

command_line::command_line() : app_(HELP, "engram") {
  common_.connection.server = value_of_environment("ENGRAM_SERVER", DEFAULT_SERVER);
  common_.connection.key = value_of_environment("ENGRAM_KEY");
  common_.connection.tls_ca = value_of_environment("ENGRAM_TLS_CA");
  app_.require_subcommand(1);
  app_.footer(FOOTER);
  app_.failure_message(
      [](const CLI::App* root, const CLI::Error& e) { return usage_text(*root, e); });
  app_.add_subcommand("node", "run a node (engram node --help)")->group("Run");
  add_dev();
  add_writing();
  add_reading();
  add_cluster();
  add_administration();
  add_concepts();
  add_query();
  add_watch();
}

void command_line::add_common(CLI::App& command) {
  connection_options& to = common_.connection;
  command.add_flag("--json", common_.json, "print JSON");
  // The environment is read into the defaults: with envname() it would win over the flag, since
  // every command's option is bound to the same value. And help would show the key.
  command
      .add_option("--server", to.server,
                  "HOST:PORT of a node (or ENGRAM_SERVER); A,B,C: the first that answers")
      ->check(CLI::Validator(
          [](std::string& typed) {
            const auto read = parse_endpoints(typed);
            return read ? std::string{} : read.error().context;
          },
          ""))
      ->capture_default_str()
      ->group("Connection");
  command.add_option("--key", to.key, "API key (or ENGRAM_KEY)")->group("Connection");
  command
      .add_option("--tls-ca", to.tls_ca, "talk TLS; PEM file of the authority (or ENGRAM_TLS_CA)")
      ->check(CLI::ExistingFile)
      ->group("Connection");
  command.add_option("--tls-name", to.tls_name, "name in the nodes' certificates, if not HOST")
      ->group("Connection");
}

parsed_arguments command_line::parse(int argc, const char* const* argv) {
  parsed_arguments made;
  std::ostringstream out, err;
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app_.exit(e, out, err);
    made.exit_code = code == 0 ? EXIT_DONE : EXIT_USAGE;
  }
  made.out = out.str();
  made.err = err.str();
  if (!chosen_ && made.exit_code == EXIT_DONE && made.out.empty()) made.out = app_.help();
  if (chosen_ && made.exit_code == EXIT_DONE && made.out.empty())
    made.asked = arguments{common_, *chosen_};
  return made;
}

parsed_arguments parse_arguments(int argc, const char* const* argv) {
  if (argc <= 1) {
    command_line line;
    return {std::nullopt, EXIT_USAGE, {}, line.app().help()};
  }
  if (argc == 2 && std::string_view{argv[1]} == "help")
    return {std::nullopt, EXIT_DONE, command_line().app().help(), {}};
  return command_line().parse(argc, argv);
}

std::string completion_script(const std::string& shell) {
  command_line line;
  std::string rows;
  completion_rows(line.app(), "", rows);
  const std::string body = R"(_engram() {
  local word path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    case "$word" in
      -*) break ;;
      )" + groups_of(line.app()) +
                           R"() path="$word" ;;
      *) path="${path:+$path }$word"; break ;;
    esac
  done
  case "$path" in
)" + rows + R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _engram engram
)";
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + body;
  return body;
}

} // namespace engram::client
