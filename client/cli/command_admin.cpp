#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

#include <unistd.h>

#include <iostream>

namespace engram::client {

namespace {

const char* name_of(scope s) {
  if (s == scope::admin) return "admin";
  return s == scope::write ? "write" : "read";
}

void print_space(const space_info& space, const shell& in) {
  in.out() << in.styled(style::bold, space.spec.name) << "  "
           << plural(space.memories, "memory", "memories") << ", "
           << plural(space.associations, "association", "associations") << ", "
           << (space.spec.dimension == 0 ? std::string{"text only"}
                                         : std::to_string(space.spec.dimension) + " dimensions")
           << ", " << bytes_text(space.memory_bytes) << " in memory";
  if (space.suppressed > 0) in.out() << ", " << count_text(space.suppressed) << " suppressed";
  if (space.damaged > 0)
    in.out() << ", " << in.styled(style::bad, count_text(space.damaged) + " DAMAGED");
  if (space.parked) in.out() << ", " << in.styled(style::bad, "PARKED");
  in.out() << '\n';
}

void print_space_details(const space_info& space, const shell& in) {
  print_space(space, in);
  in.out() << "  identity    " << space.identity << "\n  generation  " << space.generation
           << "\n  language    " << space.spec.language << "\n  graves      "
           << count_text(space.graves) << "\n  state hash  " << space.state_hash << '\n';
}

void append_key(const key_info& key, json_writer& w) {
  w.field("id", key.id).field("label", key.spec.label).field("scope", name_of(key.spec.scope));
  w.key("spaces").strings(key.spec.spaces).field("created", base::format_time(key.created));
  w.key("revoked").boolean(key.revoked);
}

void print_key(const key_info& key, const shell& in) {
  std::string spaces;
  for (const std::string& name : key.spec.spaces)
    spaces.append(spaces.empty() ? "" : " ").append(name);
  in.out() << in.styled(style::bold, key.id) << "  " << name_of(key.spec.scope) << "  "
           << (spaces.empty() ? "all spaces" : spaces) << "  " << key.spec.label << "  "
           << in.styled(style::dim, "made " + ago_text(key.created, in.now()));
  if (key.revoked) in.out() << "  " << in.styled(style::warn, "revoked");
  in.out() << '\n';
}

/// One space, shown as `show` or as JSON.
int show(const base::result<space_info>& space, const shell& in) {
  if (!space) return in.fail(space.error());
  if (in.json()) {
    json_writer w;
    append_space(*space, w);
    return in.print(w);
  }
  print_space_details(*space, in);
  return EXIT_DONE;
}

int end(const base::result<void>& done, const std::string& said, const shell& in) {
  if (!done) return in.fail(done.error());
  if (in.json()) {
    json_writer w;
    return in.print(w.begin_object().key("done").boolean(true).end_object());
  }
  in.out() << said << '\n';
  return EXIT_DONE;
}

bool agrees(const std::string& name, const shell& in) {
  in.err() << "Delete space " << name << " and all in it, for ever? Type its name: " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && answer == name;
}

} // namespace

int run_command(const space_create_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  return show(in.loop().wait(node->create_space(asked.spec)), in);
}

int run_command(const space_list_arguments&, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto spaces = in.loop().wait(node->list_spaces());
  if (!spaces) return in.fail(spaces.error());
  json_writer w;
  w.begin_array();
  for (const space_info& space : *spaces) {
    if (in.json())
      append_space(space, w);
    else
      print_space(space, in);
  }
  if (in.json()) return in.print(w.end_array());
  if (spaces->empty()) in.note("No spaces yet: engram space create NAME");
  return EXIT_DONE;
}

int run_command(const space_show_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  return show(in.loop().wait(node->open_space(asked.name).info()), in);
}

int run_command(const space_drop_arguments& asked, shell& in) {
  if (!asked.yes && (isatty(STDIN_FILENO) != 1 || !agrees(asked.name, in))) {
    in.note("Nothing was dropped; --yes drops without asking.");
    return EXIT_USAGE;
  }
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  return end(in.loop().wait(node->drop_space(asked.name)), "dropped " + asked.name, in);
}

int run_command(const key_create_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto made = in.loop().wait(node->create_key(asked.spec));
  if (!made) return in.fail(made.error());
  if (in.json()) {
    json_writer w;
    w.begin_object();
    append_key(made->info, w);
    return in.print(w.field("secret", made->secret).end_object());
  }
  print_key(made->info, in);
  in.out() << "  secret, shown only now: " << in.styled(style::bold, made->secret) << '\n';
  return EXIT_DONE;
}

int run_command(const key_list_arguments&, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto keys = in.loop().wait(node->list_keys());
  if (!keys) return in.fail(keys.error());
  json_writer w;
  w.begin_array();
  for (const key_info& key : *keys) {
    if (!in.json()) {
      print_key(key, in);
      continue;
    }
    w.begin_object();
    append_key(key, w);
    w.end_object();
  }
  if (in.json()) return in.print(w.end_array());
  if (keys->empty()) in.note("No keys: anybody on this machine may use the node.");
  return EXIT_DONE;
}

int run_command(const key_revoke_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  return end(in.loop().wait(node->revoke_key(asked.id)), "revoked " + asked.id, in);
}

} // namespace engram::client
