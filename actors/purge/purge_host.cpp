#include "actors/purge/purge_host.hpp"

#include "memory/codec.hpp"
#include "memory/index/keys.hpp"
#include "storage/entry.hpp"

#include <set>

namespace engram::actors {

struct purge_host::bodies {
  std::set<base::memory_key> covered;          // by what is asked
  std::unordered_set<base::memory_key> purged; // by entries of the log
};

namespace {

constexpr std::uint32_t waiting_max = 1'024;

/// Every operation of a space whose payload is there. `visit` may say how to go on.
template <class Visit>
base::result<void> each_operation(const storage::store& from, std::uint32_t space, Visit visit) {
  const auto rows = from.scan(storage::column::payload, storage::entry_key(space, 0, 0),
                              storage::entry_key(space + 1, 0, 0));
  for (;;) {
    const auto more = rows->next();
    if (!more && more.error().code == base::errc::corrupt) continue; // told when it is read
    if (!more) return more.error();
    if (!*more) return base::success();
    const auto [key, value] = rows->current();
    const auto payload = storage::decode_payload(value);
    if (!payload || payload->bytes.empty()) continue; // erased
    const auto kind = static_cast<memory::entry_kind>(payload->bytes.front());
    const auto what = memory::decode(kind, payload->bytes);
    const auto place = storage::parse_entry_key(key);
    if (what && place) visit(*place, *what);
  }
}

} // namespace

purge_host::purge_host(parts with)
    : with_(std::move(with)), rewrites_(with_.registry.add_counter(
                                  "engram_actors_purge_rewrites_total",
                                  "Spaces rewritten so that what was purged is unreadable")) {}

base::result<void> purge_host::queue(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return {base::errc::shutting_down, "purge"};
  if (!thread_) thread_ = std::make_unique<compute_pool>(1, waiting_max, with_.registry, "purge");
  return thread_->submit(std::move(work));
}

void purge_host::stop() {
  std::unique_ptr<compute_pool> thread;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  if (thread) thread->stop();
}

void purge_host::take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                      reply<answer> done) {
  const auto queued = queue([this, slot, what, done] {
    if (stopping_) return done(base::error{base::errc::shutting_down, "purge"});
    auto made = carry_out(*slot, std::get<purge_ask>(what->what));
    if (made)
      done(answer{*std::move(made)});
    else
      done(made.error());
  });
  if (!queued) done(queued.error());
}

/// What was applied is noted for the log's next batch: it has to be there first.
base::result<purge_reply> purge_host::carry_out(const space_slot& slot, const purge_ask& what) {
  TRY(with_.log.settle());
  const memory::purge_cover cover(what.target);
  TRY_ASSIGN(const auto found, look(slot, &cover));
  purge_reply out;
  out.keys.assign(found.covered.begin(), found.covered.end());
  if (!what.rewrite || !out.keys.empty()) return out;
  TRY(rewrite(slot, found.purged));
  out.rewritten = true;
  return out;
}

base::result<purge_host::bodies> purge_host::look(const space_slot& slot,
                                                  const memory::purge_cover* cover) {
  bodies out;
  const auto& space = slot.config.identity;
  TRY(each_operation(with_.store, slot.number, [&](const auto&, const memory::operation& what) {
    if (const auto* purge = std::get_if<memory::purge_op>(&what))
      out.purged.insert(purge->keys.begin(), purge->keys.end());
    const auto* body = std::get_if<memory::remember_op>(&what);
    if (body != nullptr && cover != nullptr && cover->covers(body->what))
      out.covered.insert(memory::memory_key_of(space, body->what.id));
  }));
  return out;
}

base::result<void> purge_host::rewrite(const space_slot& slot,
                                       const std::unordered_set<base::memory_key>& purged) {
  memory::state_changes telling;
  TRY(each_operation(with_.store, slot.number,
                     [&](const storage::entry_place& at, const memory::operation& what) {
                       if (memory::tells_of(what, slot.config.identity, purged))
                         telling.payload_erases.push_back({at.origin, at.sequence});
                     }));
  with_.log.note(slot.number, {std::move(telling), {}});
  TRY(with_.log.settle());
  rewrites_.add();
  return with_.store.rewrite(storage::column::payload, storage::entry_key(slot.number, 0, 0),
                             storage::entry_key(slot.number + 1, 0, 0));
}

/// Of a purge that came from another replica, perhaps long after it was asked for.
void purge_host::tick() {
  std::vector<std::shared_ptr<space_slot>> due;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(rewritten_, [](const auto& each) { return each.second.first.expired(); });
  }
  for (auto& slot : with_.open_slots()) {
    const auto purges = slot->view()->state->purges;
    if (purges == 0) continue;
    const std::lock_guard lock(mutex_);
    auto& seen = rewritten_[slot.get()];
    if (seen.first.lock() == slot && seen.second == purges) continue;
    seen = {slot, purges};
    due.push_back(slot);
  }
  for (auto& slot : due)
    (void)queue([this, slot] {
      if (stopping_ || !with_.log.settle()) return;
      const auto found = look(*slot, nullptr);
      if (found) (void)rewrite(*slot, found->purged);
    });
}

} // namespace engram::actors
