#pragma once
// What a command line asks for, as values: parsed once, before anything is connected. Names of
// fields are those of the flags.

#include "client/cli/verbs.hpp"
#include "client/connection.hpp"
#include "client/dev/dev_plan.hpp"
#include "client/event_types.hpp"
#include "client/types.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace engram::client {

/// Every command's way to a node and out.
struct common_arguments {
  connection_options connection;
  bool json = false;
};

struct import_arguments {
  std::string format = "jsonl"; // jsonl, wordnet, changelog, git
  std::string space;            // all into this one, or …
  std::string space_field;      // … into the one that this field names
  std::string acked;            // file that receives the ids of durable memories
  std::string file;             // file, folder, or - for standard input
  client::durability durability = durability::quorum;
  bool quiet = false;
};
struct export_arguments {
  std::string space, format = "jsonl", space_field, out = "-";
};
struct remember_arguments {
  std::string space;
  episode what;
  std::string when, embedding_file;
  client::durability durability = durability::quorum;
};
struct recall_arguments {
  std::string space;
  space_selector across; // several, when one of these is given
  bool all_spaces = false;

  bool is_across() const { return all_spaces || !across.names.empty() || !across.prefix.empty(); }

  recall_query query;
  std::vector<std::string> words;
  std::string from, until, now, embedding_file;
  std::vector<std::string> primed_by;          // ids
  std::string queries, space_field, out = "-"; // batch mode
  std::uint32_t in_flight = 16;
};
struct spread_arguments {
  std::string space;
  spread_query query;
};
struct concepts_arguments {
  std::string space;
  space_selector across; // with all_spaces or a prefix: which of them know about the cue
  bool all_spaces = false;

  bool is_across() const { return all_spaces || !across.prefix.empty(); }

  concept_query query;
  std::string embedding_file;
};
struct consolidate_arguments {
  std::string space;
};
struct get_arguments {
  std::string space;
  std::vector<std::string> ids;
  read_options read;
};
struct forget_arguments {
  std::string space;
  std::vector<std::string> ids;
  bool restore = false, erase = false, purge = false;
  std::string person, source;
};
struct associate_arguments {
  std::string space;
  association what;
};
struct space_create_arguments {
  space_spec spec;
};
struct space_list_arguments {};
struct space_show_arguments {
  std::string name;
};
struct space_configure_arguments {
  std::string name, setting, value;
};
struct space_drop_arguments {
  std::string name;
  bool yes = false;
};
struct key_create_arguments {
  key_spec spec;
};
struct key_list_arguments {};
struct key_revoke_arguments {
  std::string id;
};
struct cluster_status_arguments {};
struct cluster_members_arguments {};
struct cluster_placement_arguments {
  std::string space; // empty: all
};
struct cluster_leave_arguments {
  bool yes = false;
  bool now = false; // without handing over
  std::uint32_t timeout_s = 600;
};
struct cluster_plan_arguments {
  std::uint32_t join = 0;
  std::string leave, decommission, replace; // one of these four
};
struct cluster_repair_arguments {
  std::string space; // "": all
  std::uint32_t timeout_s = 60;
};
struct cluster_upgrade_arguments {};
struct cluster_decommission_arguments {
  std::string member; // address, or the beginning of its store id
};
struct cluster_replace_arguments {
  std::string member;
  std::string by; // must be there; "": nobody in particular
};
struct dev_arguments {
  dev_options wanted; // an empty folder: a temporary one
};
struct query_arguments {
  std::string space;
  std::vector<std::string> words; // the statement
  std::vector<std::string> parameters;
  std::string now;
  bool reinforce = false;
  read_options read;
};
struct verb_arguments {
  const verb_command* command = nullptr;
  std::string space;
  std::vector<std::string> words;
  flag_values values;
  bool explain = false;
  read_options read;
};
struct shell_arguments {
  std::string space;
  read_options read;
};
struct watch_arguments {
  std::string space;
  space_selector across; // several, when one of these is given
  bool all_spaces = false;
  bool is_across() const { return all_spaces || !across.names.empty() || !across.prefix.empty(); }
  watch_query query;
  std::string cursor;      // hex
  std::uint64_t count = 0; // end after so many; 0: never
  bool no_wait = false;
};
struct status_arguments {};
struct version_arguments {};
struct completion_arguments {
  std::string shell; // bash, zsh
};

using command_arguments = std::variant<
    import_arguments, export_arguments, remember_arguments, recall_arguments, spread_arguments,
    get_arguments, forget_arguments, associate_arguments, space_create_arguments,
    space_list_arguments, space_show_arguments, space_drop_arguments, space_configure_arguments,
    concepts_arguments, consolidate_arguments, query_arguments, verb_arguments, shell_arguments,
    key_create_arguments, key_list_arguments, key_revoke_arguments, cluster_status_arguments,
    cluster_members_arguments, cluster_placement_arguments, cluster_leave_arguments,
    cluster_decommission_arguments, cluster_replace_arguments, cluster_plan_arguments,
    cluster_repair_arguments, cluster_upgrade_arguments, dev_arguments, watch_arguments,
    status_arguments, version_arguments, completion_arguments>;

struct arguments {
  common_arguments common;
  command_arguments command;
};

/// Either what was asked, or a text to print (help on out, a usage error on err) and an exit code.
struct parsed_arguments {
  std::optional<client::arguments> asked;
  int exit_code = 0;
  std::string out, err;
};

parsed_arguments parse_arguments(int argc, const char* const* argv);

/// The script that completes commands and flags; made from the same table as --help.
std::string completion_script(const std::string& shell);

} // namespace engram::client
