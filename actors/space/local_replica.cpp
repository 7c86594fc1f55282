#include "actors/space/local_replica.hpp"

#include "actors/core/query_check.hpp"
#include "actors/events/mechanisms.hpp"
#include "actors/space/records.hpp"
#include "base/planted.hpp"
#include "memory/query_language/answer.hpp"
#include "storage/replication/state_key.hpp"

namespace engram::actors {

namespace {

constexpr std::uint32_t scan_limit_max = 1000;
constexpr int hand_over_attempts = 3;
constexpr nanoseconds quick_recall = std::chrono::milliseconds(1); // may run in a handler

coverage coverage_of(const space_slot& slot, const space_view& view, nanoseconds now) {
  coverage out;
  out.stale_ms = static_cast<std::uint64_t>(slot.stale(now).count());
  out.memories = view.state->counts.memories;
  out.damaged = view.state->counts.damaged + slot.lost_at_open;
  out.lagging = slot.lagging();
  if (out.damaged == 0) return out;
  const auto damaged = static_cast<double>(out.damaged);
  out.missing = {0, damaged / (damaged + static_cast<double>(out.memories)), 1};
  return out;
}

event event_of(const memory::dream_progress& so_far, base::instant now) {
  event out;
  out.kind = event_kind::replayed;
  out.at = now;
  out.ids = so_far.replay->ids;
  out.measures = {{"cycle", so_far.cycle},
                  {"of", so_far.of},
                  {"gain", so_far.replay->gain},
                  {"novelty", so_far.replay->novelty}};
  return out;
}

/// Answers one read on a pinned view.
struct reading {
  const storage::store& store;
  const space_slot& slot;
  space_slot& watched; // the same
  const space_view& view;
  const ask& what;
  const base::origin_id& self;
  const memory::concept_set* concepts; // those that the view holds, where asked for
  nanoseconds began;

  record_reader records() const { return {store, slot.number, view, what.now}; }

  /// A memory whose bytes are damaged keeps its place, with its id only.
  template <class Items>
  std::vector<memory_record> content(const Items& items) const {
    std::vector<memory_record> out;
    out.reserve(items.size());
    for (const auto& item : items) {
      auto record = records().read(item.ordinal);
      if (!record) {
        record = memory_record{};
        record->what.id = item.id;
      }
      out.push_back(*std::move(record));
    }
    return out;
  }

  memory::recall_setting setting() const {
    return {slot.words, view.state->decay, {}, view.state->reconsolidation};
  }

  /// Somebody watches what answers show.
  bool told() const { return slot.answers_watched(began); }
  void tell(const std::vector<event>& seen) const {
    for (const event& each : seen) watched.notice([&] { return each; });
  }
  /// The same answer; what it shows is in its explanation.
  memory::recall_answer recall_and_tell(memory::recall_query query) const {
    const bool explain = std::exchange(query.explain, true);
    auto out = memory::recall(*view.state->index, setting(), query);
    tell(events_of(out, what.now));
    if (!explain)
      for (auto& each : out.hits) each.why.reset();
    return out;
  }

  base::result<answer> operator()(const recall_ask& asked) const {
    TRY(check_query(asked.query, slot.config));
    recall_reply out;
    out.answer = told() ? recall_and_tell(asked.query)
                        : memory::recall(*view.state->index, setting(), asked.query);
    if (asked.with_content) out.content = content(out.answer.hits);
    out.coverage = coverage_of(slot, view, began);
    out.token = make_token(slot.config.identity, view.applied, self);
    return answer{std::move(out)};
  }
  base::result<answer> operator()(const spread_ask& asked) const {
    TRY(check_query(asked.query, slot.config));
    spread_reply out;
    out.answer = memory::spread(*view.state->index, setting(), asked.query);
    if (asked.with_content) out.content = content(out.answer.memories);
    out.coverage = coverage_of(slot, view, began);
    return answer{std::move(out)};
  }
  base::result<answer> operator()(const query_ask& asked) const {
    const memory::episode_reader read =
        [this](std::uint32_t ordinal) -> std::shared_ptr<const memory::episode> {
      auto record = records().read(ordinal);
      if (!record) return nullptr;
      return std::make_shared<const memory::episode>(std::move(record->what));
    };
    const memory::dream_listener replayed = [this](const memory::dream_progress& so_far) {
      watched.notice([&] { return event_of(so_far, what.now); });
      return true;
    };
    query_reply out;
    TRY_ASSIGN(out.answer,
               memory::answer_query(*view.state->index, setting(), slot.config,
                                    {asked.text, asked.parameters, asked.now, concepts, replayed},
                                    read));
    if (told()) tell(events_of(out.answer, what.now));
    out.coverage = coverage_of(slot, view, began);
    out.token = make_token(slot.config.identity, view.applied, self);
    return answer{std::move(out)};
  }
  base::result<answer> operator()(const get_ask& asked) const {
    TRY_ASSIGN(auto found, records().find(asked.ids));
    return answer{std::move(found)};
  }
  base::result<answer> operator()(const scan_ask& asked) const {
    const auto limit = asked.limit == 0 ? 256 : std::min(asked.limit, scan_limit_max);
    TRY_ASSIGN(auto page, records().scan(asked.cursor, limit));
    return answer{std::move(page)};
  }
  base::result<answer> operator()(const info_ask&) const {
    const auto& counts = view.state->counts;
    space_info out;
    out.spec = {slot.config.name, slot.config.dimension, slot.config.language};
    out.identity = slot.config.identity;
    out.memories = counts.memories;
    out.associations = counts.associations;
    out.suppressed = counts.suppressed;
    out.graves = counts.graves;
    out.damaged = coverage_of(slot, view, began).damaged;
    out.memory_bytes = counts.memory_bytes;
    out.state_hash = view.state->state_hash;
    for (const auto& [origin, sequence] : view.applied.rows()) out.entries += sequence;
    const auto first = storage::space_prefix(slot.number);
    const auto last = storage::space_prefix(slot.number + 1);
    for (const auto c : {storage::column::log, storage::column::payload, storage::column::state})
      out.disk_bytes += store.bytes_in(c, first, last);
    return answer{std::move(out)};
  }
  template <class Other> // a write, an audit, or about concepts: elsewhere
  base::result<answer> operator()(const Other&) const {
    return {base::errc::internal, "no read of the index"};
  }
};

bool is_about_concepts(const ask& what) {
  return std::holds_alternative<concepts_ask>(what.what) ||
         std::holds_alternative<consolidate_ask>(what.what);
}

} // namespace

void local_replica::send(const base::store_id&, std::shared_ptr<ask> what, reply<answer> done) {
  const auto space = what->space;
  with_.open(space, [this, what = std::move(what), done = std::move(done)](
                        base::result<std::shared_ptr<space_slot>> slot) mutable {
    if (!slot) return done(slot.error());
    (*slot)->touch(with_.clock.monotonic());
    if (std::holds_alternative<write_ask>(what->what))
      write(*std::move(slot), std::move(what), std::move(done));
    else if (std::holds_alternative<vector_ask>(what->what))
      look(*std::move(slot), *what, std::move(done));
    else
      read(*std::move(slot), std::move(what), std::move(done));
  });
}

/// A copy that does not serve yet may lack what it once held and promised: it has no say.
void local_replica::look(std::shared_ptr<space_slot> slot, const ask& what, reply<answer> done) {
  auto* waits_in = slot.get();
  waits_in->when_applied(
      {}, what.deadline,
      [this, slot = std::move(slot), done = std::move(done)](base::result<void> serves) {
        if (!serves) return done(serves.error());
        const auto space = slot->config.identity;
        with_.durable(space, [slot, space, done](base::result<version_vector> held) {
          if (!held) return done(held.error());
          held->join(slot->view()->applied);
          done(answer{vector_reply{make_token(space, *held, {}, vector_bytes_max)}});
        });
      });
}

void local_replica::read(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                         reply<answer> done) {
  auto seen = read_token(what->token, slot->config.identity);
  if (!seen) return done(seen.error());
  if (!what->token.empty() && base::planted("stale_token")) seen = version_vector{};
  const auto deadline = what->deadline;
  auto* waits_in = slot.get();
  waits_in->when_applied(*std::move(seen), deadline,
                         [this, slot = std::move(slot), what = std::move(what),
                          done = std::move(done)](base::result<void> applied) {
                           if (!applied) return done(applied.error());
                           read_on(slot, what, done);
                         });
}

void local_replica::read_on(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                            reply<answer> done) {
  if (is_about_concepts(*what)) return with_.conceive(slot, what, std::move(done));
  if (std::holds_alternative<purge_ask>(what->what))
    return with_.purge(slot, what, std::move(done));
  if (std::holds_alternative<watch_ask>(what->what))
    return with_.watch(slot, what, std::move(done));
  const auto* statement = std::get_if<query_ask>(&what->what);
  if (statement == nullptr || !memory::uses_concepts(statement->text)) {
    conceived_view on{slot->view(), nullptr};
    return compute(std::move(slot), std::move(what), std::move(on), std::move(done));
  }
  with_.concepts(slot, what->deadline,
                 [this, slot, what, done = std::move(done)](base::result<conceived_view> on) {
                   if (!on) return done(on.error());
                   compute(slot, what, *std::move(on), done);
                 });
}

void local_replica::compute(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                            conceived_view on, reply<answer> done) {
  const bool quick = is_quick(*slot, *what);
  const auto work = [this, slot = std::move(slot), what = std::move(what), on = std::move(on),
                     done] {
    if (with_.clock.monotonic() >= what->deadline) return; // the coordinator has ended it
    reads_.fetch_add(1);
    auto answered = answer_read(*slot, *what, on);
    reads_.fetch_sub(1);
    auto* statement = answered ? std::get_if<query_reply>(&*answered) : nullptr;
    if (statement != nullptr && !statement->answer.operations.empty())
      return work_out(slot->config.identity, std::move(*statement), done);
    done(std::move(answered));
  };
  if (quick) return work();
  if (const auto queued = with_.pool.submit(work); !queued) done(queued.error());
}

/// An answer tells what happened: it goes out when its operations are written.
void local_replica::work_out(const base::space_id& space, query_reply answered,
                             reply<answer> done) {
  auto operations = std::exchange(answered.answer.operations, {});
  with_.commit(space, std::move(operations),
               [answered = std::move(answered),
                done = std::move(done)](base::result<write_reply> got) mutable {
                 if (!got) return done(got.error());
                 for (const auto& item : got->items)
                   if (!item) return done(item.error());
                 answered.token = std::move(got->token);
                 done(answer{std::move(answered)});
               });
}

/// Two wake-ups of threads cost more than such a recall's share of one. Only while no other read
/// runs, so that many at once still spread over the pool, and never what reads the disk.
bool local_replica::is_quick(const space_slot& slot, const ask& what) const {
  const auto* recall = std::get_if<recall_ask>(&what.what);
  return recall != nullptr && !recall->with_content && reads_ == 0 &&
         slot.recall_cost() < quick_recall;
}

base::result<answer> local_replica::answer_read(space_slot& slot, const ask& what,
                                                const conceived_view& on) const {
  const auto began = with_.clock.monotonic();
  auto out = std::visit(
      reading{with_.store, slot, slot, *on.view, what, with_.self, on.concepts.get(), began},
      what.what);
  if (std::holds_alternative<recall_ask>(what.what))
    slot.recall_took(with_.clock.monotonic() - began);
  return out;
}

void local_replica::write(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                          reply<answer> done) {
  const auto queued = with_.pool.submit([this, slot, what, done] {
    if (what->stage == write_stage::expired)
      return done(base::error{base::errc::overloaded, "waited for a thread"});
    auto& asked = std::get<write_ask>(what->what);
    auto job = std::make_shared<write_job>();
    job->asked = what;
    job->wanted = asked.wanted;
    job->items = prepare(*slot, asked);
    job->done = [done](base::result<write_reply> got) {
      if (got)
        done(answer{*std::move(got)});
      else
        done(got.error());
    };
    hand_over(slot, std::move(job), hand_over_attempts);
  });
  if (!queued) done(queued.error());
}

void local_replica::hand_over(const std::shared_ptr<space_slot>& slot,
                              std::shared_ptr<write_job> job, int attempts_left) {
  if (slot->write(job) || attempts_left == 0) return; // a job nobody took answers for itself
  with_.open(slot->config.identity, [this, job = std::move(job), attempts_left](
                                        base::result<std::shared_ptr<space_slot>> again) mutable {
    if (again) return hand_over(*again, std::move(job), attempts_left - 1);
    std::exchange(job->done, nullptr)(again.error());
  });
}

std::vector<base::result<write_item>> local_replica::prepare(const space_slot& slot,
                                                             write_ask& asked) {
  std::vector<base::result<write_item>> out;
  out.reserve(asked.operations.size());
  for (auto& op : asked.operations) {
    auto prepared =
        memory::prepare(std::move(op.what), slot.config, with_.bounds, slot.words, op.id);
    if (!prepared) {
      out.emplace_back(prepared.error());
      continue;
    }
    auto sealed = storage::seal_payload(with_.entropy.draw(), prepared->payload);
    prepared->payload.clear(); // sealed has it; the partition needs the rest
    out.emplace_back(write_item{*std::move(prepared), std::move(sealed)});
  }
  return out;
}

} // namespace engram::actors
