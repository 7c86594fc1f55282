// The capability of several spaces.
#include "node/rpc/answer.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

using actors::scope;

base::result<void> spaces_server::check(const edge& owner, const actors::authority& who,
                                        const actors::space_selector& which) {
  TRY(owner.check(who, scope::read, {}));
  for (const auto& name : which.names) TRY(owner.check(who, scope::read, name));
  return base::success();
}

kj::Promise<void> spaces_server::recall(RecallContext context) {
  if (auto may = check(edge_, who_, which_); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  auto query = decode(context.getParams().getQuery());
  const auto began = edge_.clock().monotonic();
  return answer<actors::recall_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().recall_across(which_, who_.spec.spaces, std::move(query), std::move(reply));
      },
      [this, began](auto result, const actors::recall_reply& found) {
        auto ok = result.initOk();
        encode(found, ok);
        const auto took = edge_.clock().monotonic() - began;
        ok.setTookUs(static_cast<std::uint64_t>(took.count() / 1000));
      });
}

} // namespace engram::node
