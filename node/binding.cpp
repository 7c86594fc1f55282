#include "node/binding.hpp"

namespace engram::node {

base::result<void> check_binding(const config& settings, bool key_exists, bool cluster_key_exists) {
  if (!settings.gossip.is_loopback() && !cluster_key_exists)
    return base::error{base::errc::insecure_binding,
                       "gossip " + settings.gossip.text() +
                           " can be reached from other machines, which needs a cluster key "
                           "(set cluster_key_file)"};
  std::string open;
  for (const auto& [name, at] : {std::pair{"rpc", &settings.rpc}, {"http", &settings.http}}) {
    if (!at->is_loopback()) open += (open.empty() ? "" : " and ") + (name + (" " + at->text()));
  }
  if (open.empty()) return base::success();

  std::string missing;
  if (!settings.has_tls()) missing = "TLS (set tls_cert and tls_key)";
  if (!key_exists) {
    missing += missing.empty() ? "" : " and ";
    missing += "an API key (stop the node and run it once with --create-admin-key)";
  }
  if (missing.empty()) return base::success();
  return base::error{base::errc::insecure_binding,
                     open + " can be reached from other machines, which needs " + missing};
}

} // namespace engram::node
