#include "node/run.hpp"

#include "node/config/config_load.hpp"
#include "node/config/config_table.hpp"
#include "node/node.hpp"
#include "node/signals.hpp"
#include "node/version.hpp"

#include <unistd.h>

#include <cstdio>

namespace engram::node {

namespace {

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

int exit_code_of(const base::error& why) {
  switch (why.code) {
  case base::errc::insecure_binding:
    return exit_bad_settings;
  case base::errc::data_in_use:
    return exit_folder_in_use;
  default:
    return exit_cannot_start;
  }
}

int report_faults(const std::vector<std::string>& faults) {
  for (const auto& each : faults) print(stderr, "engram node: " + each + "\n");
  print(stderr, "engram node --help lists all settings\n");
  return exit_bad_settings;
}

int create_admin_key(const config& settings, log& to) {
  auto secret = node::create_admin_key(settings, to);
  if (!secret) {
    print(stderr, "engram node: " + secret.error().message() + "\n");
    return exit_code_of(secret.error());
  }
  print(stderr, "An admin key for all spaces; it is shown this once:\n");
  print(stdout, *secret + "\n");
  return exit_stopped;
}

int serve(const config& settings, log& to) {
  stop_signals signals(exit_killed);
  auto running = node::start(
      settings, to,
      [&to](const base::error& why) {
        // What reached the disk is unknown from here on. A new run reads what is there.
        to.error("node", "the store failed; ending so that a new run can recover",
                 {{"why", why.message()}});
        _exit(exit_store_failed);
      },
      signals.seen());
  if (!running && running.error().code == base::errc::shutting_down) {
    to.info("node", "stopped");
    return exit_stopped;
  }
  if (!running) {
    to.error("node", "cannot start", {{"why", running.error().message()}});
    return exit_code_of(running.error());
  }
  signals.wait();
  to.info("node", "stopping; a second signal ends it at once");
  auto stopped = (*running)->stop();
  if (!stopped) {
    to.error("node", "stopped with an error", {{"why", stopped.error().message()}});
    return exit_cannot_start;
  }
  to.info("node", "stopped");
  return exit_stopped;
}

} // namespace

int run(int argc, char** argv) {
  auto loaded = load_config({argv, argv + argc}, process_environment());
  switch (loaded.action) {
  case node_action::help:
    print(stdout, config_help());
    return exit_stopped;
  case node_action::version:
    print(stdout, std::string(version()) + "\n");
    return exit_stopped;
  case node_action::print_config_docs:
    print(stdout, config_document());
    return exit_stopped;
  default:
    break;
  }
  if (!loaded.faults.empty()) return report_faults(loaded.faults);
  if (loaded.action == node_action::check_config) return exit_stopped;

  const auto& settings = loaded.settings;
  auto form = settings.log_format == "json" ? log::format::json : log::format::text;
  log to(parse_severity(settings.log_level), form);
  if (loaded.action == node_action::create_admin_key) return create_admin_key(settings, to);
  return serve(settings, to);
}

} // namespace engram::node
