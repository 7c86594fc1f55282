#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"
#include "membership/directory_items.hpp"
#include "memory/limits.hpp"
#include "memory/state_audit.hpp"
#include "storage/recovery.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else
using actors::partition;

namespace {

constexpr base::duration beat{500}, full_beat{60'000}, write_patience{5'000}, read_patience{3'000};
constexpr base::duration busy{3'000};
constexpr std::uint64_t reserve_bytes = 20'000; // of the disk: nothing is accepted beyond it

replicator_settings settings_of(const base::space_id& space) {
  replicator_settings out;
  out.give = {base::duration{10'000}, 20'000};
  out.chunk_bytes = 20'000;
  out.snapshot_patience = base::duration{5'000};
  out.watch = {base::duration{2'000}, base::duration{20'000}, base::duration{30'000},
               base::duration{5'000}, space != membership::directory_identity()};
  return out;
}

bool is_placed(const std::vector<base::store_id>& placement, const base::store_id& id) {
  return std::find(placement.begin(), placement.end(), id) != placement.end();
}

} // namespace

cluster_node::cluster_node(parts with, base::instant now, base::instant steady, std::uint64_t seed)
    : with_(std::move(with)), self_(with_.self.id), steady_(steady),
      swim_({}, with_.self, with_.seeds, base::random(seed)), router_(self_, 3) {
  auto opened = catalog::open(with_.disk, with_.entropy, steady, {base::hash128{1, 1}, false});
  CHECK(opened.has_value());
  runs_ = *std::move(opened);
  log_.emplace(log_writer::run{runs_->self().number, runs_->self().origin}, runs_->newest_stamp());
  batch first;
  runs_->drop_staged(first);
  if (!write(first, true)) return;
  swim_.remember(now, with_.remembered);
  members_changed();
  open_space(membership::directory_identity(), {});
  follow_directory();
  commit();
}

// -- opening ------------------------------------------------------------------------------------

cluster_node::copy& cluster_node::open_space(const base::space_id& space,
                                             std::optional<memory::space_config> config) {
  auto& which = copies_[space];
  which = {};
  which.space = space;
  which.config = std::move(config);
  which.number = runs_->add_space(space, {}, log_->notes());
  which.core = std::make_unique<replicator>(
      replicator::parts{self_, space, which.number, with_.disk, *this, with_.entropy},
      settings_of(space));
  by_number_[which.number] = space;
  const auto rows = read_vector(with_.disk, which.number);
  CHECK((rows.has_value() && rows->is_complete));
  if (which.config)
    load_memory(which);
  else
    load_directory(which);
  restore_rows(which, rows->rows);
  replay(which);
  if (which.part) carry_out(which, which.part->step_opened());
  which.placement = placement_of(space);
  which.core->placed(which.placement);
  for (const auto& [id, state] : members_)
    if (is_placed(which.placement, id))
      send(id, message::vector{space, which.core->held(), true, which.core->is_stray()});
  busy_until_ = steady_ + busy;
  return which;
}

void cluster_node::load_memory(copy& which) {
  auto state = std::make_unique<memory::space>(*which.config);
  state_reader reader{with_.disk, which.number};
  bool damaged = false;
  for (;;) {
    auto some = reader.next(1000);
    CHECK(some.has_value());
    damaged = damaged || !some->damage.empty();
    if (some->items.empty()) break;
    std::vector<memory::stored_item> items;
    for (auto& item : some->items)
      items.push_back({std::move(item.key), std::move(item.value), std::move(item.payload)});
    state->take(*memory::space::stage(std::move(items), *which.config, with_.words));
  }
  if (!state->finish_load().clean() || damaged) which.core->distrust();
  actors::version_vector applied;
  const auto stands = read_vector(with_.disk, which.number);
  for (const auto& row : stands->rows)
    applied.raise(runs_->runs().at(row.origin).origin, row.applied);
  which.part = std::make_unique<partition>(std::move(state), which.number, std::move(applied),
                                           runs_->self().origin);
}

void cluster_node::load_directory(copy& which) {
  state_reader reader{with_.disk, which.number};
  directory_ = {};
  for (;;) {
    const auto some = reader.next(1000);
    CHECK(some.has_value());
    if (some->items.empty()) break;
    for (const auto& item : some->items) CHECK(directory_.load(item.key, item.value).has_value());
  }
}

void cluster_node::restore_rows(copy& which, const std::vector<vector_row>& rows) {
  for (const auto& row : rows) {
    log_->restore(which.number, row.origin, row.applied, row.running);
    which.core->restore(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  }
}

void cluster_node::replay(copy& which) {
  for (const auto& [origin, run] : runs_->runs()) {
    const message::pull all{which.space, run.origin, which.core->held().at(run.origin) + 1,
                            ~0ull >> 1, false};
    const auto tail = answer_pull(with_.disk, {which.number, origin}, all, ~0ull >> 1);
    CHECK(tail.has_value());
    std::vector<entry_header> headers;
    for (const auto& item : tail->items) {
      log_->replayed(which.number, origin, item.header);
      which.core->restore(run.origin, {item.header.sequence, item.header.running});
      headers.push_back(item.header);
    }
    apply(which, origin, headers);
  }
}

// -- the log ------------------------------------------------------------------------------------

/// False: the process has to end.
bool cluster_node::write(const batch& changes, bool sync) {
  if (with_.disk.write(changes, sync && !with_.planted.acknowledge_unsynced)) return true;
  reopen_ = true;
  with_.world.asked_too_much(self_);
  return false;
}

/// What the log has, to the disk and from there to the spaces; until nothing is left.
void cluster_node::commit() {
  if (std::exchange(committing_, true)) return;
  while (!log_->idle() && !reopen_) {
    const auto formed = log_->form(steady_ + skew_, true);
    for (const auto& outcome : formed.outcomes)
      if (const auto named = by_number_.find(outcome.space); named != by_number_.end())
        carry_out(named->second, copies_.at(named->second).core->formed(outcome, steady_));
    if (!write(formed.changes, formed.sync)) break; // what was pushed comes back from others
    for (const auto& outcome : formed.outcomes) take(outcome);
  }
  committing_ = false;
  answer_reads();
}

void cluster_node::take(const log_outcome& outcome) {
  const auto named = by_number_.find(outcome.space);
  if (named == by_number_.end()) return; // dropped
  const auto space = named->second;
  auto& which = copies_.at(space);
  busy_until_ = steady_ + busy;
  const bool own = outcome.origin == runs_->self().number && outcome.ticket != 0;
  if (own && which.part) {
    for (const auto& header : outcome.entries) {
      with_.world.applied(self_, header);
      if (header.kind != static_cast<std::uint8_t>(memory::entry_kind::forget)) continue;
      const auto what = read_entry(which, outcome.origin, header);
      with_.world.deleted(self_, space, std::get<memory::forget_op>(what->operation).id);
    }
    carry_out(which, which.part->step_logged({{outcome.ticket, outcome.origin, outcome.entries}}));
  } else {
    apply(which, outcome.origin, outcome.entries);
    apply(which, outcome.origin, outcome.released);
  }
  carry_out(space, which.core->durable(outcome, steady_));
  if (!which.part) follow_directory();
}

std::optional<memory::prepared> cluster_node::read_entry(copy& which, std::uint32_t origin,
                                                         const entry_header& header) {
  const auto stored =
      with_.disk.get(column::payload, entry_key(which.number, origin, header.sequence));
  if (!stored || stored->empty()) return std::nullopt;
  if (!which.part) {
    apply_directory(which, origin, header, stored->substr(payload_salt_bytes));
    return std::nullopt;
  }
  auto what =
      memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                              stored->substr(payload_salt_bytes), *which.config, with_.words);
  CHECK(what.has_value());
  return *std::move(what);
}

void cluster_node::apply(copy& which, std::uint32_t origin,
                         const std::vector<entry_header>& entries) {
  std::vector<actors::foreign_entry> ready;
  for (const auto& header : entries) {
    with_.world.applied(self_, header);
    auto what = read_entry(which, origin, header);
    if (!which.part) continue;
    const auto* forget = what ? std::get_if<memory::forget_op>(&what->operation) : nullptr;
    const bool deletes = forget != nullptr && forget->mode == memory::forget_mode::erase;
    if (deletes) with_.world.deleted(self_, which.space, forget->id);
    const bool skipped =
        with_.planted.skip_some_applies && self_.value.low == 1 && ++applies_ % 5 == 0;
    if (skipped || (deletes && with_.planted.skip_deletes)) what.reset();
    ready.push_back({actors::meta_of(header, origin), std::move(what), {}});
  }
  if (which.part) carry_out(which, which.part->step_foreign(std::move(ready)));
}

void cluster_node::apply_directory(copy& which, std::uint32_t origin, const entry_header& header,
                                   std::string_view payload) {
  const auto op = membership::decode_directory_op(header.kind, payload);
  CHECK(op.has_value());
  for (auto& item : directory_.apply(*op, header.stamp, header.operation))
    log_->note_put(which.number, item.key, std::move(item.value));
  log_->note_applied(which.number, origin, header.sequence);
}

void cluster_node::carry_out(copy& which, partition::effects effects) {
  if (effects.published) which.view = std::move(effects.published);
  if (effects.note) {
    const auto& changes = effects.note->changes;
    for (const auto& put : changes.puts) log_->note_put(which.number, put.key, put.value);
    for (const auto& key : changes.erases) log_->note_erase(which.number, key);
    for (const auto& ref : changes.payload_erases)
      log_->note_payload_erased(which.number, ref.origin_number, ref.sequence);
    for (const auto& [origin, sequence] : effects.note->applied)
      log_->note_applied(which.number, origin, sequence);
  }
  if (effects.to_log) {
    if (with_.planted.invent_entries && effects.to_log->ticket % 7 == 0)
      effects.to_log->items[0].operation.low ^= 1;
    CHECK(log_->append(*std::move(effects.to_log)).has_value());
  }
  for (auto& done : effects.replies) {
    auto asker = asked_.extract({which.space, done.id});
    if (asker.empty()) continue;
    const auto world_id = which.writes.at(done.id);
    which.writes.erase(done.id);
    const auto placed = router_.find(which.space).placed;
    std::size_t copies = done.wanted == actors::durability::local ? 1 : placed.quorum;
    if (with_.planted.count_one_copy) copies = 1;
    if (!done.needs || copies <= 1) {
      const auto& item = done.reply.items.front();
      if (done.needs && done.wanted == actors::durability::quorum)
        with_.world.copies_held(world_id, {self_});
      asker.mapped()(
          {item ? std::nullopt : std::optional(item.error().code), false, done.reply.token});
      continue;
    }
    const auto id = ++last_id_;
    awaited_[id] = world_id;
    answers_.emplace(id, std::pair{std::move(done.reply), std::move(asker.mapped())});
    carry_out(which.space, which.core->await(id, *std::move(done.needs), copies,
                                             steady_ + write_patience, steady_));
  }
}

// -- replicas -----------------------------------------------------------------------------------

void cluster_node::carry_out(const base::space_id& space, replicator::effects effects) {
  if (!effects.changes.empty() && !write(effects.changes, true)) return;
  for (auto& one : effects.send) send(one.to, std::move(one.what));
  for (const auto& one : effects.writes) {
    auto waits = answers_.extract(one.id);
    const auto world_id = awaited_.extract(one.id);
    if (waits.empty()) continue;
    auto& [reply, done] = waits.mapped();
    if (one.enough) with_.world.copies_held(world_id.mapped(), one.holders);
    done({one.enough ? std::nullopt : std::optional(one.enough.error().code), false, reply.token});
  }
  if (effects.wish != account_wish::none) {
    auto& which = copies_.at(space);
    memory::state_audit sums;
    base::result<state_account> read = base::error{base::errc::unavailable, {}};
    auto rows =
        read_account(with_.disk, which.number, effects.wish,
                     [&](std::string_view key, std::string_view value) { sums.take(key, value); });
    if (!rows) read = rows.error();
    if (rows) read = state_account{*std::move(rows), sums.kept(), {}};
    if (rows && effects.wish == account_wish::whole) read->made = sums.made();
    carry_out(space, which.core->account(read, steady_));
  }
  if (effects.next == replicator::step::new_run) reopen_ = true;
  if (effects.next == replicator::step::exchange && !reopen_) exchange(space);
}

void cluster_node::exchange(const base::space_id& space) {
  const bool outer = std::exchange(committing_, false);
  commit();
  committing_ = outer;
  auto& which = copies_.at(space);
  batch change;
  if (reopen_ || !which.core->finish_snapshot(change)) return;
  if (!write(change, true)) return;
  ++snapshots_;
  reopen_ = true; // another number: what is under way here speaks of the old one
}

void cluster_node::send(const base::store_id& to, message::any what) {
  if (to == self_ || !members_.contains(to)) return;
  if (with_.planted.never_pull && std::holds_alternative<message::pull>(what)) return;
  with_.world.message(self_, to, std::make_shared<const message::any>(std::move(what)));
}

void cluster_node::drop(const base::space_id& space, bool for_good) {
  const auto found = copies_.find(space);
  if (found == copies_.end()) return;
  by_number_.erase(found->second.number);
  log_->forget(found->second.number);
  if (for_good)
    runs_->drop_space(found->second.number, log_->notes());
  else
    runs_->release_space(found->second.number, log_->notes());
  copies_.erase(found);
}

/// Opens what this node is to hold, or kept; drops what was dropped.
void cluster_node::follow_directory() {
  std::set<base::space_id> kept;
  for (const auto& [number, row] : runs_->spaces())
    if (!row.dropped && !catalog::is_staged(row)) kept.insert(row.identity);
  for (const auto& space : kept)
    if (directory_.dropped(space) && !with_.planted.ignore_drops) drop(space, true);
  for (const auto& row : directory_.resolvable()) {
    const auto wanted = is_placed(router_.find(row.identity).placed.replicas, self_);
    if (copies_.contains(row.identity) || (!wanted && !kept.contains(row.identity))) continue;
    memory::space_config config;
    config.identity = row.identity;
    config.name = row.what.name;
    config.dimension = row.what.dimension;
    config.language = row.what.language;
    open_space(row.identity, config);
  }
}

std::vector<base::store_id> cluster_node::placement_of(const base::space_id& space) const {
  if (space != membership::directory_identity()) return router_.find(space).placed.replicas;
  std::vector<base::store_id> out;
  for (const auto& [id, state] : members_)
    if (state != membership::member_state::left) out.push_back(id);
  out.push_back(self_);
  std::sort(out.begin(), out.end());
  return out;
}

// -- members ------------------------------------------------------------------------------------

void cluster_node::carry_out(const membership::swim_actions& actions) {
  if (actions.persist_incarnation) with_.world.persist(self_, swim_.incarnation());
  for (const auto& one : actions.send) with_.world.packet(self_, one);
  if (!actions.events.empty()) members_changed();
}

void cluster_node::members_changed() {
  std::vector<membership::member> all;
  std::map<base::store_id, membership::member_state> now_known;
  for (const auto& m : swim_.members()) {
    all.push_back({m.id, m.zone, m.state});
    if (m.id == self_) continue;
    now_known[m.id] = m.state;
  }
  for (const auto& [id, before] : members_) {
    const auto after = now_known.find(id);
    const bool up = after != now_known.end() && membership::is_up(after->second);
    if (up && !membership::is_up(before))
      next_full_beat_ = next_beat_ = steady_; // may lack anything
    if (up) continue;
    for (auto& [space, which] : copies_) which.core->lost(id);
  }
  for (const auto& [id, state] : now_known)
    if (!members_.contains(id)) next_full_beat_ = next_beat_ = steady_;
  members_ = std::move(now_known);
  router_.set_members(std::move(all));
  busy_until_ = steady_ + busy;
  for (auto& [space, which] : copies_) {
    which.placement = placement_of(space);
    which.core->placed(which.placement);
  }
  if (!copies_.empty()) follow_directory();
}

void cluster_node::tick_swim(base::instant now) { carry_out(swim_.tick(now)); }

void cluster_node::hear(const membership::message& what, base::instant now) {
  if (with_.planted.forget_refutations && std::holds_alternative<membership::table>(what.body))
    return;
  carry_out(swim_.step(now, what));
}

void cluster_node::leave(base::instant now) {
  carry_out(swim_.leave(now));
  members_changed();
}

// -- talking ------------------------------------------------------------------------------------

const cluster_node::copy* cluster_node::find(const base::space_id& space) const {
  const auto found = copies_.find(space);
  return found == copies_.end() ? nullptr : &found->second;
}

void cluster_node::receive(const base::store_id& from, const message::any& what,
                           base::instant steady) {
  steady_ = steady;
  if (reopen_ || !members_.contains(from)) return;
  const auto hear_one = [&](const base::space_id& space, const auto& m) {
    const auto found = copies_.find(space);
    if (found == copies_.end()) {
      if (const auto* v = std::get_if<message::vector>(&what); v != nullptr && v->answer)
        send(from, message::vector{space, {}, false, false});
      return;
    }
    carry_out(space, found->second.core->receive(from, m, steady_));
  };
  if (const auto* digests = std::get_if<message::digests>(&what)) {
    for (const auto& item : digests->items) {
      const auto found = copies_.find(item.space);
      if (found == copies_.end()) continue;
      auto& which = found->second;
      if (item.digest == which.core->digest() &&
          std::exchange(which.heard[from], item.digest) == item.digest)
        which.said.erase(from); // it does not know that this copy is as far
      hear_one(item.space, message::any{message::digests{{item}}});
      if (reopen_) return;
    }
  } else {
    busy_until_ = steady_ + busy;
    const bool brings = std::holds_alternative<message::entries>(what);
    if (brings && with_.disk.stats()->bytes_free < reserve_bytes)
      return; // pulled when there is room
    const auto space = std::visit(
        [](const auto& m) {
          if constexpr (requires { m.space; }) return m.space;
          return base::space_id{};
        },
        what);
    hear_one(space, what);
  }
  commit();
}

/// Digests of what changed, and of what a peer is not known to hold; sometimes all of them.
void cluster_node::heartbeat() {
  if (steady_ < next_beat_) return;
  next_beat_ = steady_ + beat;
  const bool full = steady_ >= next_full_beat_;
  if (full) next_full_beat_ = steady_ + full_beat;
  for (const auto& [id, state] : members_) {
    if (!membership::is_up(state)) continue;
    message::digests out;
    for (auto& [space, which] : copies_) {
      if (!is_placed(which.placement, id)) continue;
      const auto digest = which.core->digest();
      const auto* known = which.core->known(id);
      const bool differs = known == nullptr || !(*known == which.core->held());
      auto& said = which.said[id];
      if (!full && !differs && said == digest) continue;
      said = digest;
      out.items.push_back({space, digest});
    }
    if (!out.items.empty()) send(id, std::move(out));
  }
}

void cluster_node::tick(base::instant steady) {
  steady_ = steady;
  commit();
  std::vector<base::space_id> gone;
  for (auto& [space, which] : copies_) {
    if (reopen_) return;
    carry_out(space, which.core->tick(steady_));
    const auto digest = which.core->digest();
    if (which.part && which.stood_at != digest && !which.core->is_distrusted() &&
        which.core->is_comparable()) {
      which.stood_at = digest;
      with_.world.stood_at(self_, space, digest, state_of(which));
    }
    const bool early = with_.planted.drop_strays_early && which.core->is_stray();
    if (which.part && (early || which.core->is_covered())) gone.push_back(space);
  }
  for (const auto& space : gone) drop(space, false);
  // Nobody's heartbeats reach who has left: it asks.
  if (const auto* kept = find(membership::directory_identity()); has_left() && kept != nullptr)
    for (const auto& [id, state] : members_)
      if (membership::is_up(state))
        send(id, message::vector{kept->space, kept->core->held(), true, false});
  if (!reopen_) heartbeat();
  commit();
}

/// The directory is kept up to the end: who leaves has to hear which spaces were dropped.
bool cluster_node::all_know(const replicator& core) const {
  return std::all_of(members_.begin(), members_.end(), [&](const auto& member) {
    const auto* said = core.known(member.first);
    return member.second == membership::member_state::left ||
           (said != nullptr && said->covers(core.held()));
  });
}

bool cluster_node::may_go() const {
  return has_left() && std::all_of(copies_.begin(), copies_.end(), [this](const auto& one) {
           const auto& core = *one.second.core;
           return core.held().empty() || core.is_covered() || (!one.second.part && all_know(core));
         });
}

base::hash128 cluster_node::state_of(const copy& which) const {
  return which.part ? which.part->space().hash() : directory_.state_hash();
}

// -- clients ------------------------------------------------------------------------------------

bool cluster_node::shows(const copy& which, const std::string& id) {
  const auto& index = *which.view->state->index;
  const auto found = index.find_id(id);
  return std::any_of(found.begin(), found.end(), [&](auto row) { return index.visible(row); });
}

void cluster_node::ask(const question& what, base::instant steady, answer_to done,
                       std::uint64_t write) {
  steady_ = steady;
  const auto found = copies_.find(what.space);
  if (reopen_ || found == copies_.end() || found->second.core->is_distrusted() ||
      found->second.core->is_stray())
    return done({base::errc::unavailable, false, {}});
  auto& which = found->second;
  const auto* asked = std::get_if<write_question>(&what.what);
  if (asked == nullptr) {
    reads_.push_back({what, std::move(done), steady_ + read_patience});
    return answer_reads();
  }
  const auto route = router_.find(what.space);
  if (const auto copies = router_.copies_needed(route, asked->wanted); !copies)
    return done({copies.error().code, false, {}});
  if (with_.disk.stats()->bytes_free < reserve_bytes)
    return done({base::errc::overloaded, false, {}});
  auto ready = memory::prepare(asked->what, *which.config, memory::limits{}, with_.words);
  CHECK(ready.has_value());
  with_.world.issued(ready->operation_hash);
  auto sealed = seal_payload(with_.entropy.draw(), ready->payload);
  actors::write_request request{++last_id_, {}, asked->wanted};
  request.items.emplace_back(actors::write_item{*std::move(ready), std::move(sealed)});
  asked_.emplace(std::pair{what.space, last_id_}, std::move(done));
  which.writes[last_id_] = write;
  carry_out(which, which.part->step_write(std::move(request)));
  commit();
}

void cluster_node::answer_reads() {
  for (std::size_t i = 0; i < reads_.size();) {
    const auto* which = find(reads_[i].what.space);
    const auto seen = actors::read_token(reads_[i].what.token, reads_[i].what.space);
    const bool ready =
        which != nullptr && (with_.planted.ignore_tokens || which->view->applied.covers(*seen));
    const bool late = which == nullptr || steady_ >= reads_[i].until;
    if (!ready && !late) {
      ++i;
      continue;
    }
    const auto waits = std::move(reads_[i]);
    reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(i));
    if (ready)
      read_now(waits.what, waits.done);
    else
      waits.done({base::errc::deadline_exceeded, false, {}});
  }
}

void cluster_node::read_now(const question& what, const answer_to& done) {
  const auto& which = *find(what.space);
  done({std::nullopt, shows(which, std::get<read_question>(what.what).id),
        actors::make_token(what.space, which.view->applied, runs_->self().origin)});
}

/// Only where a majority of the members can be told, as a node does.
base::result<void> cluster_node::propose(
    const std::function<std::optional<membership::directory_op>(const membership::directory&)>&
        decide,
    base::instant steady) {
  steady_ = steady;
  std::size_t up = 1, known = 1;
  for (const auto& [id, state] : members_) {
    up += membership::is_up(state);
    known += state != membership::member_state::left;
  }
  if (reopen_ || up < membership::quorum_of(static_cast<std::uint32_t>(known)))
    return {base::errc::too_few_replicas, {}};
  const auto op = decide(directory_);
  if (!op) return base::success();
  auto& which = copies_.at(membership::directory_identity());
  submission asked{++last_id_, which.number, which.space, {}};
  const auto operation = with_.entropy.draw();
  with_.world.issued(operation);
  asked.items.push_back({static_cast<std::uint8_t>(membership::kind_of(*op)), operation,
                         seal_payload(with_.entropy.draw(), membership::encode(*op))});
  CHECK(log_->append(std::move(asked)).has_value());
  commit();
  return base::success();
}

} // namespace engram::simulation
