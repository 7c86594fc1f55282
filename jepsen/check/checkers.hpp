#pragma once
// Every checker: a pure function from a history to a verdict. What each expects of the history's
// values is said above it; nodes, spaces and durability stand in `more`. A read with
// "final": true was made at one node after everything was healed and had converged.

#include "jepsen/check/verdict.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace engram::jepsen {

/// add n; read -> [n ...]. Acknowledged or seen elements are in every final read; nothing is read
/// that was refused, never added, or twice. Facts: stale and never-read counts, stable latency.
verdict check_set(const history& of);

/// add n; forget n; read -> [n ...]. What was acknowledged as forgotten is in no final read; what
/// was not asked to be forgotten is not gone.
verdict check_deletion(const history& of);

/// write n -> n and read [asked] -> [found], each with more.token; a read's more.after is the token
/// it gave. A read sees what the operation that yielded its token wrote or saw.
verdict check_session(const history& of);

/// write [key, content]; read [key] -> [key, [content ...]]. Every acknowledged content is one of
/// the key's versions at every node in the end; no version comes from nowhere or from a refusal.
verdict check_register(const history& of);

/// send [stream, first, last] -> [stream, first, settled] with more.token; read stream and
/// look [stream, [n ...]] -> [stream, [n ...]], a look with more.after, the token it gave. Each
/// number is there at most once; what was settled is there in the end, and at once for who looks
/// with the token that came with it or with a later number.
verdict check_stream(const history& of);

/// access key; read [key] -> [key, count]. Never more than was tried by then, never less than
/// nothing, the same at every node in the end. Accesses may be lost: their share is a fact.
verdict check_counter(const history& of);

/// create name; drop name; list -> [name ...]. In the end every node lists the same; what was
/// acknowledged and not contradicted holds.
verdict check_spaces(const history& of);

/// remember [topic, n]; ask topic -> {found, low, high, stale_ms, lagging}. An answer that claims
/// that nothing is missing (high = 0) misses nothing acknowledged before it was that stale.
/// Fact: how often `missing` held the true share.
verdict check_recall(const history& of);

/// remember n; hide n; concepts -> {content, total, members, memories, concepts: [{exemplar, cites,
/// ...}]} with more.vector, which they are made of. Equal vectors have equal concepts, at any
/// time, and all are equal in the end; they cite nothing refused or made up, in the end nothing
/// hidden.
verdict check_concepts(const history& of);

/// state -> {hash, memories, vector?} at more.node, and the nemesis op "healed" with the nodes.
/// After it all are equal within `within`, and stay so; equal vectors never differ in their hash.
/// With more.alone all nodes were cut off from each other: then as many tell it as are replicas.
verdict check_convergence(const history& of,
                          std::chrono::seconds within = std::chrono::seconds(60));

/// add n; read -> [n ...] at more.node. How old acknowledged elements are that a read lacks; 60 s
/// after "healed" none may be missing.
verdict check_staleness(const history& of);

/// Share of operations that succeed, per phase (the faults active when it began) and durability;
/// time to the first success after each heal; longest time without one. Some must succeed.
verdict check_availability(const history& of);

/// The nemesis op "formed" {nodes, factor}; more.durability and more.copies of a completion; reads
/// with more.census, made at single nodes while all are cut off from each other. No receipt of
/// fewer copies than its durability asks for, and no fewer copies of what was acknowledged before a
/// census; there who does not answer counts as one that holds it.
verdict check_durability(const history& of);

/// The nemesis op "exited" {node, status, expected}: no node ends unasked.
verdict check_exits(const history& of);

/// The nemesis op "usage" {node: {memory, handles}}, before the work and after the heal: no node
/// holds many more descriptors then. Facts: by how much memory grew, at most.
verdict check_usage(const history& of);

struct named_log {
  std::string name, text;
};
/// No node's log shows a failed check, a sanitizer's report, an abort or a defect.
verdict check_logs(const std::vector<named_log>& of);

/// All that judge this workload's part of a history. errc::invalid_argument: unknown name.
base::result<std::vector<verdict>> check_workload(const std::string& workload, const history& of);
/// One by its name: "set", "deletion" ... errc::invalid_argument lists them.
base::result<verdict> check_by_name(const std::string& checker, const history& of);

} // namespace engram::jepsen
