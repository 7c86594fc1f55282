#include "client/dev/dev_plan.hpp"

namespace engram::client {

namespace {

constexpr std::uint32_t PORTS_EACH = 3, PORT_MAX = 65'535;

std::string loopback(std::uint32_t port) { return "127.0.0.1:" + std::to_string(port); }

} // namespace

base::result<std::vector<dev_node>> plan_dev(const dev_options& wanted) {
  if (wanted.nodes < 1 || wanted.nodes > DEV_NODES_MAX)
    return {base::errc::invalid_argument, "1 to " + std::to_string(DEV_NODES_MAX) + " nodes"};
  if (wanted.base_port < 1 || wanted.base_port > PORT_MAX + 1 - PORTS_EACH * wanted.nodes)
    return {base::errc::invalid_argument, "no room for " + std::to_string(wanted.nodes * 3) +
                                              " ports from " + std::to_string(wanted.base_port)};
  std::vector<dev_node> made;
  for (std::uint32_t i = 0; i < wanted.nodes; ++i) {
    const std::uint32_t port = wanted.base_port + PORTS_EACH * i;
    dev_node one{
        "n" + std::to_string(i + 1), loopback(port + 1), loopback(port), loopback(port + 2), {}};
    one.flags = {
        "--data",  wanted.folder + "/" + one.name, "--rpc", one.rpc, "--http", one.http, "--gossip",
        one.gossip};
    if (i > 0) one.flags.insert(one.flags.end(), {"--join", made.front().gossip});
    one.flags.insert(one.flags.end(), wanted.flags.begin(), wanted.flags.end());
    made.push_back(std::move(one));
  }
  return made;
}

} // namespace engram::client
