#pragma once
// A whole node in this process, on free loopback ports and a data folder of the benchmark's, and
// what it takes to fill it. Owner and thread: the benchmark's.

#include "bench/corpus.hpp"
#include "bench/must.hpp"
#include "client/connection.hpp"
#include "client/import_stream.hpp"
#include "node/node.hpp"

#include <memory>
#include <string>

namespace engram::bench {

class bench_node {
public:
  explicit bench_node(const std::string& folder);

  client::connection connect(client::event_loop& loop) const;
  actors::service& service() { return node_->service(); }
  /// Orderly: everything durable, every thread ended.
  void stop() { must(node_->stop()); }

private:
  node::log log_{node::severity::error, node::log::format::text};
  std::unique_ptr<node::node> node_;
};

/// Pushes everything over one import stream, `per_batch` items at a time, until it is durable.
void import_all(client::event_loop& loop, const client::space& to, const corpus& from,
                std::size_t per_batch);

} // namespace engram::bench
