#include "node/node.hpp"

#include "actors/node_core.hpp"
#include "node/binding.hpp"
#include "node/cluster_side.hpp"
#include "node/data_folder.hpp"
#include "node/edge_server.hpp"
#include "node/system_clock.hpp"
#include "node/system_entropy.hpp"
#include "node/version.hpp"
#include "storage/catalog.hpp"
#include "storage/meta_store.hpp"
#include "storage/rocks/rocks_store.hpp"

#include <unistd.h>

#include <algorithm>
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
  core.feature_max = FEATURE_MAX;
  core.replication_factor = static_cast<std::uint32_t>(from.replication_factor);
  core.concepts.interval = std::chrono::seconds(from.concept_interval_s);
  core.concepts.sheets.bytes_max = from.concept_bytes_max;
  core.replication.replace_after =
      base::duration(static_cast<std::int64_t>(from.replace_after_s) * 1'000);
  core.replication.remove_after =
      base::duration(static_cast<std::int64_t>(from.remove_after_s) * 1'000);
  core.replication.copy_bytes_per_second = from.copy_bytes_per_s;
  core.trim.limits.keep_bytes = from.log_keep_bytes;
  core.trim.limits.keep = base::duration(static_cast<std::int64_t>(from.log_keep_s) * 1'000);
  core.trim.written_min = std::min(core.trim.written_min, from.log_keep_bytes / 4);
  core.trim.interval =
      std::min<std::chrono::nanoseconds>(core.trim.interval, std::chrono::seconds(from.log_keep_s));
  return core;
}

/// It joined others, or holds what another store wrote: then there are some, whether it still knows
/// them or not.
bool has_met_others(const storage::store& folder) {
  const auto own = storage::look_at_folder(folder);
  if (!own || (*own && (*own)->joining)) return true;
  const auto runs = storage::read_meta(folder, "O");
  if (!runs) return true;
  return std::any_of(runs->rows.begin(), runs->rows.end(), [](const auto& each) {
    const auto run = storage::meta::decode_run(each.first, each.second);
    return !run || !run->own;
  });
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
  std::unique_ptr<cluster_side> cluster;
  std::unique_ptr<actors::node_core> core;
  edge_metrics metrics{registry};
  std::optional<edge> shared;
  std::unique_ptr<edge_server> server;
  bool is_stopped = false;

  parts(config chosen, log& to) : settings(std::move(chosen)), logger(to) {}

  base::result<void> open_store();
  base::result<void> refuse_damaged_member();
  base::result<actors::node_config> join(const std::shared_future<void>& give_up);
  base::result<void> refuse_to_found();
  base::result<void> start_core(fatal on_fatal, actors::node_config how);
  base::result<void> open_ports();
  base::result<void> stop();
  void announce(const actors::node_status& status) const;
};

base::result<void> node::parts::open_store() {
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
  return refuse_damaged_member();
}

/// It would limp for good: what it wrote and what it writes cannot be read from it, and others wait
/// for that. A new member in its place has everything in a moment. Alone, it is all there is.
base::result<void> node::parts::refuse_damaged_member() {
  if (store->has_all_tables() || settings.serve_damaged || !has_met_others(*store))
    return base::success();
  return base::error{base::errc::corrupt,
                     "tables of " + folder->store_path() +
                         " cannot be opened; the other members have what was acknowledged by more "
                         "than this one: move the folder away and start with an empty one, as a "
                         "new member, or serve what is left with --serve-damaged"};
}

/// Blocks until an empty folder knows its cluster.
base::result<actors::node_config> node::parts::join(const std::shared_future<void>& give_up) {
  TRY_ASSIGN(cluster, cluster_side::start({settings, logger, clock, entropy, registry}));
  auto how = core_config(settings);
  TRY_ASSIGN(const auto found, storage::look_at_folder(*store));
  if (found) return how;
  TRY_ASSIGN(how.cluster, cluster->find_cluster(give_up));
  how.joining = how.cluster.has_value();
  return how;
}

/// A key made in an empty folder that is to join others would found a cluster of its own.
base::result<void> node::parts::refuse_to_found() {
  TRY_ASSIGN(const auto found, storage::look_at_folder(*store));
  if (found || settings.join.empty() || founds_cluster(settings)) return base::success();
  return base::error{base::errc::invalid_argument,
                     "this folder is empty and joins others: make the key on a member"};
}

base::result<void> node::parts::start_core(fatal on_fatal, actors::node_config how) {
  actors::node_ports ports{*store, clock, entropy, registry, std::move(on_fatal)};
  if (cluster) {
    ports.peers = &cluster->peers();
    ports.membership = &cluster->membership();
  }
  TRY_ASSIGN(core, actors::node_core::start(how, std::move(ports)));
  return base::success();
}

base::result<void> node::parts::open_ports() {
  // Who joins others has no keys of its own, and until theirs have come nobody gets in.
  const bool joins = !settings.join.empty() && !founds_cluster(settings);
  TRY(check_binding(settings, core->key_required() || joins, cluster->has_keys()));
  TRY_ASSIGN(auto status, ask_and_wait<actors::node_status>(
                              [&](auto reply) { core->status(std::move(reply)); }));
  register_process_metrics(registry, clock.wall());
  bool on_loopback = settings.rpc.is_loopback() && settings.http.is_loopback();
  shared.emplace(edge::parts{actors::services::of(*core), metrics, logger, registry, clock, entropy,
                             settings, on_loopback});
  const bool met_others = joins || has_met_others(*store);
  TRY(cluster->open(*shared, *core, status, met_others, folder->path() + "/members"));
  TRY_ASSIGN(server, edge_server::start(*shared, {status.store, status.cluster}));
  announce(status);
  return base::success();
}

void node::parts::announce(const actors::node_status& status) const {
  logger.info("node", "serving",
              {{"version", std::string(version())},
               {"rpc", server->rpc().text()},
               {"http", server->http().text()},
               {"gossip", cluster->bound().text()},
               {"data", folder->path()},
               {"store", status.store.hex()},
               {"cluster", status.cluster.hex()},
               {"origin", status.origin.hex()},
               {"spaces", std::to_string(status.spaces.size())},
               {"tls", settings.has_tls() ? "on" : "off"},
               {"keys", core->key_required() ? "required" : "none yet"}});
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
  if (cluster) {
    cluster->say_goodbye();
    cluster->close_links();
  }
  base::result<void> stopped;
  if (core) stopped = core->stop(); // pings are answered all the while
  if (cluster) cluster->stop();
  server.reset();
  cluster.reset();
  core.reset();
  store.reset();
  folder.reset();
  return stopped;
}

node::node(std::unique_ptr<parts> built) : parts_(std::move(built)) {}

base::result<std::unique_ptr<node>> node::start(config settings, log& to, fatal on_fatal,
                                                std::shared_future<void> give_up) {
  auto built = std::make_unique<parts>(std::move(settings), to);
  const auto open = [&]() -> base::result<void> {
    TRY(built->open_store());
    TRY_ASSIGN(auto how, built->join(give_up));
    TRY(built->start_core(std::move(on_fatal), std::move(how)));
    return built->open_ports();
  };
  const auto opened = open();
  if (!opened) {
    auto ignored = built->stop();
    (void)ignored;
    return opened.error();
  }
  return std::unique_ptr<node>(new node(std::move(built)));
}

base::result<std::string> node::create_admin_key(const config& settings, log& to) {
  parts closed(settings, to);
  auto opened = closed.open_store();
  if (opened) opened = closed.refuse_to_found();
  if (opened) opened = closed.start_core([](const base::error&) {}, core_config(settings));
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
const address& node::gossip() const { return parts_->cluster->bound(); }
actors::service& node::service() { return *parts_->core; }
const base::registry& node::metrics() const { return parts_->registry; }
base::result<void> node::stop() { return parts_->stop(); }

} // namespace engram::node
