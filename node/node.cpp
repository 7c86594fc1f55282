#include "node/node.hpp"

#include "actors/node_core.hpp"
#include "node/binding.hpp"
#include "node/data_folder.hpp"
#include "node/edge_server.hpp"
#include "node/net/gossip_socket.hpp"
#include "node/system_clock.hpp"
#include "node/system_entropy.hpp"
#include "node/version.hpp"
#include "storage/rocks/rocks_store.hpp"

#include <unistd.h>

#include <future>

namespace engram::node {

namespace {

std::uint64_t memory_budget(const config& settings) {
  if (settings.memory_budget_bytes > 0) return settings.memory_budget_bytes;
  auto pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) / 10 * 6;
}

actors::node_config core_config(const config& from) {
  actors::node_config core;
  core.deadline = base::duration(from.deadline_ms);
  core.deadline_max = base::duration(from.deadline_max_ms);
  core.drain_max = base::duration(from.drain_ms);
  core.compute_threads = static_cast<std::uint32_t>(from.compute_threads);
  core.compute_queue_max = static_cast<std::uint32_t>(from.compute_queue_max);
  core.actor_threads = static_cast<std::uint32_t>(from.actor_threads);
  core.write_bytes_max = from.write_bytes_max;
  core.disk_reserve_bytes = from.disk_reserve_bytes;
  core.memory_budget_bytes = memory_budget(from);
  core.text_bytes_max = static_cast<std::uint32_t>(from.text_bytes_max);
  core.new_identity = from.new_identity;
  return core;
}

/// For start and stop, which may block.
template <class T, class Start>
base::result<T> ask_and_wait(Start&& start) {
  auto promise = std::make_shared<std::promise<base::result<T>>>();
  auto answer = promise->get_future();
  start(actors::reply<T>([promise](base::result<T> got) { promise->set_value(std::move(got)); }));
  return answer.get();
}

} // namespace

struct node::parts {
  config settings;
  log& logger;
  std::optional<data_folder> folder;
  system_clock clock;
  system_entropy entropy;
  base::registry registry;
  std::unique_ptr<storage::rocks_store> store;
  std::unique_ptr<actors::node_core> core;
  edge_metrics metrics{registry};
  std::optional<edge> shared;
  std::unique_ptr<gossip_socket> gossip;
  std::unique_ptr<edge_server> server;
  bool is_stopped = false;

  parts(config chosen, log& to) : settings(std::move(chosen)), logger(to) {}

  base::result<void> open_store(fatal on_fatal);
  base::result<void> open_ports();
  base::result<void> stop();
  void announce(const actors::node_status& status) const;
};

base::result<void> node::parts::open_store(fatal on_fatal) {
  TRY_ASSIGN(auto opened, data_folder::open(settings.data));
  folder.emplace(std::move(opened));
  if (folder->is_open_to_others()) {
    logger.warn("node", "others may read the data folder", {{"data", folder->path()}});
  }
  storage::rocks_config rocks;
  rocks.folder = folder->store_path();
  auto& found = registry.add_counter("engram_node_damage_found_total",
                                     "Damaged places met in the data folder, each once.");
  rocks.on_damage = [this, &found](const base::error& what) {
    found.add();
    logger.error("storage", "damage found on disk", {{"what", what.message()}});
  };
  TRY_ASSIGN(store, storage::rocks_store::open(rocks));
  TRY_ASSIGN(core,
             actors::node_core::start(core_config(settings),
                                      {*store, clock, entropy, registry, std::move(on_fatal)}));
  return base::success();
}

base::result<void> node::parts::open_ports() {
  TRY(check_binding(settings, core->key_required()));
  TRY_ASSIGN(auto status, ask_and_wait<actors::node_status>(
                              [&](auto reply) { core->status(std::move(reply)); }));
  register_process_metrics(registry, clock.wall());
  bool on_loopback = settings.rpc.is_loopback() && settings.http.is_loopback();
  shared.emplace(
      edge::parts{*core, metrics, logger, registry, clock, entropy, settings, on_loopback});
  TRY_ASSIGN(gossip,
             gossip_socket::open(settings.gossip, status.cluster, registry, logger, nullptr));
  TRY_ASSIGN(server, edge_server::start(*shared, {status.store, status.cluster}));
  announce(status);
  return base::success();
}

void node::parts::announce(const actors::node_status& status) const {
  logger.info("node", "serving",
              {{"version", std::string(version())},
               {"rpc", server->rpc().text()},
               {"http", server->http().text()},
               {"gossip", gossip->bound().text()},
               {"data", folder->path()},
               {"store", status.store.hex()},
               {"origin", status.origin.hex()},
               {"spaces", std::to_string(status.spaces.size())},
               {"tls", settings.has_tls() ? "on" : "off"},
               {"keys", core->key_required() ? "required" : "none yet"}});
  if (!settings.join.empty()) {
    logger.warn("node", "this release runs clusters of one: nobody was joined",
                {{"asked", std::to_string(settings.join.size())}});
  }
}

base::result<void> node::parts::stop() {
  if (std::exchange(is_stopped, true)) return base::success();
  if (shared) shared->start_draining();
  if (server) {
    // The core lets writes finish while the edge still carries their answers.
    core->drain([] {});
    server->drain(base::duration(settings.drain_ms));
    server->stop();
  }
  gossip.reset();
  base::result<void> stopped;
  if (core) stopped = core->stop();
  server.reset();
  core.reset();
  store.reset();
  folder.reset();
  return stopped;
}

node::node(std::unique_ptr<parts> built) : parts_(std::move(built)) {}

base::result<std::unique_ptr<node>> node::start(config settings, log& to, fatal on_fatal) {
  auto built = std::make_unique<parts>(std::move(settings), to);
  auto opened = built->open_store(std::move(on_fatal));
  if (opened) opened = built->open_ports();
  if (!opened) {
    auto ignored = built->stop();
    (void)ignored;
    return opened.error();
  }
  return std::unique_ptr<node>(new node(std::move(built)));
}

base::result<std::string> node::create_admin_key(const config& settings, log& to) {
  parts closed(settings, to);
  auto opened = closed.open_store([](const base::error&) {});
  base::result<actors::new_key> made = base::error{base::errc::internal, ""};
  if (opened) {
    actors::key_spec spec{"made offline", actors::scope::admin, {}};
    made = ask_and_wait<actors::new_key>(
        [&](auto reply) { closed.core->create_key(std::move(spec), std::move(reply)); });
  }
  auto stopped = closed.stop();
  if (!opened) return opened.error();
  if (!made) return made.error();
  if (!stopped) return stopped.error();
  return made->secret;
}

node::~node() {
  auto ignored = stop();
  (void)ignored;
}

const address& node::rpc() const { return parts_->server->rpc(); }
const address& node::http() const { return parts_->server->http(); }
const address& node::gossip() const { return parts_->gossip->bound(); }
actors::service& node::service() { return *parts_->core; }
const base::registry& node::metrics() const { return parts_->registry; }
base::result<void> node::stop() { return parts_->stop(); }

} // namespace engram::node
