#pragma once
// For tests: a node over the store in memory, with a clock that only moves when told. A reboot ends
// the node and starts another on the same store; a crash takes back what was not synced.

#include "actors/node/node.hpp"
#include "actors/testing/clocks.hpp"
#include "storage/memory_store.hpp"
#include "tests/support/doctest.hpp"

#include <future>

namespace engram::actors {

class seeded_entropy final : public base::entropy {
public:
  explicit seeded_entropy(std::uint64_t seed = 2026) : random_(seed) {}
  base::hash128 draw() override { return random_.hash(); }

private:
  base::random random_;
};

/// Starts a call and blocks until it has answered.
template <class T, class Start>
base::result<T> wait_for(Start start) {
  auto answered = std::make_shared<std::promise<base::result<T>>>();
  auto future = answered->get_future();
  start([answered](base::result<T> got) { answered->set_value(std::move(got)); });
  return future.get();
}

struct node_fixture {
  std::shared_ptr<storage::memory_store> store = std::make_shared<storage::memory_store>();
  manual_clock clock;
  seeded_entropy entropy;
  std::unique_ptr<base::registry> registry;
  std::atomic<int> fatal{0};
  node_config config;
  apply_probe probe;
  std::unique_ptr<node_core> core;

  explicit node_fixture(bool begin = true) {
    config.tick = base::duration{0};
    config.disk_reserve_bytes = 0;
    config.drain_max = base::duration{0};
    if (begin) boot();
  }

  void boot() {
    registry = std::make_unique<base::registry>();
    auto started = start_node(
        config, {*store, clock, entropy, *registry, [this](const base::error&) { ++fatal; }},
        probe);
    REQUIRE(started);
    core = *std::move(started);
  }
  void reboot() {
    core.reset();
    boot();
  }
  /// Power fails under the running node: what it had not synced is gone.
  void crash() {
    auto survivor = std::make_shared<storage::memory_store>();
    REQUIRE(store->checkpoint("crash"));
    auto copy = store->open_checkpoint("crash");
    REQUIRE(copy);
    core.reset();
    store = std::move(copy);
    boot();
  }

  space_info create(const std::string& name, std::uint32_t dimension = 0) {
    auto made = wait_for<space_info>([&](auto done) {
      core->create_space({name, dimension, "english"}, done);
    });
    REQUIRE(made);
    return *made;
  }
  base::result<write_reply> remember(const base::space_id& space, std::vector<memory::episode> what,
                                     durability d = durability::quorum) {
    return wait_for<write_reply>(
        [&](auto done) { core->remember(space, std::move(what), d, done); });
  }
  base::result<receipt> remember(const base::space_id& space, const std::string& id,
                                 const std::string& text) {
    auto got = remember(space, {episode(id, text)});
    if (!got) return got.error();
    return got->items.at(0);
  }
  base::result<write_reply> forget(const base::space_id& space, std::vector<std::string> ids,
                                   memory::forget_mode mode) {
    return wait_for<write_reply>(
        [&](auto done) { core->forget(space, std::move(ids), mode, durability::quorum, done); });
  }
  base::result<std::vector<memory_record>>
  get(const base::space_id& space, std::vector<std::string> ids, read_options how = {}) {
    return wait_for<std::vector<memory_record>>(
        [&](auto done) { core->get(space, std::move(ids), how, done); });
  }
  base::result<recall_reply> recall(const base::space_id& space, const std::string& text,
                                    bool reinforce = false) {
    recall_request request;
    request.query.cue.text = text;
    request.reinforce = reinforce;
    return wait_for<recall_reply>([&](auto done) { core->recall(space, request, done); });
  }
  space_info info(const base::space_id& space) {
    auto got = wait_for<space_info>([&](auto done) { core->info(space, done); });
    REQUIRE(got);
    return *got;
  }
  node_status status() {
    return *wait_for<node_status>([&](auto done) { core->status(done); });
  }
  base::result<void> drop(const std::string& name) {
    return wait_for<void>([&](auto done) { core->drop_space(name, done); });
  }

  static memory::episode episode(std::string id, std::string text) {
    memory::episode out;
    out.id = std::move(id);
    out.text = std::move(text);
    return out;
  }
};

} // namespace engram::actors
