// The capability of several spaces.
#include "node/rpc/answer.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

kj::Promise<void> spaces_server::recall(RecallContext context) {
  auto query = decode(context.getParams().getQuery());
  if (auto may = edge_.check(who_, which_); !may || !query) {
    answer_error(edge_, context, may ? query.error() : may.error());
    return kj::READY_NOW;
  }
  const auto began = edge_.clock().monotonic();
  return answer<actors::recall_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().recall_across(which_, who_.spec.spaces, *std::move(query),
                                      std::move(reply));
      },
      [this, began](auto result, const actors::recall_reply& found) {
        auto ok = result.initOk();
        encode(found, ok);
        const auto took = edge_.clock().monotonic() - began;
        ok.setTookUs(static_cast<std::uint64_t>(took.count() / 1000));
      });
}

kj::Promise<void> spaces_server::knowing(KnowingContext context) {
  if (auto may = edge_.check(who_, which_); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  const auto began = edge_.clock().monotonic();
  return answer<actors::knowing_reply>(
      edge_, context,
      [&](auto reply) {
        const auto params = context.getParams();
        edge_.service().knowing(which_, who_.spec.spaces, decode(params.getCue()),
                                params.getLimit(), std::move(reply));
      },
      [this, began](auto result, const actors::knowing_reply& found) {
        auto ok = result.initOk();
        encode(found, ok);
        const auto took = edge_.clock().monotonic() - began;
        ok.setTookUs(static_cast<std::uint64_t>(took.count() / 1000));
      });
}

} // namespace engram::node
