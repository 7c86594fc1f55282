// Members, and what is said between them.

#include "actors/replication/replica_set.hpp"

#include "membership/directory.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::size_t push_entries_max = 512;
constexpr std::uint16_t beats_since = 2; // the feature level

base::space_id space_of(const storage::message::any& what) {
  return std::visit(
      [](const auto& m) {
        if constexpr (requires { m.space; }) return m.space;
        return base::space_id{};
      },
      what);
}

/// Whether `before` says it all now: a push goes on with the entries behind it, and an
/// acknowledgement takes the place of an earlier one of the same log.
bool joined_to(storage::message::any& before, storage::message::any& what) {
  using namespace storage;
  if (auto* a = std::get_if<message::entries>(&before)) {
    auto* b = std::get_if<message::entries>(&what);
    if (b == nullptr || a->space != b->space || a->origin != b->origin || a->pulled || b->pulled ||
        a->headers_only || b->headers_only || a->items.empty() || b->items.empty() ||
        a->items.size() + b->items.size() > push_entries_max ||
        a->items.back().header.sequence + 1 != b->items.front().header.sequence)
      return false;
    std::move(b->items.begin(), b->items.end(), std::back_inserter(a->items));
    return true;
  }
  auto* a = std::get_if<message::acknowledgement>(&before);
  auto* b = std::get_if<message::acknowledgement>(&what);
  if (a == nullptr || b == nullptr || a->space != b->space || a->origin != b->origin) return false;
  *a = std::move(*b);
  return true;
}

} // namespace

// -- members ------------------------------------------------------------------------------------

void replica_set::set_members(const std::vector<member_info>& members) {
  std::map<base::store_id, peer> now_known;
  for (const auto& m : members) {
    if (m.store == with_.self || m.state == membership::member_state::left) continue;
    auto& other = now_known[m.store];
    if (const auto before = peers_.find(m.store); before != peers_.end())
      other = std::move(before->second);
    const bool was_up = std::exchange(other.is_up, m.state != membership::member_state::dead);
    if (!other.is_up && (was_up || !other.is_reached)) other.down_since = steady_;
    other.is_alive = m.state == membership::member_state::alive;
    other.is_reached = !m.address.empty();
    other.beats = m.feature_max >= beats_since;
    if (!was_up && other.is_up) next_full_beat_ = next_beat_ = steady_; // it may lack anything
  }
  for (const auto& [id, other] : peers_)
    if (!now_known.contains(id) || !now_known.at(id).is_up)
      for (auto& [space, which] : replicas_) {
        which.core->lost(id);
        which.unheard.erase(id);
      }
  peers_ = std::move(now_known);
  told_ = told_ || std::any_of(members.begin(), members.end(),
                               [](const member_info& m) { return m.incarnation > 0; });
  place();
}

// -- hearing ------------------------------------------------------------------------------------

void replica_set::receive(const base::store_id& from, const storage::message::any& what,
                          std::size_t bytes) {
  with_.counted.received.add();
  if (const auto* digests = std::get_if<storage::message::digests>(&what))
    return take_digests(from, *digests);
  const auto space = space_of(what);
  auto* which = at(space);
  if (which == nullptr) return answer_stranger(from, what);
  if (which->exchanging) return;
  const auto* entries = std::get_if<storage::message::entries>(&what);
  if (entries != nullptr && (!with_.ports.has_room() || (disk_crowded_ && is_new(space, *which)))) {
    with_.counted.dropped.add(); // it is pulled when there is room again
    return;
  }
  if ((entries != nullptr && entries->pulled) ||
      std::holds_alternative<storage::message::snapshot_chunk>(what))
    pacer_.took(bytes, steady_);
  carry_out(space, which->core->receive(from, what, steady_));
  if (!std::holds_alternative<storage::message::vector>(what)) return;
  if (which = at(space); which == nullptr) return;
  which->unheard.erase(from);
  which->other.erase(from);
  look(space, *which);
}

/// What is in a beat, or was said before it, tells of all that its sender held when it had heard
/// the echoed one.
void replica_set::take_beat(const base::store_id& from, const storage::message::digests& what) {
  const auto found = peers_.find(from);
  if (found == peers_.end()) return;
  auto& other = found->second;
  other.beat = what.beat;
  if (!other.beats)
    other.heard_at = steady_;
  else if (what.echo <= steady_)
    other.heard_at = std::max(other.heard_at, what.echo);
}

void replica_set::take_digests(const base::store_id& from, const storage::message::digests& what) {
  take_beat(from, what);
  for (const auto& item : what.items) {
    auto* which = at(item.space);
    if (which == nullptr) {
      with_.ports.want(item.space);
      continue;
    }
    if (which->exchanging) continue;
    carry_out(item.space, which->core->heard_digest(from, item.digest, steady_));
    if (which = at(item.space); which == nullptr) continue;
    if (item.digest != which->core->digest()) {
      which->other.insert(from);
    } else {
      which->unheard.erase(from);
      which->other.erase(from);
      // Said twice, it does not know that this copy is as far. Once in a while: it may be that
      // nothing was lost, and two that answer each other's repetitions would never end.
      const auto other = peers_.find(from);
      if (other != peers_.end() &&
          std::exchange(other->second.heard[item.space], item.digest) == item.digest &&
          steady_ - other->second.said[item.space].at > with_.rules.full_heartbeat / 2)
        other->second.said.erase(item.space);
    }
    look(item.space, *which);
  }
}

/// Of a space that is not open. Who asks for a vector may be waiting for one.
void replica_set::answer_stranger(const base::store_id& from, const storage::message::any& what) {
  const auto space = space_of(what);
  const auto placed = with_.ports.placement_of(space);
  const bool here = std::find(placed.begin(), placed.end(), with_.self) != placed.end();
  if (here || is_kept(space) || std::holds_alternative<storage::message::entries>(what))
    return with_.ports.want(space);
  const auto* vector = std::get_if<storage::message::vector>(&what);
  if (vector != nullptr && vector->answer)
    send(from, storage::message::vector{space, {}, false, false});
}

// -- speaking -----------------------------------------------------------------------------------

/// What one round of events gave goes out together at its end.
void replica_set::send(const base::store_id& to, storage::message::any what) {
  const auto other = peers_.find(to);
  if (other == peers_.end() || !other->second.is_reached) return;
  auto& queue = other->second.outbox;
  if (queue.empty() || !joined_to(queue.back(), what)) queue.push_back(std::move(what));
}

void replica_set::flush() {
  for (auto& [id, other] : peers_) {
    with_.counted.sent.add(other.outbox.size());
    for (auto& what : std::exchange(other.outbox, {})) with_.ports.send(id, std::move(what));
  }
}

/// What asks for much is held back while what came before is being paid for.
bool replica_set::may_ask(const replica& which, const storage::message::any& what) const {
  const auto* asks = std::get_if<storage::message::snapshot_request>(&what);
  const auto* pull = std::get_if<storage::message::pull>(&what);
  if (asks == nullptr && (pull == nullptr || pull->headers_only)) return true;
  return pacer_.may_ask(steady_) && !(disk_crowded_ && is_new(space_of(what), which));
}

/// Who holds nothing of a space says nothing by itself.
void replica_set::ask_who_is_silent(const base::space_id& space, replica& which) {
  if (!which.filling || steady_ < which.next_ask) return;
  which.next_ask = steady_ + with_.rules.heartbeat * 2;
  for (const auto& [id, other] : peers_)
    if (other.is_up && which.core->known(id) == nullptr)
      send(id, storage::message::vector{space, which.core->held(), true, which.core->is_stray()});
}

/// Both hold a replica of it: each wants to know how far the other's news go.
bool replica_set::shares_a_space(const base::store_id& with) const {
  return std::any_of(replicas_.begin(), replicas_.end(), [&](const auto& one) {
    const auto& [space, which] = one;
    return space != membership::directory_identity() && !which.core->is_stray() &&
           which.is_placed(with);
  });
}

void replica_set::send_beat(const base::store_id& to, peer& other, storage::message::digests what) {
  if (other.beats) what.beat = other.beaten_at = steady_, what.echo = other.beat;
  send(to, std::move(what));
}

void replica_set::beat_quietly() {
  for (auto& [id, other] : peers_) {
    if (!other.is_up || !other.beats) continue;
    if (steady_ - other.beaten_at < with_.rules.quiet_heartbeat) continue;
    other.beaten_at = steady_;
    if (shares_a_space(id)) send_beat(id, other, {});
  }
}

/// Digests of what changed, and of what a peer is not known to hold; sometimes all of them.
void replica_set::heartbeat() {
  next_beat_ = steady_ + with_.rules.heartbeat;
  const bool full = steady_ >= next_full_beat_;
  if (full) next_full_beat_ = steady_ + with_.rules.full_heartbeat;
  for (auto& [id, other] : peers_) {
    if (!other.is_up) continue;
    storage::message::digests beat;
    for (const auto& [space, which] : replicas_) {
      if (!which.is_placed(id)) continue;
      const auto digest = which.core->digest();
      const auto* known = which.core->known(id);
      auto& said = other.said[space];
      const bool differs = known == nullptr || !(*known == which.core->held());
      if (!full && !differs && said.digest == digest) continue;
      said = {digest, steady_};
      beat.items.push_back({space, digest});
    }
    if (!beat.items.empty()) send_beat(id, other, std::move(beat));
  }
}

// -- time ---------------------------------------------------------------------------------------

void replica_set::tick() {
  look_at_disk();
  std::vector<base::space_id> here;
  here.reserve(replicas_.size());
  for (const auto& [space, which] : replicas_)
    if (!which.exchanging) here.push_back(space);
  for (const auto& space : here) {
    auto* which = at(space);
    if (which == nullptr || which->exchanging) continue;
    carry_out(space, which->core->tick(steady_));
    if (which = at(space); which == nullptr) continue;
    ask_who_is_silent(space, *which);
    look(space, *which);
  }
  if (steady_ >= next_beat_) heartbeat();
  beat_quietly();
}

/// Nothing is moved onto a disk that is nearly full: a new replica waits, and who had it keeps it.
void replica_set::look_at_disk() {
  if (steady_ < next_disk_look_) return;
  next_disk_look_ = steady_ + with_.rules.look_at_disk;
  const auto stats = with_.store.stats();
  disk_crowded_ = stats && stats->bytes_total > 0 &&
                  static_cast<double>(stats->bytes_total - stats->bytes_free) >
                      with_.rules.disk_share_max * static_cast<double>(stats->bytes_total);
  std::int64_t held_back = 0;
  for (const auto& [space, which] : replicas_) held_back += disk_crowded_ && is_new(space, which);
  with_.counted.waiting_for_room.set(held_back);
}

} // namespace engram::actors
