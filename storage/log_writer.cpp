#include "storage/log_writer.hpp"

#include "base/bytes.hpp"
#include "storage/meta_rows.hpp"
#include "storage/meta_store.hpp"

#include <utility>

namespace engram::storage {
namespace {

/// What an entry costs beside its payload: header and two keys.
constexpr std::size_t entry_overhead_bytes = 150;

std::string state_key(std::uint32_t space, std::string_view relative) {
  std::string key;
  key.reserve(4 + relative.size());
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(space >> shift));
  key.append(relative);
  return key;
}

base::result<void> verify_payload(const foreign_entry& what) {
  if (what.payload.empty()) return {}; // erased
  if (what.payload.size() == payload_salt_bytes + what.header.payload_bytes &&
      hash_stored_payload(what.payload) == what.header.payload_hash)
    return {};
  return {base::errc::malformed_message, "payload of origin=" + what.header.origin.hex() +
                                             " sequence=" + std::to_string(what.header.sequence)};
}

} // namespace

log_writer::log_writer(run self, base::hlc newest, log_limits limits)
    : self_(self), clock_(newest), limits_(limits) {}

origin_chain& log_writer::chain(std::uint32_t space, std::uint32_t origin) {
  return chains_[{space, origin}];
}

base::result<void> log_writer::admit(std::size_t entries, std::size_t bytes) const {
  const bool fits = queued_entries_ + entries <= limits_.queue_entries_max &&
                    queued_bytes_ + bytes <= limits_.queue_bytes_max;
  if (fits || queue_.empty()) return {}; // alone, anything is let through
  return {base::errc::overloaded, "log queue bytes=" + std::to_string(queued_bytes_)};
}

base::result<void> log_writer::append(submission what) {
  queued next;
  for (const auto& item : what.items)
    next.bytes += entry_overhead_bytes + item.payload.stored.size();
  TRY(admit(what.items.size(), next.bytes));
  next.outcome.ticket = what.ticket;
  next.outcome.space = what.space;
  next.outcome.origin = self_.number;
  next.identity = what.identity;
  next.items = std::move(what.items);
  queued_entries_ += next.entries();
  queued_bytes_ += next.bytes;
  queue_.push_back(std::move(next));
  return {};
}

void log_writer::restore(std::uint32_t space, std::uint32_t origin, std::uint64_t last,
                         const base::hash128& running) {
  chains_.insert_or_assign({space, origin}, origin_chain{last, running});
}

void log_writer::replayed(std::uint32_t space, std::uint32_t origin, const entry_header& header) {
  auto& log = chain(space, origin);
  // Behind a gap that damage left there is nothing to verify against: the entry itself is the
  // start.
  if (header.sequence != log.last() + 1) log = origin_chain{header.sequence - 1};
  log.extend(header);
}

base::result<origin_chain::verdict> log_writer::offer(foreign_entry what, base::instant now) {
  const auto bytes = entry_overhead_bytes + what.payload.size();
  TRY(admit(1, bytes));
  TRY(verify_payload(what));
  const auto& header = what.header;
  auto& known = chain(what.space, what.origin);
  // Nobody else writes for this run: an entry of it that is not here means a fork.
  if (what.origin == self_.number && header.sequence > known.last())
    return {base::errc::origin_forked, "own run at sequence=" + std::to_string(header.sequence)};
  TRY_ASSIGN(const auto verdict, known.offer(header, what.stored));
  if (verdict == origin_chain::verdict::known) return verdict;

  clock_.observe(header.stamp, now);
  queued next;
  next.outcome.ticket = what.ticket;
  next.outcome.space = what.space;
  next.outcome.origin = what.origin;
  if (verdict == origin_chain::verdict::next) {
    next.outcome.entries.push_back(header);
    next.outcome.released = known.release();
  }
  next.foreign = std::move(what);
  next.bytes = bytes;
  ++queued_entries_;
  queued_bytes_ += bytes;
  queue_.push_back(std::move(next));
  return verdict;
}

// -- state --

void log_writer::note_put(std::uint32_t space, std::string_view key, std::string value) {
  notes_.put(column::state, state_key(space, key), std::move(value));
}

void log_writer::note_erase(std::uint32_t space, std::string_view key) {
  notes_.erase(column::state, state_key(space, key));
}

void log_writer::note_payload_erased(std::uint32_t space, std::uint32_t origin,
                                     std::uint64_t sequence) {
  notes_.put(column::payload, entry_key(space, origin, sequence), {});
}

void log_writer::note_applied(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence) {
  const auto running = chain(space, origin).settle(sequence);
  if (!running) return; // noted before
  put_meta(notes_, meta::vector_key(space, origin),
           meta::encode(vector_row{space, origin, sequence, *running}));
}

void log_writer::forget(std::uint32_t space) {
  chains_.erase(chains_.lower_bound({space, 0}), chains_.lower_bound({space + 1, 0}));
}

void log_writer::clear_fork(std::uint32_t space, std::uint32_t origin) {
  chain(space, origin).clear_fork();
}

// -- forming --

formed_batch log_writer::form(base::instant now, bool keep_payloads) {
  formed_batch out;
  out.changes = std::exchange(notes_, {});
  std::size_t entries = 0, bytes = 0;
  while (!queue_.empty()) {
    auto& next = queue_.front();
    const bool fits = entries + next.entries() <= limits_.batch_entries_max &&
                      bytes + next.bytes <= limits_.batch_bytes_max;
    if (entries > 0 && !fits) break;
    entries += next.entries();
    bytes += next.bytes;
    if (next.foreign)
      write_foreign(next, keep_payloads, out.changes);
    else
      write_own(next, now, keep_payloads, out.changes);
    queued_entries_ -= next.entries();
    queued_bytes_ -= next.bytes;
    out.outcomes.push_back(std::move(next.outcome));
    queue_.pop_front();
  }
  out.sync = !out.outcomes.empty();
  if (out.sync) put_meta(out.changes, meta::clock_key(), meta::encode(clock_.last()));
  return out;
}

void log_writer::write_own(queued& what, base::instant now, bool keep_payloads, batch& out) {
  auto& log = chain(what.outcome.space, self_.number);
  what.outcome.entries.reserve(what.items.size());
  for (auto& item : what.items) {
    entry_header header;
    header.space = what.identity;
    header.origin = self_.id;
    header.sequence = log.last() + 1;
    header.stamp = clock_.next(now);
    header.kind = item.kind;
    header.operation = item.operation;
    header.payload_hash = item.payload.hash;
    header.payload_bytes =
        static_cast<std::uint32_t>(item.payload.stored.size() - payload_salt_bytes);
    auto encoded = seal_header(log.running(), header);
    log.extend(header);
    auto key = entry_key(what.outcome.space, self_.number, header.sequence);
    out.put(column::log, key, std::move(encoded));
    if (keep_payloads) what.outcome.payloads.push_back(item.payload.stored);
    out.put(column::payload, std::move(key), std::move(item.payload.stored));
    what.outcome.entries.push_back(header);
  }
}

void log_writer::write_foreign(queued& what, bool keep_payloads, batch& out) {
  auto& [ticket, space, origin, header, payload, stored] = *what.foreign;
  auto key = entry_key(space, origin, header.sequence);
  out.put(column::log, key, encode_header(header));
  if (keep_payloads && !what.outcome.entries.empty()) what.outcome.payloads.push_back(payload);
  out.put(column::payload, std::move(key), std::move(payload));
}

} // namespace engram::storage
