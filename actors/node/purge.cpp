// A purge, as its coordinator runs it: each replica says what is covered, one entry deletes that on
// all of them, and each replica says when no byte is left. What a replica finds that the others did
// not know of starts another round.

#include "actors/node/node.hpp"

#include <algorithm>
#include <set>

namespace engram::actors {

namespace {

constexpr std::size_t keys_per_entry = memory::limits{}.purge_keys_max;
constexpr int rounds_max = 4;

} // namespace

struct node::purge_run {
  base::space_id space;
  memory::purge_target target;
  durability wanted = durability::quorum;
  route all;
  clock_time until;
  reply<purge_certificate> done;

  std::mutex mutex; // guards the two below
  std::size_t left = 0;
  std::vector<base::result<answer>> heard;

  std::set<base::memory_key> keys; // of all rounds
  std::string token;
  int rounds = 0;

  /// What the replicas found, of those that answered.
  std::set<base::memory_key> found() const {
    std::set<base::memory_key> out;
    for (const auto& each : heard)
      if (each) {
        const auto& reply = std::get<purge_reply>(*each);
        out.insert(reply.keys.begin(), reply.keys.end());
      }
    return out;
  }
};

void node::purge(base::space_id space, memory::purge_target target, durability d,
                 reply<purge_certificate> done) {
  if (target.name.empty() || target.name.size() > memory::limits{}.field_bytes_max)
    return refuse(done,
                  {base::errc::invalid_argument, "a purge needs a name of a person or source"});
  {
    std::unique_lock lock(admission_mutex_);
    if (const auto taken = admission_.take_read(); !taken) {
      lock.unlock();
      return refuse(done, taken.error());
    }
  }
  auto run = std::make_shared<purge_run>();
  run->space = space;
  run->target = std::move(target);
  run->wanted = d;
  run->all = router_.find(space);
  run->until = ports_.clock.monotonic() + config_.deadline_max;
  run->done = [this, done = std::move(done)](base::result<purge_certificate> got) {
    if (!got) metrics_.refused(got.error());
    done(std::move(got));
    give_read();
  };
  if (run->all.replicas.empty())
    return run->done(base::error{base::errc::unavailable, "nobody has the space"});
  ask_replicas(run, purge_ask{run->target, false}, [this, run] {
    const auto& heard = run->heard;
    if (std::none_of(heard.begin(), heard.end(), [](const auto& each) { return each.has_value(); }))
      return run->done(heard.front().error());
    delete_purged(run, run->found());
  });
}

/// Each of them, at once; `then` when all have answered or their time is over.
template <class What>
void node::ask_replicas(const std::shared_ptr<purge_run>& run, const What& what,
                        std::function<void()> then) {
  run->heard.assign(run->all.replicas.size(), base::error{base::errc::unavailable, "not asked"});
  run->left = run->all.replicas.size();
  const auto left =
      std::chrono::duration_cast<base::duration>(run->until - ports_.clock.monotonic());
  for (std::size_t i = 0; i < run->all.replicas.size(); ++i) {
    auto asked = std::make_shared<ask>();
    asked->space = run->space;
    asked->token = run->token;
    asked->now = ports_.clock.wall();
    asked->deadline = run->until;
    asked->what = what;
    route one = run->all;
    one.replicas = {run->all.replicas[i]};
    driver_.run(one, std::move(asked), left, [run, i, then](base::result<answer> got) {
      {
        const std::lock_guard lock(run->mutex);
        run->heard[i] = std::move(got);
        if (--run->left != 0) return;
      }
      then();
    });
  }
}

void node::delete_purged(const std::shared_ptr<purge_run>& run,
                         const std::set<base::memory_key>& keys) {
  if (keys.empty()) return confirm_purge(run);
  ++run->rounds;
  run->keys.insert(keys.begin(), keys.end());
  write_ask asked{{}, run->wanted};
  memory::purge_op op;
  const auto push = [&] {
    if (!op.keys.empty()) asked.operations.push_back({std::exchange(op, {}), {}});
  };
  for (const auto& key : keys) {
    op.keys.push_back(key);
    if (op.keys.size() == keys_per_entry) push();
  }
  push();
  write(run->space, std::move(asked), keys.size() * sizeof(base::memory_key),
        [this, run](base::result<write_reply> got) {
          if (!got) return run->done(got.error());
          for (const auto& item : got->items)
            if (!item) return run->done(item.error());
          run->token = got->token;
          confirm_purge(run);
        });
}

void node::confirm_purge(const std::shared_ptr<purge_run>& run) {
  ask_replicas(run, purge_ask{run->target, true}, [this, run] {
    if (const auto more = run->found(); !more.empty() && run->rounds < rounds_max)
      return delete_purged(run, more);
    purge_certificate out;
    out.memories = run->keys.size();
    for (std::size_t i = 0; i < run->heard.size(); ++i) {
      const auto& got = run->heard[i];
      const bool confirmed = got && std::get<purge_reply>(*got).rewritten;
      out.replicas.push_back({run->all.replicas[i], confirmed,
                              confirmed ? ""
                              : got     ? "memories came back"
                                        : got.error().message()});
    }
    // Concepts lie in memory only, and are made anew without what is gone.
    ask_replicas(run, consolidate_ask{}, [this, run, out = std::move(out)]() mutable {
      out.at = ports_.clock.wall();
      run->done(std::move(out));
    });
  });
}

} // namespace engram::actors
