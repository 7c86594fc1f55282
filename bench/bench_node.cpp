#include "bench/bench_node.hpp"

#include <algorithm>

namespace engram::bench {

static node::config settings_for(const std::string& folder) {
  node::config settings;
  settings.data = folder;
  settings.rpc.port = settings.http.port = settings.gossip.port = 0;
  return settings;
}

bench_node::bench_node(const std::string& folder)
    : node_(must(node::node::start(settings_for(folder), log_,
                                   [](const base::error& why) { give_up(why.message()); }))) {}

client::connection bench_node::connect(client::event_loop& loop) const {
  client::connection_options options;
  options.server = node_->rpc().text();
  return must(client::connection::open(loop, options));
}

void import_all(client::event_loop& loop, const client::space& to, const corpus& from,
                std::size_t per_batch) {
  auto stream = must(loop.wait(to.open_import()));
  const auto push = [&](const client::import_batch& batch) { must(loop.wait(stream.push(batch))); };
  for (std::size_t i = 0; i < from.episodes.size(); i += per_batch) {
    const auto first = from.episodes.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(per_batch, from.episodes.size() - i);
    push({{first, first + static_cast<std::ptrdiff_t>(count)}, {}});
  }
  for (std::size_t i = 0; i < from.associations.size(); i += per_batch) {
    const auto first = from.associations.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(per_batch, from.associations.size() - i);
    push({{}, {first, first + static_cast<std::ptrdiff_t>(count)}});
  }
  const auto end = must(loop.wait(stream.finish()));
  if (!end.refused.empty()) give_up(end.refused.front().why.message());
}

} // namespace engram::bench
