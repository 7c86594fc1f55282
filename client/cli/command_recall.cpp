#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"

namespace engram::client {

namespace {

base::result<recall_query> query_of(const recall_arguments& asked, const shell& in) {
  recall_query query = asked.query;
  for (const std::string& word : asked.words)
    query.cue.text.append(query.cue.text.empty() ? "" : " ").append(word);
  TRY_ASSIGN(query.cue.from, read_time(asked.from, in));
  TRY_ASSIGN(query.cue.until, read_time(asked.until, in));
  TRY_ASSIGN(query.now, read_time(asked.now, in));
  for (const std::string& id : asked.primed_by) query.primes.push_back({id, std::nullopt});
  TRY_ASSIGN(query.cue.vector, read_embedding_file(asked.embedding_file));
  return query;
}

} // namespace

int run_command(const recall_arguments& asked, shell& in) {
  auto query = query_of(asked, in);
  if (!query) return in.fail(query.error());
  if (!asked.queries.empty()) {
    recall_arguments each = asked;
    each.query = *std::move(query); // of every question but its words
    return run_questions(each, in);
  }
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  auto answer =
      in.loop().wait(asked.is_across() ? node->open_spaces(asked.across).recall(*std::move(query))
                                       : node->open_space(asked.space).recall(*std::move(query)));
  if (!answer) return in.fail(answer.error());
  return show_answer(*answer, in);
}

int run_command(const spread_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const space where = node->open_space(asked.space);
  spread_query query = asked.query;
  auto from = resolve_ids(where, asked.query.from, asked.query.read, in);
  if (!from) return in.fail(from.error());
  query.from = *std::move(from);
  auto answer = in.loop().wait(where.spread(std::move(query)));
  if (!answer) return in.fail(answer.error());
  return show_answer(*answer, in);
}

} // namespace engram::client
