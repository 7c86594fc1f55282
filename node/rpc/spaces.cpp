// The capability of several spaces.
#include "actors/service/concepts.hpp"
#include "actors/service/recall.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

kj::Promise<void> spaces_server::recall(RecallContext context) {
  auto query = decode(context.getParams().getQuery());
  if (auto may = edge_.check(who_, which_); !may || !query) {
    answer_error(edge_, context, may ? query.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::recall_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().recalls.recall_across(which_, who_.spec.spaces, *std::move(query),
                                              std::move(reply));
      },
      fill_answer(edge_));
}

kj::Promise<void> spaces_server::knowing(KnowingContext context) {
  if (auto may = edge_.check(who_, which_); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::knowing_reply>(
      edge_, context,
      [&](auto reply) {
        const auto params = context.getParams();
        edge_.service().concepts.knowing(which_, who_.spec.spaces, decode(params.getCue()),
                                         params.getLimit(), std::move(reply));
      },
      fill_answer(edge_));
}

} // namespace engram::node
