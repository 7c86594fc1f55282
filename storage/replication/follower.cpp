#include "storage/replication/follower.hpp"

#include "storage/replication/log_reader.hpp"

namespace engram::storage {

void follower::restore(const base::origin_id& origin, const log_mark& held) {
  held_.raise(origin, held);
  coming_.raise(origin, held);
}

follower::effects follower::take(const base::store_id& from, const message::entries& what,
                                 log_writer& log, catalog& runs, const store& disk,
                                 base::instant now) {
  effects out;
  if (what.space != space_ || what.headers_only || what.items.empty()) return out;
  if (forked_.count(what.origin) > 0) {
    out.send.push_back(
        {from, message::fork_notice{space_, what.origin, what.items[0].header.sequence}});
    return out;
  }
  const auto origin = runs.add_run(what.origin, log.notes());
  bool known = false;
  for (const auto& item : what.items) {
    if (forked_.count(what.origin) > 0) break;
    known = known || item.header.sequence <= held_.at(what.origin);
    offer(from, item, log, origin, disk, now, out);
  }
  // An acknowledgement may have been lost: what is here already is acknowledged again.
  if (known && forked_.count(what.origin) == 0)
    out.send.push_back({from, acknowledge(what.origin)});
  return out;
}

void follower::offer(const base::store_id& from, const message::carried& item, log_writer& log,
                     std::uint32_t origin, const store& disk, base::instant now, effects& out) {
  const auto& header = item.header;
  foreign_entry given{++last_ticket_, number_, origin, header, item.payload, std::nullopt};
  if (header.sequence <= held_.at(header.origin)) // else the log writer knows, or nobody
    given.stored = running_at(disk, {number_, origin}, header.sequence);
  const auto verdict = log.offer(std::move(given), now);
  const place at{header.origin, header.sequence};
  if (!verdict) {
    if (verdict.error().code != base::errc::origin_forked) {
      ++out.refused;
      return;
    }
    forked_.insert(header.origin);
    out.forks.push_back({header.origin, header.sequence, header.sequence});
    out.send.push_back({from, message::fork_notice{space_, header.origin, header.sequence}});
    return;
  }
  if (*verdict == origin_chain::verdict::known) {
    if (const auto found = waiting_.find(at); found != waiting_.end())
      found->second.askers.insert(from);
    return;
  }
  if (*verdict == origin_chain::verdict::next)
    coming_.raise(header.origin, {header.sequence, header.running});
  tickets_.emplace(last_ticket_, at);
  waiting_[at] = {header, {from}};
}

follower::effects follower::durable(const log_outcome& outcome) {
  effects out;
  const auto ticket = tickets_.find(outcome.ticket);
  if (ticket == tickets_.end()) return out;
  const auto at = ticket->second;
  tickets_.erase(ticket);
  auto done = waiting_.extract(at);
  for (const auto* list : {&outcome.entries, &outcome.released})
    for (const auto& header : *list) restore(at.first, {header.sequence, header.running});
  if (outcome.entries.empty()) return out;
  for (const auto& asker : done.mapped().askers) out.send.push_back({asker, acknowledge(at.first)});
  return out;
}

void follower::own_formed(const entry_header& header) {
  coming_.raise(header.origin, {header.sequence, header.running});
}

void follower::own_durable(const entry_header& header) {
  restore(header.origin, {header.sequence, header.running});
}

bool follower::is_quiet(const base::origin_id& origin) const {
  const auto first = waiting_.lower_bound({origin, 0});
  return first == waiting_.end() || first->first.first != origin;
}

void follower::clear_fork(const base::origin_id& origin, log_writer& log, std::uint32_t number) {
  forked_.erase(origin);
  log.clear_fork(number_, number);
}

message::acknowledgement follower::acknowledge(const base::origin_id& origin) const {
  message::acknowledgement out{space_, origin, {}};
  if (const auto found = held_.marks().find(origin); found != held_.marks().end())
    out.mark = found->second;
  return out;
}

} // namespace engram::storage
