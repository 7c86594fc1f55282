// The cluster and changes of it, as clients see them.

#include "node/peer/peer_values.hpp"
#include "node/rpc/codec.hpp"

#include <algorithm>

namespace engram::node {

namespace {

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

void set_hash(const base::hash128& hash, auto&& set) { with_bytes(hash, set); }

void encode_member(const actors::member_info& from, schema::Cluster::Member::Builder into) {
  set_hash(from.store.value, [&](auto bytes) { into.setStoreId(bytes); });
  into.setAddress(text_of(from.address));
  into.setState(static_cast<schema::Cluster::MemberState>(from.state)); // same values, by test
  into.setIncarnation(from.incarnation);
  if (!from.zone.empty()) into.setZone(text_of(from.zone));
  into.setRetired(from.retired);
  into.setReplaced(from.replaced);
  into.setFeatureMin(from.feature_min);
  into.setFeatureMax(from.feature_max);
}

void encode_replica(const actors::replica_info& from, schema::Cluster::Replica::Builder into) {
  set_hash(from.store.value, [&](auto bytes) { into.setStoreId(bytes); });
  into.setPlaced(from.placed);
  into.setHeard(from.lag_entries.has_value());
  into.setLagEntries(from.lag_entries.value_or(0));
  into.setLagMs(static_cast<std::uint64_t>(std::max<std::int64_t>(from.lag.count(), 0)));
  into.setCopying(from.copying);
}

void encode_placement(const actors::placement_info& from,
                      schema::Cluster::Placement::Builder into) {
  into.setName(text_of(from.name));
  set_hash(from.identity.value, [&](auto bytes) { into.setIdentity(bytes); });
  into.setFactor(from.factor);
  into.setQuorum(from.quorum);
  auto replicas = into.initReplicas(count_of(from.replicas));
  for (unsigned i = 0; i < replicas.size(); ++i) encode_replica(from.replicas[i], replicas[i]);
}

} // namespace

void encode(const actors::cluster_info& from, schema::Cluster::Builder into) {
  set_hash(from.cluster, [&](auto bytes) { into.setClusterId(bytes); });
  set_hash(from.self.value, [&](auto bytes) { into.setSelf(bytes); });
  into.setVerdict(text_of(from.verdict));
  auto members = into.initMembers(count_of(from.members));
  for (unsigned i = 0; i < members.size(); ++i) encode_member(from.members[i], members[i]);
  auto spaces = into.initSpaces(count_of(from.spaces));
  for (unsigned i = 0; i < spaces.size(); ++i) encode_placement(from.spaces[i], spaces[i]);
  into.setLevel(from.level);
}

base::result<actors::topology_change> decode(schema::Change::Reader from) {
  using kind = actors::topology_change::kind;
  actors::topology_change out;
  const auto member = [&](kind what, capnp::Data::Reader id) -> base::result<void> {
    out.what = what;
    TRY_ASSIGN(out.member.value, decode_hash(id));
    return base::success();
  };
  switch (from.which()) {
  case schema::Change::JOIN:
    out.newcomers = from.getJoin();
    return out;
  case schema::Change::LEAVE:
    TRY(member(kind::leave, from.getLeave()));
    return out;
  case schema::Change::DECOMMISSION:
    TRY(member(kind::decommission, from.getDecommission()));
    return out;
  case schema::Change::REPLACE:
    TRY(member(kind::replace, from.getReplace()));
    return out;
  }
  return base::error{base::errc::invalid_argument, "a change this node does not know"};
}

void encode(const actors::topology_plan& from, schema::Plan::Builder into) {
  auto moves = into.initMoves(count_of(from.moves));
  for (unsigned i = 0; i < moves.size(); ++i) {
    const auto& move = from.moves[i];
    auto to = moves[i];
    to.setSpace(text_of(move.space));
    if (!move.from.is_zero()) set_hash(move.from.value, [&](auto bytes) { to.setFrom(bytes); });
    if (!move.to.is_zero()) set_hash(move.to.value, [&](auto bytes) { to.setTo(bytes); });
    to.setNewcomer(move.newcomer);
    to.setKnown(move.known);
    to.setEntries(move.entries);
    to.setBytes(move.bytes);
  }
  into.setSpaces(from.spaces);
  into.setEntries(from.entries);
  into.setBytes(from.bytes);
  into.setBytesPerSecond(from.bytes_per_second);
  into.setMilliseconds(static_cast<std::uint64_t>(from.time.count()));
  into.setRefusal(text_of(from.refusal));
}

void encode(const actors::space_comparison& from, schema::Comparison::Builder into) {
  into.setSpace(text_of(from.space));
  auto copies = into.initCopies(count_of(from.copies));
  for (unsigned i = 0; i < copies.size(); ++i) {
    const auto& copy = from.copies[i];
    set_hash(copy.store.value, [&](auto bytes) { copies[i].setStoreId(bytes); });
    copies[i].setVerdict(static_cast<schema::Comparison::Verdict>(copy.verdict)); // same, by test
    copies[i].setDiffering(copy.differing);
    copies[i].setDetail(text_of(copy.detail));
  }
}

} // namespace engram::node
