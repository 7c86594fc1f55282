#pragma once
// What is counted about the replicas of a node. Owner: replication, or the simulator; any thread.

#include "base/counters.hpp"

namespace engram::actors {

struct replication_counters {
  explicit replication_counters(base::registry& in)
      : sent(in.add_counter("engram_actors_replication_sent_total",
                            "Messages about replicas sent to other members")),
        received(in.add_counter("engram_actors_replication_received_total",
                                "Messages about replicas that came from others")),
        dropped(in.add_counter("engram_actors_replication_dropped_total",
                               "Messages dropped for the inbox's bound or a full disk")),
        malformed(in.add_counter("engram_actors_replication_malformed_total",
                                 "Messages from members that could not be read")),
        applied(in.add_counter("engram_actors_replication_applied_total",
                               "Entries of other runs handed to their spaces")),
        forks(in.add_counter("engram_actors_replication_forks_total",
                             "Entries that did not fit the log they claim to follow")),
        snapshots(in.add_counter("engram_actors_replication_snapshots_total",
                                 "Copies of spaces replaced by a snapshot")),
        rebuilds(in.add_counter("engram_actors_replication_rebuilds_total",
                                "Damaged copies that asked another for a snapshot")),
        released(in.add_counter(
            "engram_actors_replication_released_total",
            "Copies erased here because all that hold the space now have everything")),
        diverged(in.add_counter(
            "engram_actors_replication_diverged_total",
            "Vectors at which another replica's state differed though both were as written")),
        offers_refused(
            in.add_counter("engram_actors_replication_offers_refused_total",
                           "Snapshots not taken because entries here would be lost; growing: "
                           "look into it")),
        waiting_for_room(in.add_gauge(
            "engram_actors_replication_waiting_for_room",
            "New replicas that are not copied while the disk is more than 80 % full")) {}

  base::counter &sent, &received, &dropped, &malformed, &applied, &forks, &snapshots, &rebuilds,
      &released, &diverged, &offers_refused;
  base::gauge& waiting_for_room;
};

} // namespace engram::actors
