#include "bench/local_engine.hpp"

#include "bench/must.hpp"
#include "memory/prepare.hpp"
#include "memory/recall/recall.hpp"
#include "memory/space.hpp"

namespace engram::bench {

local_engine::local_engine(const corpus& from, std::size_t per_batch) {
  memory::space_config config;
  config.identity = {{1, 2}};
  config.name = "bench";
  memory::space space(config);
  memory::entry_meta meta;
  meta.origin = {{3, 4}};
  const auto apply = [&](memory::operation what) {
    ++meta.sequence;
    meta.stamp.value += 1 << 16;
    const auto ready = must(memory::prepare(std::move(what), config, {}, words_));
    meta.operation = ready.operation_hash;
    space.apply(meta, ready);
    if (meta.sequence % per_batch == 0) view_ = space.publish();
  };
  for (const client::episode& one : from.episodes) apply(memory::remember_op{engine_episode(one)});
  for (const client::association& one : from.associations)
    apply(memory::associate_op{{one.source, one.target, one.kind, one.weight}});
  space.publish();
  while (space.settle()) {
  }
  view_ = space.publish();
}

memory::recall_answer local_engine::recall(const memory::recall_query& query) const {
  return memory::recall(*view_->index, {words_, view_->decay, {}}, query);
}

memory::spread_answer local_engine::spread(const memory::spread_query& query) const {
  return memory::spread(*view_->index, {words_, view_->decay, {}}, query);
}

} // namespace engram::bench
