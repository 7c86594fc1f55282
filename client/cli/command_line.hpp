#pragma once
// Internal to the argument parser: the CLI11 application and what its flags are bound to. The few
// .cpp that include this are slow to compile; nothing else should.

#include "client/cli/arguments.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <string>

namespace engram::client {

class command_line {
public:
  command_line();
  parsed_arguments parse(int argc, const char* const* argv);
  CLI::App& app() noexcept { return app_; }

private:
  /// A leaf command: its flags are bound to `bound`, which becomes the arguments when it is chosen.
  template <class Arguments>
  CLI::App* add(CLI::App& under, const char* name, const char* help, Arguments& bound) {
    CLI::App* made = under.add_subcommand(name, help);
    add_common(*made);
    made->callback([this, &bound] { chosen_ = bound; });
    return made;
  }
  void add_common(CLI::App& command);
  static void add_read(CLI::App& command, read_options& bound);
  /// Several spaces, by one of three ways.
  static void add_across(CLI::App& command, space_selector& bound, bool& all_spaces);
  void add_writing();
  void add_reading();
  void add_recall();
  void add_spread();
  void add_administration();
  void add_concepts();
  void add_query();
  void add_verb(const verb_command& command);
  void add_cluster();
  void add_cluster_upkeep(CLI::App& cluster);
  void add_dev();
  void add_watch();

  CLI::App app_;
  common_arguments common_;
  std::optional<command_arguments> chosen_;
  import_arguments import_;
  export_arguments export_;
  remember_arguments remember_;
  recall_arguments recall_;
  spread_arguments spread_;
  get_arguments get_;
  forget_arguments forget_;
  associate_arguments associate_;
  space_create_arguments space_create_;
  space_list_arguments space_list_;
  space_show_arguments space_show_;
  space_drop_arguments space_drop_;
  space_configure_arguments space_configure_;
  concepts_arguments concepts_;
  consolidate_arguments consolidate_;
  query_arguments query_;
  std::map<std::string, verb_arguments> verbs_; // by command; flags are bound to them
  shell_arguments shell_;
  key_create_arguments key_create_;
  key_list_arguments key_list_;
  key_revoke_arguments key_revoke_;
  cluster_status_arguments cluster_status_;
  cluster_members_arguments cluster_members_;
  cluster_placement_arguments cluster_placement_;
  cluster_leave_arguments cluster_leave_;
  cluster_decommission_arguments cluster_decommission_;
  cluster_replace_arguments cluster_replace_;
  cluster_plan_arguments cluster_plan_;
  cluster_repair_arguments cluster_repair_;
  cluster_upgrade_arguments cluster_upgrade_;
  dev_arguments dev_;
  watch_arguments watch_;
  status_arguments status_;
  version_arguments version_;
  completion_arguments completion_;
};

} // namespace engram::client
