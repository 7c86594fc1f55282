// Statements of the query language, on the capabilities of one space and of several.
#include "actors/core/statement.hpp"
#include "actors/service/queries.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

using actors::scope;

namespace {

scope scope_of(const actors::query_request& asked) {
  return actors::needs_write(asked.text) ? scope::write : scope::read;
}

} // namespace

kj::Promise<void> space_server::query(QueryContext context) {
  auto asked = decode(context.getParams().getQuery());
  if (auto may = check(asked ? scope_of(*asked) : scope::read); !may || !asked) {
    answer_error(edge_, context, may ? asked.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::query_reply>(
      edge_, context,
      [&](auto reply) { edge_.service().queries.query(id_, *std::move(asked), std::move(reply)); },
      fill_answer(edge_));
}

kj::Promise<void> space_server::revise(ReviseContext context) {
  auto asked = decode(context.getParams().getQuery());
  if (auto may = check(scope::write); !may || !asked) {
    answer_error(edge_, context, may ? asked.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::query_reply>(
      edge_, context,
      [&](auto reply) { edge_.service().queries.query(id_, *std::move(asked), std::move(reply)); },
      fill_answer(edge_));
}

kj::Promise<void> spaces_server::query(QueryContext context) {
  auto asked = decode(context.getParams().getQuery());
  auto may = edge_.check(who_, which_);
  if (may && asked) may = edge_.check(who_, scope_of(*asked), {});
  if (!may || !asked) {
    answer_error(edge_, context, may ? asked.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::query_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().queries.query_across(which_, who_.spec.spaces, *std::move(asked),
                                             std::move(reply));
      },
      fill_answer(edge_));
}

kj::Promise<void> session_server::language(LanguageContext context) {
  encode_language(context.getResults().initLanguage());
  return kj::READY_NOW;
}

} // namespace engram::node
