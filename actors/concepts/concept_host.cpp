#include "actors/concepts/concept_host.hpp"

#include <algorithm>
#include <set>

namespace engram::actors {

namespace {

constexpr int idle_share = 19; // parts of rest to one of work
constexpr std::uint32_t waiting_max = 256;
constexpr std::size_t formed_told_max = 64; // strongest first, of one consolidation
constexpr std::size_t units_per_step = 16;  // between two looks at whether to stop

std::uint64_t covered_by(const space_view& view) {
  std::uint64_t out = 0;
  for (const auto& [origin, sequence] : view.applied.rows()) out += sequence;
  return out;
}

consolidation_report report_of(const consolidated& made, const space_view& view) {
  consolidation_report out;
  out.total = made.summary.concepts;
  out.members = made.summary.members;
  out.memories = made.summary.memories;
  out.shared = view.state->share_concepts;
  out.content = made.content;
  return out;
}

/// The same ones on every replica.
std::vector<std::uint32_t> first_cited(const memory::snapshot& on,
                                       const memory::concept_record& by) {
  auto all = memory::cited(by);
  const auto shown = std::min(CITATIONS_SHOWN, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                    [&](std::uint32_t a, std::uint32_t b) { return on.before(a, b); });
  all.resize(shown);
  return all;
}

} // namespace

concept_host::concept_host(parts with)
    : with_(std::move(with)),
      sheets_({with_.pool, with_.clock, with_.registry, with_.net, with_.self, with_.rules.sheets,
               with_.seed, with_.is_dropped}),
      consolidations_(with_.registry.add_counter("engram_actors_consolidations_total",
                                                 "Times the concepts of a space were made")),
      consolidation_us_(with_.registry.add_histogram("engram_actors_consolidation_microseconds",
                                                     "Making the concepts of a space")) {}

// -- what replicas have -------------------------------------------------------------------------

base::result<void> concept_host::queue(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return {base::errc::shutting_down, "concepts"};
  if (!thread_)
    thread_ = std::make_unique<compute_pool>(1, waiting_max, with_.registry, "consolidation");
  return thread_->submit(std::move(work));
}

std::shared_ptr<const consolidated> concept_host::current(const std::shared_ptr<space_slot>& slot,
                                                          const space_view& view) {
  const std::lock_guard lock(mutex_);
  const auto known = locals_.find(slot->config.identity);
  if (known == locals_.end() || known->second.slot.lock() != slot ||
      known->second.at != view.applied)
    return nullptr;
  return known->second.made;
}

/// Of this opening: ordinals of another would mean other memories.
std::shared_ptr<memory::consolidator>
concept_host::engine_of(const std::shared_ptr<space_slot>& slot,
                        const memory::concept_config& told) {
  const std::lock_guard lock(mutex_);
  auto& kept = locals_[slot->config.identity];
  if (!kept.engine || kept.slot.lock() != slot || !(kept.told == told)) {
    kept.engine = std::make_shared<memory::consolidator>(told);
    kept.told = told;
    kept.slot = slot;
    kept.at = {};
  }
  return kept.engine;
}

std::shared_ptr<const consolidated> concept_host::last_made(const base::space_id& space) {
  const std::lock_guard lock(mutex_);
  return locals_[space].made;
}

/// To those who watch: that it ran, and which concepts are there for the first time.
void concept_host::tell(space_slot& slot, const space_view& view, const consolidated* before,
                        const outcome& now) const {
  const auto at = with_.clock.wall();
  slot.notice([&] {
    event out;
    out.kind = event_kind::consolidated;
    out.at = at;
    out.measures = {{"concepts", static_cast<double>(now.report.total)},
                    {"members", static_cast<double>(now.report.members)},
                    {"memories", static_cast<double>(now.report.memories)},
                    {"changed", static_cast<double>(now.report.changed)},
                    {"took_us", static_cast<double>(now.report.took_us)}};
    return out;
  });
  std::set<memory::concept_name> known;
  if (before != nullptr)
    for (const auto& each : before->set->concepts) known.insert(each->name);
  std::size_t told = 0;
  for (const auto& each : now.made->set->concepts) {
    if (known.contains(each->name)) continue;
    if (++told > formed_told_max) break;
    slot.notice([&] {
      event out;
      out.kind = event_kind::concept_formed;
      out.at = at;
      out.detail = each->name.value.hex();
      for (const auto ordinal : first_cited(*view.state->index, *each))
        out.ids.emplace_back(view.state->index->id(ordinal));
      out.measures = {{"members", each->members}, {"strength", each->strength / 65536.0}};
      return out;
    });
  }
}

base::result<concept_host::outcome>
concept_host::consolidate(const std::shared_ptr<space_slot>& slot, const space_view& view) {
  if (auto made = current(slot, view)) return outcome{made, report_of(*made, view)};
  const auto began = with_.clock.monotonic();
  const auto& space = slot->config.identity;
  const auto engine = engine_of(slot, view.state->concepts);
  engine->aim(view.state->index);
  while (!engine->step(units_per_step))
    if (stopping_) return {base::errc::shutting_down, "concepts"};
  auto made = std::make_shared<const consolidated>(
      make_consolidated(engine->concepts(), space, view.state->counts.memories));
  const auto took = with_.clock.monotonic() - began;
  outcome out{made, report_of(*made, view)};
  out.report.took_us = static_cast<std::uint64_t>(took.count() / 1'000);
  consolidations_.add();
  consolidation_us_.record_us(out.report.took_us);
  const auto before = last_made(space);
  out.report.changed = count_changed(before.get(), *made);
  tell(*slot, view, before.get(), out);
  const std::lock_guard lock(mutex_);
  auto& kept = locals_[space];
  kept.at = view.applied;
  kept.made = std::move(made);
  kept.not_before =
      with_.clock.monotonic() + std::max<nanoseconds>(with_.rules.interval, took * idle_share);
  return out;
}

void concept_host::take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                        reply<answer> done) {
  const auto view = slot->view();
  const auto made = current(slot, *view);
  if (made && std::holds_alternative<concepts_ask>(what->what)) {
    const auto queued = with_.pool.submit([this, slot, view, made, what, done] {
      done(answer_from(*made, *slot, *view, std::get<concepts_ask>(what->what), what->now));
    });
    if (!queued) done(queued.error());
    return;
  }
  const auto queued = queue([this, slot, what, done] {
    if (with_.clock.monotonic() >= what->deadline) return; // the coordinator has ended it
    done(carry_out(slot, *what));
  });
  if (!queued) done(queued.error());
}

void concept_host::conceive(std::shared_ptr<space_slot> slot, nanoseconds deadline,
                            reply<conceived_view> done) {
  auto view = slot->view();
  if (const auto made = current(slot, *view))
    return done(conceived_view{std::move(view), made->set});
  const auto queued = queue([this, slot, deadline, done] {
    if (with_.clock.monotonic() >= deadline) return; // the coordinator has ended it
    auto seen = slot->view();
    const auto got = consolidate(slot, *seen);
    if (!got) return done(got.error());
    done(conceived_view{std::move(seen), got->made->set});
  });
  if (!queued) done(queued.error());
}

/// The consolidation thread. The view is taken here: engines only go forward.
base::result<answer> concept_host::carry_out(const std::shared_ptr<space_slot>& slot,
                                             const ask& what) {
  const auto view = slot->view();
  TRY_ASSIGN(const auto got, consolidate(slot, *view));
  if (view->state->share_concepts && with_.is_replica(slot->config.identity))
    publish(*slot, *view, *got.made);
  if (const auto* asked = std::get_if<concepts_ask>(&what.what))
    return answer_from(*got.made, *slot, *view, *asked, what.now);
  return answer{got.report};
}

answer concept_host::answer_from(const consolidated& made, const space_slot& slot,
                                 const space_view& view, const concepts_ask& asked,
                                 base::instant now) const {
  std::optional<memory::concept_cue> cue;
  if (has_words(asked.cue)) cue = memory::cue_for(slot.config.identity, slot.words, asked.cue);
  concepts_reply out;
  out.total = made.summary.concepts;
  out.members = made.summary.members;
  out.memories = made.summary.memories;
  out.as_of = now;
  out.content = made.content;
  const auto& index = *view.state->index;
  for (const auto& each : rank(made.gists, cue, asked.limit)) {
    auto row = row_of(made.gists[each.at], each.similarity);
    const auto& record = *made.set->concepts[each.at];
    for (const auto ordinal : index.find(record.exemplar)) row.exemplar = index.id(ordinal);
    for (const auto ordinal : first_cited(index, record))
      row.citations.emplace_back(index.id(ordinal));
    out.concepts.push_back(std::move(row));
  }
  return out;
}

// -- of its own accord --------------------------------------------------------------------------

void concept_host::publish(const space_slot& slot, const space_view& view,
                           const consolidated& made) {
  const auto& space = slot.config.identity;
  const auto version = sheets_.publish(space, covered_by(view), records_of(made));
  const std::lock_guard lock(mutex_);
  locals_[space].published = version;
}

void concept_host::run_due(const std::shared_ptr<space_slot>& slot) {
  const auto view = slot->view();
  const auto& space = slot->config.identity;
  if (!slot->closed() && view->state->share_concepts && with_.is_replica(space))
    if (const auto got = consolidate(slot, *view)) publish(*slot, *view, *got->made);
  const std::lock_guard lock(mutex_);
  locals_[space].is_queued = false;
}

void concept_host::look(const std::shared_ptr<space_slot>& slot) {
  const auto view = slot->view();
  const auto& space = slot->config.identity;
  if (!with_.is_replica(space)) return;
  if (!view->state->share_concepts) return sheets_.withdraw(space, covered_by(*view));
  {
    const std::lock_guard lock(mutex_);
    auto& known = locals_[space];
    const bool is_new = known.at != view->applied || !known.published;
    if (known.is_queued || !is_new || with_.clock.monotonic() < known.not_before) return;
    known.is_queued = true;
  }
  if (queue([this, slot] { run_due(slot); })) return;
  const std::lock_guard lock(mutex_);
  locals_[space].is_queued = false;
}

/// What this replica published is still what it would: also of spaces that are closed, for nothing
/// is written to those.
void concept_host::keep_alive() {
  std::vector<std::pair<base::space_id, membership::sheet_version>> published;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [space, known] : locals_) {
      const auto slot = known.slot.lock();
      if (!slot) known.made.reset(), known.engine.reset();
      if (known.published && (!slot || slot->view()->applied == known.at))
        published.emplace_back(space, *known.published);
    }
  }
  for (const auto& [space, version] : published)
    if (with_.is_replica(space)) sheets_.confirm(space, version);
}

void concept_host::tick() {
  for (const auto& slot : with_.open_slots()) look(slot);
  keep_alive();
  sheets_.tick();
}

void concept_host::stop() {
  std::unique_ptr<compute_pool> ending;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ending = std::move(thread_);
  }
  if (ending) ending->stop();
}

} // namespace engram::actors
