#include "base/random.hpp"
#include "memory/recall/recall.hpp"
#include "tests/support/entry_set.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace engram::memory {
namespace {

/// The view readers pin, as a partition hands it out.
class hand_over {
public:
  void set(std::shared_ptr<const published> view) {
    const std::scoped_lock lock(mutex_);
    view_ = std::move(view);
  }
  std::shared_ptr<const published> get() const {
    const std::scoped_lock lock(mutex_);
    return view_;
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const published> view_;
};

bool equal(const recall_answer& a, const recall_answer& b) {
  if (a.hits.size() != b.hits.size()) return false;
  for (std::size_t i = 0; i < a.hits.size(); ++i)
    if (a.hits[i].id != b.hits[i].id || a.hits[i].score != b.hits[i].score) return false;
  return true;
}

/// Recalls twice on each view it gets; false if one view gave two answers.
bool read_until(const std::atomic<bool>& done, const hand_over& from, const analyser& words) {
  recall_query query;
  query.cue.text = "the bird that cannot cross the bridge in summer";
  query.now = {1'700'100'000'000};
  bool stable = true;
  do {
    const auto view = from.get();
    const recall_setting setting{words, view->decay};
    const auto first = recall(*view->index, setting, query);
    for (const auto& hit : first.hits)
      stable = stable && view->payloads.at(hit.ordinal).sequence > 0;
    stable = stable && equal(first, recall(*view->index, setting, query));
  } while (!done);
  return stable;
}

TEST_SUITE("memory") {

  TEST_CASE("a view never changes under its readers while the space goes on") {
    const space_config config = test_config(4);
    const analyser words("english");
    const entry_set logs = entry_source(12, config, words).draw(2, 400);
    space state(config);
    hand_over current;
    current.set(state.publish());

    std::atomic<bool> done = false;
    std::atomic<int> stable = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
      readers.emplace_back([&] { stable += read_until(done, current, words) ? 1 : 0; });
    for (std::uint32_t origin = 0; origin < logs.size(); ++origin)
      for (const auto& entry : logs[origin]) {
        entry_meta meta = entry.meta;
        meta.origin_number = origin;
        state.apply(meta, entry.what);
        current.set(state.publish());
      }
    done = true;
    for (auto& reader : readers) reader.join();
    CHECK(stable == 3);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
