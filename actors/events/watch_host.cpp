#include "actors/events/watch_host.hpp"

#include "actors/events/mechanisms.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

/// Left of the asker's deadline for the way back.
constexpr nanoseconds way_back = std::chrono::milliseconds(250);
/// A watcher that does not come back so long is gone.
constexpr nanoseconds answers_told = 2 * nanoseconds(WATCH_WAIT_MAX);

} // namespace

struct watch_host::run {
  std::shared_ptr<space_slot> slot;
  std::shared_ptr<ask> what;
  reply<answer> done;
  std::shared_ptr<event_ring> ring;
  watch_cursor cursor;
  nanoseconds until;

  const watch_request& asked() const { return std::get<watch_ask>(what->what).asked; }
  void answer_with(event_reader::page found) {
    watch_reply out;
    out.events = std::move(found.events);
    out.missed = found.missed;
    out.cursor = make_cursor(cursor, slot->config.identity);
    done(answer{std::move(out)});
  }
};

void watch_host::take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what,
                      reply<answer> done) {
  auto one = std::make_shared<run>();
  one->ring = slot->watched(with_.entropy.draw());
  one->slot = std::move(slot);
  one->what = std::move(what);
  one->done = std::move(done);
  const auto& asked = one->asked();
  if (wants_answers(asked)) one->slot->watch_answers(with_.clock.monotonic() + answers_told);
  one->until =
      std::min(with_.clock.monotonic() + nanoseconds(asked.wait), one->what->deadline - way_back);
  if (!asked.cursor.empty()) {
    auto cursor = read_cursor(asked.cursor, one->slot->config.identity);
    if (!cursor) return one->done(cursor.error());
    one->cursor = *std::move(cursor);
  } else {
    one->cursor.ring = one->ring->id();
    if (!asked.from_start) {
      one->cursor.told = one->slot->view()->applied;
      one->cursor.next = one->ring->end();
      return one->answer_with({});
    }
  }
  look_soon(one);
}

void watch_host::look_soon(const std::shared_ptr<run>& of) {
  if (const auto queued = with_.pool.submit([this, of] { look(of); }); !queued)
    of->done(queued.error());
}

void watch_host::look(const std::shared_ptr<run>& of) {
  const auto view = of->slot->view();
  auto page = event_reader(with_.store, of->slot->number, *view, with_.runs)
                  .read(of->cursor, of->ring.get(), of->asked());
  if (!page) return of->done(page.error());
  const bool over = with_.clock.monotonic() >= of->until;
  if (!page->events.empty() || page->missed > 0 || over) return of->answer_with(*std::move(page));
  if (page->more) return look_soon(of); // all of it was of other kinds
  of->slot->when_news(of->cursor.told, of->cursor.next, of->until,
                      [this, of](const base::result<void>& come) {
                        if (!come) return of->done(come.error());
                        look_soon(of);
                      });
}

} // namespace engram::actors
