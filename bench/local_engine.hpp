#pragma once
// The engine alone, in process: the same memories, recalled by a function call. The peer of a
// recall over RPC. One thread.

#include "bench/corpus.hpp"
#include "memory/published.hpp"
#include "memory/text/analyser.hpp"

#include <memory>

namespace engram::bench {

class local_engine {
public:
  /// Published after every batch and settled, as in a node that has been quiet: how fast a recall
  /// is depends on both.
  local_engine(const corpus& from, std::size_t per_batch);
  memory::recall_answer recall(const memory::recall_query& query) const;
  memory::spread_answer spread(const memory::spread_query& query) const;
  const memory::snapshot& view() const { return *view_->index; }

private:
  memory::analyser words_{"english"};
  std::shared_ptr<const memory::published> view_;
};

} // namespace engram::bench
