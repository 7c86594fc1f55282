#pragma once
// Argument list, environment and file to one config. Everything that is wrong is collected, so that
// an operator corrects a file once. Reads the file; touches nothing else.

#include "node/config/config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace engram::node {

/// Looks up one environment variable.
using environment = std::function<std::optional<std::string>(const std::string& name)>;
environment process_environment();

enum class node_action { serve, help, version, print_config_docs, check_config, create_admin_key };

struct loaded_config {
  config settings;
  node_action action = node_action::serve;
  std::vector<std::string> faults; // sentences that name the source; empty: usable
};

/// `arguments` are those behind `engram node`.
loaded_config load_config(const std::vector<std::string>& arguments, const environment& variables);

} // namespace engram::node
