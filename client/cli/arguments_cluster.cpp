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
The node that is asked leaves for good: the members its spaces fall to fetch them from it and from
each other, and once they hold all it has it leaves. The command waits and tells how far that is;
after --timeout it goes on without being watched. It is refused where nobody is there to take over.
With --now nothing is fetched from it: refused while no other live member holds all it has. A node
that is to come back is just stopped (SIGTERM): its place is kept.)";

constexpr const char* PLAN_FOOTER = R"(
Nothing happens: it tells which spaces would move from where to where, how much that is, and how
long it takes at copy_bytes_per_s. A new member draws its id when it starts, so whom it relieves is
a sample.

Examples:
  engram cluster plan --join 1
  engram cluster plan --decommission 10.0.0.3:7434)";

constexpr const char* REPAIR_FOOTER = R"(
Every replica reads its copy anew from its disk and sums it up; what differs from what was written,
or from what a majority holds at the same entries, is rebuilt from a good copy. Waits until all are
good. Exit code 0: they are; 1: some is not, or could not be asked.)";

constexpr const char* UPGRADE_FOOTER = R"(
The feature level says what all members know how to read; nobody writes what a lower one does not
know. It grows to what all know by itself ten minutes after they agree, or at once by this command.
It never goes back: afterwards no member can go back to a version that does not know it.)";

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
  leave->add_flag("--now", cluster_leave_.now, "without handing over first");
  leave->add_option("--timeout", cluster_leave_.timeout_s, "seconds to wait and watch")
      ->capture_default_str();
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
  add_cluster_upkeep(*cluster);
}

void command_line::add_cluster_upkeep(CLI::App& cluster) {
  auto* plan = add(cluster, "plan", "what a change of the members would move", cluster_plan_);
  plan->footer(PLAN_FOOTER);
  auto* which = plan->add_option_group("change");
  which->add_option("--join", cluster_plan_.join, "so many new members")
      ->check(CLI::Range(1u, 1'000u).description("N"));
  which->add_option("--leave", cluster_plan_.leave, MEMBER_HELP);
  which->add_option("--decommission", cluster_plan_.decommission, MEMBER_HELP);
  which->add_option("--replace", cluster_plan_.replace, MEMBER_HELP);
  which->require_option(1);
  auto* repair =
      add(cluster, "repair", "compare all replicas now, rebuild what is wrong", cluster_repair_);
  repair->footer(REPAIR_FOOTER);
  repair->add_option("SPACE", cluster_repair_.space, "only this space");
  repair->add_option("--timeout", cluster_repair_.timeout_s, "seconds to wait until all are good")
      ->capture_default_str();
  add(cluster, "upgrade", "raise the feature level to what all members know", cluster_upgrade_)
      ->footer(UPGRADE_FOOTER);
}

} // namespace engram::client
