#include "storage/replication/snapshot_target.hpp"

#include "storage/meta_store.hpp"
#include "storage/recovery.hpp"
#include "storage/replication/log_reader.hpp"
#include "storage/replication/state_key.hpp"

namespace engram::storage {

base::space_id staging_identity(const base::space_id& space, const base::hash128& session) {
  return {base::digest128{"staging"}.add(space.value).add(session).finish()};
}

message::snapshot_request snapshot_target::request() const {
  return {space_, offer_.session, after_, chunk_bytes_, {}};
}

message::snapshot_request snapshot_target::first_request(const log_vector& held) const {
  return {space_, {}, {}, chunk_bytes_, held};
}

base::result<std::map<base::origin_id, std::uint64_t>>
snapshot_target::doubtful(const store& disk, const catalog& runs, const log_vector& held) const {
  std::map<base::origin_id, std::uint64_t> out;
  for (const auto& origin : offer_.doubtful) out.emplace(origin, 1);
  for (const auto& [number, run] : runs.runs()) {
    const auto cover = offer_.covers.marks().find(run.origin);
    if (cover == offer_.covers.marks().end()) continue;
    const auto& mark = cover->second;
    if (held.at(run.origin) <= mark.sequence) continue;
    const auto next = disk.get(column::log, entry_key(replaced_, number, mark.sequence + 1));
    if (!next) continue;
    TRY_ASSIGN(const auto header, decode_header(*next));
    if (running_hash(mark.running, header) != header.running) out.emplace(run.origin, 1);
  }
  return out;
}

base::result<void> snapshot_target::begin(message::snapshot_offer offer, const store& disk,
                                          catalog& runs, batch& out) {
  offer_ = std::move(offer);
  TRY(check_nothing_lost(disk, runs));
  for (const auto& [theirs, origin] : offer_.numbers) numbers_[theirs] = runs.add_run(origin, out);
  for (const auto& [origin, mark] : offer_.covers.marks()) runs.add_run(origin, out);
  staging_ = runs.add_space(staging_identity(space_, offer_.session), catalog::staged_spec, out);
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
        return {base::errc::unavailable, "snapshot lags at origin=" + run->second.origin.hex()};
  }
  return {};
}

base::result<bool> snapshot_target::step(const message::snapshot_chunk& chunk, batch& out) {
  if (!begun() || done_ || chunk.session != offer_.session || chunk.after != after_) return false;
  for (const auto& item : chunk.items) {
    auto key = item.key;
    const bool is_log = !key.empty() && key[0] == log_item_kind;
    if (const auto body = numbered_place(item.key)) {
      const auto number = numbers_.find(body->origin);
      if (number == numbers_.end())
        return {base::errc::malformed_message, "origin number=" + std::to_string(body->origin)};
      key = body_key(item.key[0], number->second, body->sequence);
      const auto place = entry_key(staging_, number->second, body->sequence);
      if (item.payload) out.put(column::payload, place, *item.payload);
      if (is_log && item.payload) out.put(column::log, place, item.value);
    }
    if (is_log) continue;
    out.put(column::state, space_prefix(staging_) + key, item.value);
  }
  if (!chunk.items.empty()) after_ = chunk.items.back().key;
  done_ = chunk.done;
  return true;
}

base::result<void> snapshot_target::finish(const store& disk, catalog& runs, const logs& own,
                                           batch& out) {
  TRY(check_nothing_lost(disk, runs));
  for (const auto& [origin, mark] : offer_.covers.marks()) {
    const auto number = *runs.run_number(origin);
    put_meta(out, meta::vector_key(staging_, number),
             meta::encode(vector_row{staging_, number, mark.sequence, mark.running}));
  }
  for (const auto& [number, run] : runs.runs()) {
    tail which{number, 1, {}, ~0ull};
    if (const auto mark = offer_.covers.marks().find(run.origin);
        mark != offer_.covers.marks().end())
      which.from = mark->second;
    if (own.whole.count(run.origin) == 0) which.first = which.from.sequence + 1;
    if (const auto given = own.give_up.find(run.origin); given != own.give_up.end())
      which.end = given->second;
    TRY(move_tail(disk, which, out));
  }
  runs.exchange_spaces(replaced_, staging_, out);
  runs.drop_space(replaced_, out);
  return {};
}

/// Up to the first gap above the snapshot: what lies behind was acknowledged to nobody, and comes
/// again. What cannot be read is a gap like any other: a copy is often replaced for its damage.
base::result<void> snapshot_target::move_tail(const store& disk, tail which, batch& out) const {
  if (which.first >= which.end) return {};
  auto last = which.from;
  const auto rows = disk.scan(column::log, entry_key(replaced_, which.origin, which.first),
                              entry_key(replaced_, which.origin, which.end));
  for (;;) {
    const auto more = rows->next();
    if (!more && more.error().code == base::errc::corrupt) continue;
    TRY(more);
    if (!*more) return {};
    const auto [key, value] = rows->current();
    TRY_ASSIGN(const auto header, decode_header(value));
    if (header.sequence > last.sequence) {
      if (header.sequence != last.sequence + 1) return {};
      // Another log of this origin than the snapshot's: a fork, dealt with before it comes here.
      if (running_hash(last.running, header) != header.running)
        return {base::errc::origin_forked, "origin=" + header.origin.hex()};
      last = {header.sequence, header.running};
    }
    auto payload = disk.get(column::payload, key);
    if (!payload && payload.error().code == base::errc::corrupt) return {};
    TRY(payload);
    auto moved = entry_key(staging_, which.origin, header.sequence);
    out.put(column::log, moved, std::string{value});
    out.put(column::payload, std::move(moved), *std::move(payload));
  }
}

} // namespace engram::storage
