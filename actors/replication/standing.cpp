// How the copies here compare with the others: which may be read, which may go.

#include "actors/replication/replica_set.hpp"

#include "membership/directory.hpp"

#include <algorithm>

namespace engram::actors {

// -- reading ------------------------------------------------------------------------------------

/// Allows reading a replica once it holds what the others had when it came, and tells how old it
/// is. A member that is no replica and has more counts as well: it hands over what it wrote.
void replica_set::look(const base::space_id& space, replica& which) {
  const auto& held = which.core->held();
  bool covers = true, heard = false;
  base::instant sure_at = which.placement.size() > 1 ? steady_ : always_sure;
  storage::log_vector said_by_all; // where it is more than is held
  for (const auto& id : which.placement)
    covers = covers && (id == with_.self || peers_.contains(id));
  for (const auto& [id, other] : peers_) {
    const bool placed = which.is_placed(id);
    const auto* said = which.core->known(id);
    if (placed) sure_at = std::min(sure_at, other.heard_at);
    if (placed && (!other.is_up || said == nullptr || which.other.contains(id)))
      covers = false; // it may have anything
    if (!other.is_up || said == nullptr) continue;
    if (!held.covers(*said)) {
      covers = false;
      for (const auto& [origin, mark] : said->marks()) said_by_all.raise(origin, mark);
    }
    heard = heard || placed;
    if (placed && said->covers(held)) which.covered_at[id] = wall_;
  }
  if (covers) which.sure_at = std::max(which.sure_at, sure_at);
  if (!which.serving && which.unheard.empty() && is_whole(which)) {
    which.serving = true; // from now on a start of this node takes it for a whole one
    if (std::exchange(which.filling, false)) mark_filling(which, false);
  }
  // A directory with something in it may come before those are given up who are gone for good.
  const bool has_names = heard && (covers || (!held.empty() && is_whole(which)));
  if (has_names && space == membership::directory_identity()) with_.ports.joined();
  copy_standing out{which.sure_at,
                    storage::count_entries(storage::missing_from(held, said_by_all))};
  if (which.core->is_distrusted() && is_replaceable(which))
    out.may_read = copy_standing::reading::withdrawn; // until another's is here
  else if (which.serving)
    out.may_read = copy_standing::reading::allowed;
  with_.ports.stands(space, out);
}

bool replica_set::is_new(const base::space_id& space, const replica& which) const {
  return !which.serving && space != membership::directory_identity();
}

/// All that anybody said; and if it never was whole, whoever is up has to have said something.
bool replica_set::is_whole(const replica& which) const {
  if (which.filling && !told_) return false;
  bool heard = peers_.empty();
  for (const auto& [id, other] : peers_) {
    const auto* said = which.core->known(id);
    if (said == nullptr && which.filling && other.is_up) return false;
    if (said == nullptr) continue;
    heard = true;
    if (!which.core->held().covers(*said)) return false;
  }
  return heard || !which.filling;
}

/// Another member may have a copy of it.
bool replica_set::is_replaceable(const replica& which) const {
  if (which.core->is_stray()) return false;
  return std::any_of(which.placement.begin(), which.placement.end(), [&](const auto& id) {
    const auto other = peers_.find(id);
    return other != peers_.end() && other->second.is_up;
  });
}

std::vector<replica_info> replica_set::look_up(const base::space_id& space) const {
  std::vector<replica_info> out;
  const auto* which = at(space);
  if (which == nullptr) return out;
  const auto& held = which->core->held();
  storage::log_vector most;
  for (const auto& [id, other] : peers_) {
    const auto* said = which->core->known(id);
    if (said == nullptr) continue;
    for (const auto& [origin, mark] : said->marks()) most.raise(origin, mark);
  }
  out.push_back({with_.self, !which->core->is_stray(),
                 storage::count_entries(storage::missing_from(held, most)), base::duration{0},
                 !which->serving});
  for (const auto& [id, other] : peers_) {
    const auto* said = which->core->known(id);
    replica_info info;
    info.store = id;
    info.placed = which->is_placed(id);
    if (!info.placed && (said == nullptr || said->empty())) continue;
    if (said != nullptr)
      info.lag_entries = storage::count_entries(storage::missing_from(*said, held));
    const auto since = which->covered_at.find(id);
    if (info.lag_entries != 0 && since != which->covered_at.end()) info.lag = wall_ - since->second;
    info.copying = info.placed && info.lag_entries != 0 && since == which->covered_at.end();
    out.push_back(info);
  }
  return out;
}

// -- going --------------------------------------------------------------------------------------

std::optional<bool> replica_set::is_elsewhere(const base::space_id& space) const {
  const auto* which = at(space);
  if (which == nullptr) return {};
  return std::any_of(peers_.begin(), peers_.end(), [&](const auto& one) {
    const auto* said = which->core->known(one.first);
    return one.second.is_alive && said != nullptr && said->covers(which->core->held());
  });
}

bool replica_set::is_covered(const base::space_id& space) const {
  const auto* which = at(space);
  return which != nullptr && !which->exchanging && which->core->is_covered();
}

bool replica_set::is_dispensable(const replica& which) const {
  return !which.exchanging && which.core->is_covered() && which.core->held().at(with_.run.id) == 0;
}

bool replica_set::may_let_go(const base::space_id& space) const {
  const auto* which = at(space);
  return which != nullptr && is_dispensable(*which);
}

bool replica_set::let_go(const base::space_id& space) {
  const auto* which = at(space);
  if (which == nullptr || !is_dispensable(*which)) return false;
  end_waits(space, {base::errc::timed_out, "the copy went to those that hold the space"});
  for (const auto& id : which->placement)
    send(id, storage::message::vector{space, {}, false, false});
  by_number_.erase(which->number);
  replicas_.erase(space);
  with_.counted.released.add();
  return true;
}

void replica_set::dropped(const base::space_id& space) {
  const auto* which = at(space);
  if (which == nullptr) return;
  end_waits(space, {base::errc::unknown_space, "it was dropped"});
  by_number_.erase(which->number);
  replicas_.erase(space);
}

replica_set::floors replica_set::floors_of(const base::space_id& space,
                                           const std::vector<storage::vector_row>& rows) {
  auto* which = at(space);
  if (which == nullptr || !which->core->may_trim()) return {};
  std::set<base::store_id> gone;
  for (const auto& [id, other] : peers_)
    if (!other.is_up && steady_ - other.down_since > with_.rules.replace_after) gone.insert(id);
  std::vector<storage::trim_floors> out;
  for (const auto& row : rows) out.push_back(which->core->trim_floor_of(row, gone));
  return out;
}

} // namespace engram::actors
