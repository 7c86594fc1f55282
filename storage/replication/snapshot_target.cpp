#include "storage/replication/snapshot_target.hpp"

#include "storage/meta_store.hpp"
#include "storage/recovery.hpp"
#include "storage/replication/log_reader.hpp"
#include "storage/replication/state_key.hpp"

#include <algorithm>

namespace engram::storage {

base::space_id staging_identity(const base::space_id& space, const base::hash128& session) {
  return {base::digest128{"staging"}.add(space.value).add(session).finish()};
}

message::snapshot_request snapshot_target::request() const {
  return {space_, offer_.session, after_, chunk_bytes_};
}

base::result<void> snapshot_target::begin(message::snapshot_offer offer, const store& disk,
                                          catalog& runs, batch& out) {
  offer_ = std::move(offer);
  TRY(check_nothing_lost(disk, runs));
  for (const auto& [theirs, origin] : offer_.numbers) numbers_[theirs] = runs.add_run(origin, out);
  for (const auto& [origin, mark] : offer_.covers.marks()) runs.add_run(origin, out);
  staging_ = runs.add_space(staging_identity(space_, offer_.session), offer_.spec, out);
  return {};
}

/// What is applied here above the offer has to be in the own log, to be applied again.
base::result<void> snapshot_target::check_nothing_lost(const store& disk,
                                                       const catalog& runs) const {
  TRY_ASSIGN(const auto vector, read_vector(disk, replaced_));
  for (const auto& row : vector.rows) {
    const auto run = runs.runs().find(row.origin);
    if (run == runs.runs().end()) continue;
    for (auto n = offer_.covers.at(run->second.origin) + 1; n <= row.applied; ++n)
      if (!running_at(disk, {replaced_, row.origin}, n))
        return {base::errc::conflict, "snapshot lags at origin=" + run->second.origin.hex()};
  }
  return {};
}

base::result<bool> snapshot_target::step(const message::snapshot_chunk& chunk, batch& out) {
  if (!begun() || done_ || chunk.session != offer_.session || chunk.after != after_) return false;
  for (const auto& item : chunk.items) {
    auto key = item.key;
    if (const auto body = body_place(item.key)) {
      const auto number = numbers_.find(body->origin);
      if (number == numbers_.end())
        return {base::errc::malformed_message, "origin number=" + std::to_string(body->origin)};
      key = body_key(item.key[0], number->second, body->sequence);
      if (item.payload)
        out.put(column::payload, entry_key(staging_, number->second, body->sequence),
                *item.payload);
    }
    out.put(column::state, space_prefix(staging_) + key, item.value);
  }
  if (!chunk.items.empty()) after_ = chunk.items.back().key;
  done_ = chunk.done;
  return true;
}

base::result<void> snapshot_target::finish(const store& disk, catalog& runs,
                                           const std::vector<base::origin_id>& give_up,
                                           batch& out) {
  for (const auto& [origin, mark] : offer_.covers.marks()) {
    const auto number = *runs.run_number(origin);
    put_meta(out, meta::vector_key(staging_, number),
             meta::encode(vector_row{staging_, number, mark.sequence, mark.running}));
  }
  for (const auto& [number, run] : runs.runs()) {
    if (std::find(give_up.begin(), give_up.end(), run.origin) != give_up.end()) continue;
    const auto mark = offer_.covers.marks().find(run.origin);
    TRY(move_tail(disk, number, mark == offer_.covers.marks().end() ? log_mark{} : mark->second,
                  out));
  }
  runs.exchange_spaces(replaced_, staging_, out);
  runs.drop_space(replaced_, out);
  return {};
}

/// Those above a gap too: they were acknowledged.
base::result<void> snapshot_target::move_tail(const store& disk, std::uint32_t origin,
                                              log_mark from, batch& out) const {
  const auto rows = disk.scan(column::log, entry_key(replaced_, origin, from.sequence + 1),
                              entry_key(replaced_, origin + 1, 0));
  for (;;) {
    TRY_ASSIGN(const auto more, rows->next());
    if (!more) return {};
    const auto [key, value] = rows->current();
    TRY_ASSIGN(const auto header, decode_header(value));
    const bool follows = header.sequence == from.sequence + 1;
    // Another log of this origin than the snapshot's: a fork, dealt with before it comes here.
    if (follows && running_hash(from.running, header) != header.running)
      return {base::errc::origin_forked, "origin=" + header.origin.hex()};
    if (follows) from = {header.sequence, header.running};
    TRY_ASSIGN(auto payload, disk.get(column::payload, key));
    auto moved = entry_key(staging_, origin, header.sequence);
    out.put(column::log, moved, std::string{value});
    out.put(column::payload, std::move(moved), std::move(payload));
  }
}

} // namespace engram::storage
