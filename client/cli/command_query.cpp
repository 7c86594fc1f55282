#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"

#include "base/text_fault.hpp"

#include <ostream>

namespace engram::client {

int tell(const base::result<query_answer>& answer, const std::string& statement, shell& in) {
  if (!answer) {
    const bool wrong = answer.error().code == base::errc::invalid_query;
    const auto fault = wrong ? base::read_text_fault(answer.error().context) : std::nullopt;
    if (!fault || in.json()) return in.fail(answer.error());
    in.err() << base::point_at(*fault, statement) << '\n';
    return EXIT_REFUSED;
  }
  return show_answer(*answer, in);
}

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

base::result<query> statement_of(const query_arguments& asked, const shell& in) {
  query out;
  out.text = joined(asked.words);
  for (const std::string& typed : asked.parameters) {
    TRY_ASSIGN(auto parameter, read_parameter(typed));
    out.parameters.push_back(std::move(parameter));
  }
  TRY_ASSIGN(out.now, read_time(asked.now, in));
  out.reinforce = asked.reinforce;
  out.space = asked.space;
  out.read = asked.read;
  return out;
}

} // namespace

int run_command(const query_arguments& asked, shell& in) {
  auto statement = statement_of(asked, in);
  if (!statement) return in.fail(statement.error());
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const std::string text = statement->text;
  return tell(in.loop().wait(node->open_spaces({}).ask(*std::move(statement))), text, in);
}

int run_command(const verb_arguments& asked, shell& in) {
  auto statement = statement_of(*asked.command, asked.words, asked.values, asked.explain);
  if (!statement) return in.fail(statement.error());
  statement->read = asked.read;
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const std::string text = statement->text;
  return tell(in.loop().wait(node->open_space(asked.space).ask(*std::move(statement))), text, in);
}

} // namespace engram::client
