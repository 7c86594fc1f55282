#include "client/prompt/session.hpp"

#include "client/cli/print.hpp"
#include "client/cli/words.hpp"
#include "client/prompt/statements.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace engram::client {

namespace {

struct shell_command {
  const char *name, *help;
};
constexpr shell_command COMMANDS[] = {
    {"\\help", "\\help [VERB]: what can be asked"},
    {"\\spaces", "\\spaces: all that the key may see"},
    {"\\space", "\\space [NAME]: one space"},
    {"\\use", "\\use NAME: asked where a statement says no IN SPACE; \\use alone: all"},
    {"\\json", "\\json: answers for programs, or for people again"},
    {"\\q", "\\q: ends"},
};

std::pair<std::string, std::string> cut(std::string_view line) {
  line = trimmed(line);
  if (!line.empty() && line.back() == ';') line = trimmed(line.substr(0, line.size() - 1));
  const auto blank = std::min(line.find(' '), line.size());
  return {std::string(line.substr(0, blank)), std::string(trimmed(line.substr(blank)))};
}

std::string capitals(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

} // namespace

prompt_session::prompt_session(const shell_arguments& asked, connection node, shell& in)
    : node_(std::move(node)), in_(in), space_(asked.space), read_(asked.read) {
  for (const auto& each : COMMANDS) known_.commands.emplace_back(each.name);
  learn();
}

/// For completion and help; without it statements are answered all the same.
void prompt_session::learn() {
  if (auto language = in_.loop().wait(node_.language())) known_.language = *std::move(language);
  if (const auto spaces = in_.loop().wait(node_.list_spaces())) {
    known_.spaces.clear();
    for (const auto& each : *spaces) known_.spaces.push_back(each.spec.name);
  }
}

std::string prompt_session::prompt() const {
  const std::string name = space_.empty() ? "engram" : space_;
  return waiting() ? std::string(name.size(), ' ') + "> " : name + "> ";
}

completion prompt_session::complete(std::string_view line) const {
  const std::string before = pending_.empty() ? "" : pending_ + "\n";
  completion found = client::complete(known_, before + std::string(line));
  found.begin -= std::min(found.begin, before.size());
  return found;
}

bool prompt_session::take(std::string_view line) {
  ended_.clear();
  if (pending_.empty()) {
    if (is_blank(line)) return true;
    if (trimmed(line).front() == '\\') {
      ended_ = trimmed(line);
      return command(ended_);
    }
  }
  pending_.append(pending_.empty() ? "" : "\n").append(line);
  for (auto end = end_of_statement(pending_); end != std::string::npos;
       end = end_of_statement(pending_)) {
    const std::string statement(trimmed(std::string_view(pending_).substr(0, end)));
    pending_.erase(0, end);
    ended_.append(ended_.empty() ? "" : " ").append(statement);
    if (!is_blank(statement)) answer(statement);
    if (exit_code_ == EXIT_UNREACHABLE) return false;
  }
  if (is_blank(pending_)) pending_.clear();
  return true;
}

void prompt_session::end() {
  if (!is_blank(pending_)) answer(trimmed(pending_));
  pending_.clear();
}

void prompt_session::answer(std::string_view statement) {
  query asked;
  asked.text = statement;
  asked.space = space_;
  asked.read = read_;
  note_exit(tell(in_.loop().wait(node_.open_spaces({}).ask(std::move(asked))),
                 std::string(statement), in_));
}

bool prompt_session::command(const std::string& line) {
  const auto [name, rest] = cut(line);
  if (name == "\\q" || name == "\\quit" || name == "\\exit") return false;
  if (name == "\\help" || name == "\\?") {
    help(capitals(rest));
  } else if (name == "\\spaces") {
    list_spaces();
  } else if (name == "\\space") {
    show_space(rest.empty() ? space_ : rest);
  } else if (name == "\\json") {
    in_.set_json(!in_.json());
  } else if (name == "\\use") {
    space_ = rest;
    learn();
    const auto& spaces = known_.spaces;
    if (!rest.empty() && std::find(spaces.begin(), spaces.end(), rest) == spaces.end()) {
      space_.clear();
      note_exit(in_.fail({base::errc::unknown_space, "space=" + rest}));
    }
  } else {
    const std::string meant = nearest(name, known_.commands);
    in_.err() << "no command " << name << (meant.empty() ? "" : "; did you mean " + meant + "?")
              << " (\\help lists them)\n";
    note_exit(EXIT_REFUSED);
  }
  return true;
}

void prompt_session::list_spaces() {
  learn();
  note_exit(run_command(space_list_arguments{}, in_));
}

void prompt_session::show_space(const std::string& name) {
  if (name.empty()) return list_spaces();
  note_exit(run_command(space_show_arguments{name}, in_));
}

void prompt_session::help(const std::string& about) {
  auto& out = in_.out();
  for (const auto& verb : known_.language.verbs) {
    if (verb.word != about) continue;
    out << in_.styled(style::bold, verb.word) << ": " << verb.help << "\n\n";
    for (const auto& clause : verb.clauses)
      if (!clause.words.empty())
        out << "  " << std::left << std::setw(20) << clause.words << clause.help << '\n';
    out << "\n  " << verb.example << ";\n";
    return;
  }
  if (!about.empty()) out << "no verb " << about << ". ";
  out << "Statements end with ; and EXPLAIN in front of any asks for the evidence too.\n\n";
  for (const auto& verb : known_.language.verbs)
    out << "  " << in_.styled(style::bold, verb.word)
        << std::string(14 - std::min<std::size_t>(13, verb.word.size()), ' ') << verb.help << '\n';
  out << '\n';
  for (const auto& each : COMMANDS) out << "  " << each.help << '\n';
}

} // namespace engram::client
