#include "client/cli/cluster_view.hpp"
#include "client/cli/commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace engram::client {

namespace {

base::result<cluster_info> look(shell& in) {
  TRY_ASSIGN(auto node, in.connect());
  return in.loop().wait(node.cluster());
}

bool agrees(const cluster_info& seen, const shell& in) {
  const member_info* self = find_member(seen, seen.self);
  in.err()
      << "The node " << (self ? self->address : in.server()) << " leaves its cluster of "
      << seen.members.size() << " for good:\n"
      << "  its replicas count no longer, the other members make new ones from theirs, and it\n"
      << "  comes back only as a new member. To pause it, stop the process instead (SIGTERM).\n"
      << "Type leave to go on: " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && answer == "leave";
}

} // namespace

int run_command(const cluster_status_arguments&, shell& in) {
  const auto seen = look(in);
  if (!seen) return in.fail(seen.error());
  const int code = serves(*seen) ? EXIT_DONE : EXIT_REFUSED;
  if (in.json()) {
    json_writer w;
    append_cluster(*seen, w);
    in.print(w);
    return code;
  }
  in.out() << in.styled(code == EXIT_DONE ? style::good : style::bad, verdict_text(*seen)) << '\n';
  print_members(*seen, in);
  for (const placement_info& space : seen->spaces) print_placement(space, *seen, in);
  return code;
}

int run_command(const cluster_members_arguments&, shell& in) {
  const auto seen = look(in);
  if (!seen) return in.fail(seen.error());
  if (!in.json()) {
    print_members(*seen, in);
    return EXIT_DONE;
  }
  json_writer w;
  append_members(*seen, w);
  return in.print(w);
}

int run_command(const cluster_placement_arguments& asked, shell& in) {
  auto seen = look(in);
  if (!seen) return in.fail(seen.error());
  if (!asked.space.empty())
    std::erase_if(seen->spaces, [&](const auto& each) { return each.name != asked.space; });
  if (!asked.space.empty() && seen->spaces.empty())
    return in.fail({base::errc::unknown_space, "space=" + asked.space});
  json_writer w;
  w.begin_array();
  for (const placement_info& space : seen->spaces) {
    if (in.json())
      append_placement(space, *seen, w);
    else
      print_placement(space, *seen, in);
  }
  if (in.json()) return in.print(w.end_array());
  if (seen->spaces.empty()) in.note("No spaces yet: engram space create NAME");
  return EXIT_DONE;
}

namespace {

constexpr base::duration LOOK_AGAIN{500};

/// Until it has left, or that takes too long.
int watch_leaving(connection& node, const std::string& self, std::uint32_t timeout_s, shell& in) {
  std::string told;
  for (std::uint64_t waited = 0; waited < std::uint64_t{timeout_s} * 1'000;
       waited += static_cast<std::uint64_t>(LOOK_AGAIN.count())) {
    const auto seen = in.loop().wait(node.cluster());
    if (!seen) return in.fail(seen.error());
    const auto* member = find_member(*seen, self);
    if (member == nullptr || member->state == member_state::left) {
      if (in.json()) {
        json_writer w;
        return in.print(w.begin_object().field("left", self).end_object());
      }
      in.out() << "left; the node may be stopped\n";
      return EXIT_DONE;
    }
    if (const auto now = verdict_text(*seen); std::exchange(told, now) != now) in.note(now);
    in.loop().sleep(LOOK_AGAIN);
  }
  in.note("It still hands over, and leaves when it is done: engram cluster status tells.");
  return EXIT_REFUSED;
}

} // namespace

int run_command(const cluster_leave_arguments& asked, shell& in) {
  if (in.server().find(',') != std::string::npos) {
    in.note("One node leaves: name it with --server HOST:PORT.");
    return EXIT_USAGE;
  }
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto seen = in.loop().wait(node->cluster());
  if (!seen) return in.fail(seen.error());
  if (!asked.yes && (isatty(STDIN_FILENO) != 1 || !agrees(*seen, in))) {
    in.note("Nobody left; --yes leaves without asking.");
    return EXIT_USAGE;
  }
  const auto left = in.loop().wait(asked.now ? node->leave() : node->retire(seen->self, false));
  if (!left) return in.fail(left.error());
  return watch_leaving(*node, seen->self, asked.timeout_s, in);
}

namespace {

int retire(connection& node, const member_info& member, bool dead, shell& in) {
  const auto done = in.loop().wait(node.retire(member.store, dead));
  if (!done) return in.fail(done.error());
  if (in.json()) {
    json_writer w;
    return in.print(w.begin_object().field("retired", member.store).end_object());
  }
  in.out() << member.address
           << (dead ? " is not waited for any more" : " hands over what it holds and then leaves")
           << "; engram cluster status shows how far that is\n";
  return EXIT_DONE;
}

} // namespace

int run_command(const cluster_decommission_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto seen = in.loop().wait(node->cluster());
  if (!seen) return in.fail(seen.error());
  const auto member = named_member(*seen, asked.member);
  if (!member) return in.fail(member.error());
  return retire(*node, *member, false, in);
}

int run_command(const cluster_replace_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto seen = in.loop().wait(node->cluster());
  if (!seen) return in.fail(seen.error());
  const auto member = named_member(*seen, asked.member);
  if (!member) return in.fail(member.error());
  if (!asked.by.empty()) {
    const auto by = named_member(*seen, asked.by);
    if (!by) return in.fail(by.error());
    if (by->state != member_state::alive)
      return in.fail({base::errc::invalid_argument, by->address + " is not alive"});
  }
  return retire(*node, *member, true, in);
}

} // namespace engram::client
