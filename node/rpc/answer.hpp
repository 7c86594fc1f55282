#pragma once
// The shape of every call: let in, check rights, decode, ask the service, write one arm of the
// result's union. Used by the capabilities; keeps each of their methods to what is its own.

#include "node/edge.hpp"
#include "node/rpc/bridge.hpp"
#include "node/rpc/codec.hpp"

namespace engram::node {

/// Every result struct of the schema has one field `result`, a union with an arm `error`.
template <class Context>
void answer_error(edge& owner, Context& context, const base::error& why) {
  owner.metrics().refused(why.code);
  encode(why, context.getResults().initResult().initError());
}

/// `start(reply<T>)` hands the request to the service; `fill(result_builder, T)` writes the value.
template <class T, class Context, class Start, class Fill>
kj::Promise<void> answer(edge& owner, Context context, Start&& start, Fill fill) {
  auto slot = owner.enter();
  if (!slot) {
    answer_error(owner, context, slot.error());
    return kj::READY_NOW;
  }
  auto asked = ask<T>(std::forward<Start>(start));
  // What was read is copied by now: the message's memory need not wait for the disk.
  context.releaseParams();
  context.allowCancellation();
  return asked.then(
      [&owner, context, fill = kj::mv(fill), held = *std::move(slot)](base::result<T> got) mutable {
        if (!got) return answer_error(owner, context, got.error());
        auto result = context.getResults().initResult();
        if constexpr (std::is_void_v<T>)
          fill(result);
        else
          fill(result, *std::move(got));
      });
}

/// The answer, and how long it took from now on.
inline auto fill_answer(edge& owner) {
  return [&owner, began = owner.clock().monotonic()](auto result, const auto& found) {
    auto ok = result.initOk();
    encode(found, ok);
    const auto took = owner.clock().monotonic() - began;
    ok.setTookUs(static_cast<std::uint64_t>(took.count() / 1000));
  };
}

} // namespace engram::node
