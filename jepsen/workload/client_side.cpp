#include "jepsen/workload/client_side.hpp"

namespace engram::jepsen {

client_side::client_side(std::vector<std::string> servers, bool retries,
                         base::duration call_timeout)
    : servers_(std::move(servers)), retries_(retries), call_timeout_(call_timeout) {}

base::result<client::connection*> client_side::at(int node) {
  if (const auto found = open_.find(node); found != open_.end()) return &found->second;
  client::connection_options options;
  const auto first = static_cast<std::size_t>(node - 1);
  options.server = servers_[first];
  for (std::size_t i = 1; retries_ && i < servers_.size(); ++i)
    options.server += "," + servers_[(first + i) % servers_.size()];
  options.connect_timeout = base::duration{1'000};
  options.call_timeout = call_timeout_;
  options.patience = base::duration{retries_ ? 3'000 : 0};
  const auto before = thread_cpu();
  auto made = client::connection::open(loop_, options);
  library_cpu_ += thread_cpu() - before;
  if (!made) return made.error();
  return &open_.emplace(node, *std::move(made)).first->second;
}

base::result<client::space> client_side::space_at(int node, const std::string& name) {
  TRY_ASSIGN(const auto* connected, at(node));
  return connected->open_space(name);
}

} // namespace engram::jepsen
