#pragma once
// One function per command: does what the arguments ask, prints, returns the exit code.

#include "client/cli/arguments.hpp"
#include "client/cli/shell.hpp"

namespace engram::client {

int run_command(const import_arguments& asked, shell& in);
int run_command(const export_arguments& asked, shell& in);
int run_command(const remember_arguments& asked, shell& in);
int run_command(const recall_arguments& asked, shell& in);
int run_command(const spread_arguments& asked, shell& in);
int run_command(const get_arguments& asked, shell& in);
int run_command(const forget_arguments& asked, shell& in);
int run_command(const associate_arguments& asked, shell& in);
int run_command(const space_create_arguments& asked, shell& in);
int run_command(const space_list_arguments& asked, shell& in);
int run_command(const space_show_arguments& asked, shell& in);
int run_command(const space_drop_arguments& asked, shell& in);
int run_command(const space_configure_arguments& asked, shell& in);
int run_command(const concepts_arguments& asked, shell& in);
int run_command(const consolidate_arguments& asked, shell& in);
int run_command(const query_arguments& asked, shell& in);
int run_command(const verb_arguments& asked, shell& in);
int run_command(const shell_arguments& asked, shell& in);
int run_command(const key_create_arguments& asked, shell& in);
int run_command(const key_list_arguments& asked, shell& in);
int run_command(const key_revoke_arguments& asked, shell& in);
int run_command(const cluster_status_arguments& asked, shell& in);
int run_command(const cluster_members_arguments& asked, shell& in);
int run_command(const cluster_placement_arguments& asked, shell& in);
int run_command(const cluster_leave_arguments& asked, shell& in);
int run_command(const cluster_decommission_arguments& asked, shell& in);
int run_command(const cluster_replace_arguments& asked, shell& in);
int run_command(const cluster_plan_arguments& asked, shell& in);
int run_command(const cluster_repair_arguments& asked, shell& in);
int run_command(const cluster_upgrade_arguments& asked, shell& in);
int run_command(const dev_arguments& asked, shell& in);
int run_command(const watch_arguments& asked, shell& in);
int run_command(const status_arguments& asked, shell& in);
int run_command(const version_arguments& asked, shell& in);
int run_command(const completion_arguments& asked, shell& in);

/// Prints what a statement was answered with, or where it is wrong.
int tell(const base::result<query_answer>& answer, const std::string& statement, shell& in);

/// recall's batch mode: a file of questions in, a file of rankings out.
int run_questions(const recall_arguments& asked, shell& in);

/// Ids for what a person typed: an id that is known stays; a word becomes the memory with that
/// title, else the one that is recalled best by it, and the choice is told.
base::result<std::vector<std::string>> resolve_ids(const space& where,
                                                   const std::vector<std::string>& typed,
                                                   const read_options& read, shell& in);

/// A time as typed; "" is none. errc::invalid_time.
base::result<std::optional<base::instant>> read_time(const std::string& text, const shell& in);
/// A file that holds a JSON list of numbers; "" is none.
base::result<std::optional<base::quantised>> read_embedding_file(const std::string& path);

} // namespace engram::client
