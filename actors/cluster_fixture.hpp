#pragma once
// For tests: several node cores in one process, linked by calls instead of sockets. Links can be
// cut, members stopped and started again on their stores; membership is what the test says. The
// clock runs: replicas speak at their own pace, and tests wait for what they expect.

#include "actors/node_fixture.hpp"

#include <deque>
#include <shared_mutex>

namespace engram::actors {

/// Time that runs by itself, a little faster than outside.
class running_clock final : public base::clock {
public:
  running_clock() {
    thread_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      while (!stopping_) {
        ticked_.wait_for(lock, std::chrono::milliseconds(1));
        time_.advance(base::duration{2});
        ticked_.notify_all();
      }
    });
  }
  ~running_clock() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    thread_.join();
  }
  base::instant wall() const override { return time_.wall(); }
  std::chrono::nanoseconds monotonic() const override { return time_.monotonic(); }
  /// Returns when time has moved on.
  void wait() {
    std::unique_lock lock(mutex_);
    ticked_.wait(lock);
  }

private:
  manual_clock time_;
  std::mutex mutex_;
  std::condition_variable ticked_;
  bool stopping_ = false;
  std::thread thread_;
};

class random_entropy final : public base::entropy {
public:
  explicit random_entropy(std::uint64_t seed) : random_(seed) {}
  base::hash128 draw() override { return random_.hash(); }

private:
  base::random random_;
};

/// Who is reachable, and from where.
class switchboard {
public:
  void plug(const std::string& address, const base::store_id& store, peer_sink* sink) {
    const std::unique_lock lock(mutex_);
    ports_[address] = {store, sink};
  }
  void unplug(const std::string& address) {
    const std::unique_lock lock(mutex_);
    ports_[address].sink = nullptr;
  }
  void cut(const std::string& a, const std::string& b, bool off = true) {
    const std::unique_lock lock(mutex_);
    for (const auto& pair : {std::pair(a, b), std::pair(b, a)})
      off ? (void)cut_.insert(pair) : (void)cut_.erase(pair);
  }
  /// From now on messages to `to` arrive only when let_through() is called, in their order.
  void hold(const std::string& to) {
    const std::unique_lock lock(mutex_);
    held_.try_emplace(to);
  }
  /// The next of those held, or all of them, and no more are held then.
  bool let_one_through(const std::string& to) {
    message next;
    {
      const std::unique_lock lock(mutex_);
      auto& queue = held_.at(to);
      if (queue.empty()) return false;
      next = std::move(queue.front());
      queue.pop_front();
    }
    hand_over(next.from, to, next.on, std::move(next.bytes));
    return true;
  }
  void let_through(const std::string& to) {
    while (let_one_through(to)) {
    }
    const std::unique_lock lock(mutex_);
    held_.erase(to);
  }
  void deliver(const std::string& from, const std::string& to, channel on, std::string bytes) {
    {
      const std::unique_lock lock(mutex_);
      if (const auto queue = held_.find(to); queue != held_.end())
        return queue->second.push_back({from, std::move(bytes), on});
    }
    hand_over(from, to, on, std::move(bytes));
  }
  bool ask_of(const std::string& from, const std::string& to, std::shared_ptr<ask> what,
              reply<answer> done) const {
    const std::shared_lock lock(mutex_);
    auto* sink = reach(from, to);
    if (sink != nullptr) sink->asked(identity(from), std::move(what), std::move(done));
    return sink != nullptr;
  }

private:
  struct port {
    base::store_id store;
    peer_sink* sink = nullptr;
  };
  struct message {
    std::string from, bytes;
    channel on = channel::replication;
  };
  void hand_over(const std::string& from, const std::string& to, channel on,
                 std::string bytes) const {
    const std::shared_lock lock(mutex_);
    if (auto* sink = reach(from, to)) sink->message_arrived(identity(from), on, std::move(bytes));
  }
  peer_sink* reach(const std::string& from, const std::string& to) const {
    const auto found = ports_.find(to);
    return found == ports_.end() || cut_.contains({from, to}) ? nullptr : found->second.sink;
  }
  peer_identity identity(const std::string& of) const {
    peer_identity out;
    out.store = ports_.at(of).store;
    out.address = of;
    return out;
  }

  mutable std::shared_mutex mutex_;
  std::map<std::string, port> ports_;
  std::set<std::pair<std::string, std::string>> cut_;
  std::map<std::string, std::deque<message>> held_; // by whom they are for
};

class switched_net final : public peer_net {
public:
  switched_net(switchboard& board, std::string own) : board_(board), own_(std::move(own)) {}
  void send(const std::string& address, channel on, std::string message) override {
    board_.deliver(own_, address, on, std::move(message));
  }
  void introduce(const base::store_id& member, const std::string& address) override {
    const std::lock_guard lock(mutex_);
    addresses_[member] = address;
  }
  void forget(const base::store_id& member) override {
    const std::lock_guard lock(mutex_);
    addresses_.erase(member);
  }
  void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) override {
    std::string address;
    {
      const std::lock_guard lock(mutex_);
      address = addresses_[to];
    }
    if (!board_.ask_of(own_, address, std::move(what), done))
      done(base::error{base::errc::unavailable, "no link"});
  }

private:
  switchboard& board_;
  std::string own_;
  std::mutex mutex_;
  std::map<base::store_id, std::string> addresses_;
};

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
    std::unique_ptr<random_entropy> entropy;
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
    m.entropy = std::make_unique<random_entropy>(++starts_ * 7919 + i);
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

private:
  std::uint64_t starts_ = 0;
};

} // namespace engram::actors
