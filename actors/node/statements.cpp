// Statements of the query language. RECALL, CONCEPTS and CONSOLIDATE are the requests of those
// names; what else there is one replica answers.

#include "actors/core/selection.hpp"
#include "actors/core/statement.hpp"
#include "actors/node/node.hpp"

namespace engram::actors {

namespace {

template <class Got>
reply<Got> as_findings(reply<query_reply> done) {
  return [done = std::move(done)](base::result<Got> got) {
    if (!got) return done(got.error());
    done(findings_of(*std::move(got)));
  };
}

/// The memories among the findings.
std::vector<memory::hit> hits_of(const query_reply& from) {
  std::vector<memory::hit> out;
  for (const auto& found : from.answer.findings)
    if (found.field == "memory") out.emplace_back().id = found.value;
  return out;
}

recall_request recall_of(const memory::recall_query& query, const query_request& asked) {
  return {query, asked.reinforce, true, asked.read};
}

} // namespace

void node::query(base::space_id space, query_request request, reply<query_reply> done) {
  if (request.now.ms == 0) request.now = ports_.clock.wall();
  auto asked = read_statement(request);
  if (!asked) return refuse(done, asked.error());
  const auto name = directory_->read([&](const membership::directory& d) {
    const auto* found = d.find(space);
    return found == nullptr ? std::optional<std::string>{} : found->what.name;
  });
  if (!name) return refuse(done, {base::errc::unknown_space, "id=" + space.hex()});
  if (const auto own = check_own(*asked, *name); !own) return refuse(done, own.error());
  answer_statement(space, std::move(request), *asked, std::move(done));
}

void node::query_across(space_selector where, std::vector<std::string> readable,
                        query_request request, reply<query_reply> done) {
  if (request.now.ms == 0) request.now = ports_.clock.wall();
  const auto asked = read_statement(request);
  if (!asked) return refuse(done, asked.error());
  const auto named = narrow(where, readable, *asked, request.space);
  if (!named) return refuse(done, named.error());
  const auto rows = directory_->read(
      [&](const membership::directory& known) { return select(known, *named, readable); });
  if (!rows) return refuse(done, rows.error());
  const auto* recalled = std::get_if<memory::recall_query>(&asked->bound.question);
  if (rows->size() == 1 && (named->names.size() == 1 || recalled == nullptr))
    return answer_statement(rows->front().identity, std::move(request), *asked, std::move(done));
  if (recalled == nullptr) return refuse(done, one_space_only(*asked));
  recall_across(*named, std::move(readable), recall_of(*recalled, request),
                as_findings<recall_reply>(std::move(done)));
}

void node::answer_statement(base::space_id space, query_request request,
                            const bound_statement& asked, reply<query_reply> done) {
  const auto& question = asked.bound.question;
  if (const auto* recalled = std::get_if<memory::recall_query>(&question))
    return recall(space, recall_of(*recalled, request), as_findings<recall_reply>(std::move(done)));
  if (const auto* wanted = std::get_if<memory::concepts_query>(&question)) {
    concepts_request about;
    about.cue.text = wanted->about;
    about.limit = wanted->limit;
    about.read = request.read;
    return concepts(space, std::move(about), as_findings<concepts_reply>(std::move(done)));
  }
  if (std::holds_alternative<memory::consolidate_query>(question))
    return consolidate(space, as_findings<consolidation_report>(std::move(done)));
  if (std::holds_alternative<memory::blended_query>(question) && request.reinforce)
    done = [this, space, at = request.now, done = std::move(done)](base::result<query_reply> got) {
      if (got) reinforce(space, hits_of(*got), at);
      done(std::move(got));
    };
  const bool works = needs_write(request.text);
  read<query_reply>(
      space, query_ask{std::move(request.text), std::move(request.parameters), request.now, works},
      request.read, std::move(done));
}

} // namespace engram::actors
