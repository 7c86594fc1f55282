#pragma once
// A cluster as JSON for programs and as text for people, and the judgements in that text. Pure but
// for printing on the shell's screen.

#include "client/cli/shell.hpp"
#include "client/types.hpp"

namespace engram::client {

std::string_view name_of(member_state state) noexcept;

/// The member with that store id; nullptr: none is known.
const member_info* find_member(const cluster_info& in, std::string_view store) noexcept;

/// The one member that has this address, or whose store id begins so. errc::invalid_argument.
base::result<member_info> named_member(const cluster_info& in, std::string_view name);

/// Replicas of the placement whose member is not known to be dead or gone.
std::uint32_t reachable(const placement_info& space, const cluster_info& in) noexcept;

/// Every space reaches a quorum of its replicas.
bool serves(const cluster_info& seen) noexcept;

/// "serving · 3 members: 2 alive, 1 dead · 2 spaces, 1 without a quorum"
std::string verdict_text(const cluster_info& seen);

/// "asked", "level", "12 entries, 340 ms behind", "lag not known"
std::string lag_text(const replica_info& replica, const cluster_info& in);

void append_members(const cluster_info& seen, json_writer& to);
void append_placement(const placement_info& space, const cluster_info& in, json_writer& to);
void append_cluster(const cluster_info& seen, json_writer& to);

void print_members(const cluster_info& seen, const shell& to);
void print_placement(const placement_info& space, const cluster_info& in, const shell& to);

} // namespace engram::client
