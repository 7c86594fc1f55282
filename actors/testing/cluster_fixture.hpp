#pragma once
// For tests: several node cores in one process, linked by calls instead of sockets. Links can be
// cut, members stopped and started again on their stores; membership is what the test says. The
// clock runs: replicas speak at their own pace, and tests wait for what they expect.

#include "actors/testing/node_fixture.hpp"
#include "actors/testing/switchboard.hpp"

namespace engram::actors {

/// Everybody may go.
class open_door final : public member_port {
public:
  std::atomic<int> asked{0};
  void leave(reply<void> done) override {
    ++asked;
    done(base::success());
  }
};

struct cluster_fixture {
  struct member {
    std::string address;
    std::shared_ptr<storage::memory_store> store = std::make_shared<storage::memory_store>();
    std::unique_ptr<base::registry> registry;
    std::unique_ptr<seeded_entropy> entropy;
    std::unique_ptr<switched_net> net;
    std::unique_ptr<node_core> core;
    base::store_id id;
    bool is_dead = false, has_left = false;
    std::unique_ptr<open_door> door = std::make_unique<open_door>();
  };
  running_clock clock;
  switchboard board;
  std::vector<member> members;
  node_config config;
  std::atomic<int> fatal{0};
  std::uint16_t feature_max = 2; // that members say they know

  explicit cluster_fixture(std::size_t size, std::uint32_t replication_factor = 3) {
    config.tick = base::duration{5};
    config.disk_reserve_bytes = 0;
    config.drain_max = base::duration{0};
    config.compute_threads = 1;
    config.replication_factor = replication_factor;
    config.replication.heartbeat = base::duration{20};
    config.replication.full_heartbeat = base::duration{500};
    config.replication.step = base::duration{5};
    config.replication.cores.pull.patience = base::duration{200};
    config.replication.cores.snapshot_patience = base::duration{1'000};
    grow(size);
  }
  void grow(std::size_t size) {
    const auto before = members.size();
    members.resize(size);
    for (std::size_t i = before; i < size; ++i) {
      members[i].address = "member-" + std::to_string(i);
      start(i);
    }
    tell();
  }
  ~cluster_fixture() {
    for (std::size_t i = 0; i < members.size(); ++i) stop(i);
  }

  void start(std::size_t i) {
    auto& m = members[i];
    m.registry = std::make_unique<base::registry>();
    m.entropy = std::make_unique<seeded_entropy>(++starts_ * 7919 + i);
    m.net = std::make_unique<switched_net>(board, m.address);
    node_ports ports{*m.store, clock, *m.entropy, *m.registry,
                     [this](const base::error&) { ++fatal; }};
    ports.peers = m.net.get();
    ports.membership = m.door.get();
    auto started = start_node(config, std::move(ports));
    REQUIRE(started);
    m.core = *std::move(started);
    m.id = wait_for<node_status>([&](auto done) { m.core->status(done); })->store;
    m.is_dead = false;
    board.plug(m.address, m.id, &m.core->sink());
  }
  /// The process ends; the others hear of it with the next tell().
  void stop(std::size_t i) {
    auto& m = members[i];
    if (!m.core) return;
    board.unplug(m.address);
    REQUIRE(m.core->stop());
    m.core.reset();
    m.is_dead = true;
  }
  /// What membership says from now on, to everybody that runs.
  void tell() {
    std::vector<member_info> all;
    for (const auto& m : members)
      all.push_back({m.id, m.address,
                     m.has_left  ? membership::member_state::left
                     : m.is_dead ? membership::member_state::dead
                                 : membership::member_state::alive,
                     1});
    for (auto& each : all) each.feature_max = feature_max;
    for (const auto& m : members)
      if (m.core) m.core->set_members(all);
  }
  node_core& at(std::size_t i) { return *members[i].core; }

  space_info create(std::size_t i, const std::string& name) {
    auto made = wait_for<space_info>([&](auto done) {
      at(i).create_space({name, 0, "english"}, done);
    });
    REQUIRE_MESSAGE(made, made.error().message());
    return *made;
  }
  base::result<write_reply> remember(std::size_t i, const base::space_id& space,
                                     const std::string& id, durability d = durability::quorum) {
    memory::episode what;
    what.id = id;
    what.text = "the memory called " + id;
    return wait_for<write_reply>([&](auto done) { at(i).remember(space, {what}, d, done); });
  }
  std::vector<memory_record> get(std::size_t i, const base::space_id& space, const std::string& id,
                                 const std::string& token = {}) {
    auto got = read(i, space, id, {.token = token, .level = read_level::any});
    REQUIRE_MESSAGE(got, got.error().message());
    return *std::move(got);
  }
  base::result<std::vector<memory_record>> read(std::size_t i, const base::space_id& space,
                                                const std::string& id, read_options how) {
    return wait_for<std::vector<memory_record>>(
        [&](auto done) { at(i).get(space, {id}, how, done); });
  }
  std::uint64_t counted(std::size_t i, const std::string& name) {
    const auto text = members[i].registry->render();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 2));
  }
  base::result<space_info> info(std::size_t i, const base::space_id& space) {
    return wait_for<space_info>([&](auto done) { at(i).info(space, done); });
  }

  /// True once it holds; false when it does not come within two minutes of the cluster's time.
  template <class Condition>
  bool comes(Condition holds) {
    for (const auto end = clock.wall() + base::duration{120'000}; clock.wall() < end; clock.wait())
      if (holds()) return true;
    return false;
  }
  /// Every running member's own copy has this many memories, and one state.
  bool agree(const base::space_id& space, std::uint64_t memories) {
    return comes([&] {
      std::set<base::hash128> states;
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (!members[i].core) continue;
        const auto got = info(i, space);
        if (!got || got->memories != memories) return false;
        states.insert(got->state_hash);
      }
      return states.size() == 1;
    });
  }

  /// That many spaces, each with one memory that all its replicas hold.
  std::vector<base::space_id> written(int count) {
    std::vector<base::space_id> out;
    for (int n = 0; n < count; ++n) {
      out.push_back(create(0, "s" + std::to_string(n)).identity);
      REQUIRE(comes([&] {
        const auto got = remember(0, out.back(), "old", durability::all);
        return got && got->items.at(0);
      }));
    }
    return out;
  }
  /// In time that memory is read through this member, in every one of them.
  bool readable(std::size_t i, const std::vector<base::space_id>& spaces) {
    return std::all_of(spaces.begin(), spaces.end(), [&](const base::space_id& space) {
      return comes([&] {
        const auto got = read(i, space, "old", {});
        return got && got->size() == 1;
      });
    });
  }

private:
  std::uint64_t starts_ = 0;
};

} // namespace engram::actors
