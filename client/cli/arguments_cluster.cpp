#include "client/cli/command_line.hpp"

#include "client/dial.hpp"

namespace engram::client {

namespace {

constexpr const char* CLUSTER_FOOTER = R"(
What is shown is what the node that is asked knows (--server). Members are alive, suspect (not
heard of for a moment), dead (they keep their place for a while, since most come back) or left.
Once keys exist these commands need an admin key for all spaces.

Examples:
  engram cluster status
  engram cluster placement --space notes
  engram cluster leave --server 10.0.0.3:7433)";

constexpr const char* STATUS_FOOTER = R"(
The first line is the verdict. A replica is level, or so many entries and so long behind the node
that was asked. Exit code 0: every space reaches a quorum of its replicas; 1: some does not.)";

constexpr const char* LEAVE_FOOTER = R"(
The node that is asked leaves for good: its replicas count no longer and the other members make
new ones from theirs. It is refused when it would take the last copy of something with it, and in a
cluster of one. A node that is to come back is just stopped (SIGTERM): its place is kept.)";

constexpr const char* MEMBER_HELP = "its address, or the beginning of its store id";

constexpr const char* DECOMMISSION_FOOTER = R"(
Asked of any node. From then on the member counts for nothing new; the members its spaces fall to
fetch them, and once they hold all it has it leaves by itself, and may be stopped. Until then it has
to stay up. It comes back only as a new member, with an empty folder.)";

constexpr const char* REPLACE_FOOTER = R"(
Asked of any node that reaches a majority. The members that its spaces fall to make new replicas
from those that are left, at once; without this command that begins after replace_after_s. Start the
member that is to take its place before, with an empty folder, so that nothing moves twice. Should
the replaced one come back, it hands over what it has and leaves.)";

constexpr const char* DEV_FOOTER = R"(
Starts N processes `engram node` on loopback, each with three ports in a row (http, rpc, gossip),
the first on those of a lone node, the others joining it. Their logs come out together, each line
behind the name of its node. Ctrl-C or SIGTERM stops all of them and waits; a node that dies is
told and the others go on. Without --data the data is deleted at the end.

Examples:
  engram dev
  engram dev --nodes 5 --data ~/engram-dev --base-port 8000
  engram dev -- --log-level debug --drain-ms 1000)";

} // namespace

void command_line::add_dev() {
  auto* dev = app_.add_subcommand("dev", "run a local cluster of several nodes")->group("Run");
  dev->footer(DEV_FOOTER);
  dev->callback([this] { chosen_ = dev_; });
  dev->add_option("--nodes", dev_.wanted.nodes, "how many")
      ->check(CLI::Range(1u, DEV_NODES_MAX).description("N"))
      ->capture_default_str();
  dev->add_option("--data", dev_.wanted.folder,
                  "keep the data here, in n1, n2 …; a later run goes on");
  dev->add_option("--base-port", dev_.wanted.base_port, "first of 3 x N ports")
      ->check(CLI::Range(1u, 65'535u).description("PORT"))
      ->capture_default_str();
  dev->add_option("FLAGS", dev_.wanted.flags,
                  "after --: flags for every node (engram node --help)");
}

void command_line::add_cluster() {
  auto* cluster = app_.add_subcommand("cluster", "members, replicas of spaces, and leaving");
  cluster->require_subcommand(1);
  cluster->footer(CLUSTER_FOOTER);
  add(*cluster, "status", "verdict, members, and how far each replica is behind", cluster_status_)
      ->footer(STATUS_FOOTER);
  add(*cluster, "members", "who belongs to the cluster", cluster_members_);
  add(*cluster, "placement", "which members hold which space", cluster_placement_)
      ->add_option("--space", cluster_placement_.space, "only this space");
  auto* leave =
      add(*cluster, "leave", "take this node out of the cluster, for good", cluster_leave_);
  leave->footer(LEAVE_FOOTER);
  leave->add_flag("--yes", cluster_leave_.yes, "do not ask");
  auto* decommission =
      add(*cluster, "decommission", "a member hands over all it holds, then leaves for good",
          cluster_decommission_);
  decommission->footer(DECOMMISSION_FOOTER);
  decommission->add_option("MEMBER", cluster_decommission_.member, MEMBER_HELP)->required();
  auto* replace = add(*cluster, "replace",
                      "a dead member will not come back: wait for it no longer", cluster_replace_);
  replace->footer(REPLACE_FOOTER);
  replace->add_option("MEMBER", cluster_replace_.member, MEMBER_HELP)->required();
  replace->add_option("--by", cluster_replace_.by, "only when this one is a member, and alive");
}

} // namespace engram::client
