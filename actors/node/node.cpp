#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::chrono::milliseconds supervise_interval{500};

std::uint32_t at_least(std::uint32_t value, std::uint32_t otherwise) {
  return value == 0 ? otherwise : value;
}

memory::limits bounds_of(const node_config& config) {
  memory::limits out;
  out.text_bytes_max = config.text_bytes_max;
  return out;
}

} // namespace

base::result<std::unique_ptr<node_core>> node_core::start(node_config config, node_ports ports) {
  return start_node(config, std::move(ports));
}

base::result<std::unique_ptr<node_core>> start_node(node_config config, node_ports ports,
                                                    apply_probe probe) {
  storage::opening how;
  how.cluster = config.cluster;
  how.new_identity = config.new_identity;
  how.joining = config.joining;
  TRY_ASSIGN(auto catalog,
             storage::catalog::open(ports.store, ports.entropy, ports.clock.wall(), how));
  auto out = std::make_unique<node>(config, std::move(ports), std::move(catalog), std::move(probe));
  TRY(out->open());
  return std::unique_ptr<node_core>(std::move(out));
}

node::node(node_config config, node_ports ports, storage::catalog catalog, apply_probe probe)
    : config_(config), ports_(std::move(ports)), entropy_(ports_.entropy),
      metrics_(ports_.registry), store_(catalog.folder().store), cluster_(catalog.folder().cluster),
      started_(ports_.clock.monotonic()),
      admission_({config.write_bytes_max, config.compute_queue_max}),
      log_(ports_.store, std::move(catalog), ports_.clock, ports_.registry,
           {config.disk_reserve_bytes, ports_.fatal}),
      pool_(config.compute_threads, config.compute_queue_max, ports_.registry),
      trimmer_(ports_.store, log_, pool_, ports_.clock, ports_.registry, config.trim,
               [this](const base::space_id& space, const std::vector<storage::vector_row>& rows) {
                 return trim_floors_of(space, rows);
               }),
      supervisor_(ports_.store, log_, pool_, ports_.clock, ports_.registry, std::move(probe),
                  {at_least(config.actor_threads, 2),
                   {.restarts_max = 5,
                    .window = std::chrono::minutes(10),
                    .memory_bytes_max = config.memory_budget_bytes},
                   *this,
                   [this](const std::shared_ptr<space_slot>& slot) {
                     if (replication_)
                       replication_->opened(slot);
                     else
                       slot->serve();
                   }}),
      concepts_(
          {pool_, ports_.clock, ports_.registry, ports_.peers, store_, config.concepts,
           entropy_.draw().low,
           [this](const base::space_id& space) {
             return directory_->read(
                 [&](const membership::directory& d) { return d.dropped(space); });
           },
           [this](const base::space_id& space) { return router_.find(space).placed.holds(store_); },
           [this] { return supervisor_.open_slots(); }}),
      purges_({ports_.store, log_, ports_.registry, [this] { return supervisor_.open_slots(); }}),
      watches_({ports_.store, pool_, ports_.clock, entropy_,
                [this](const base::origin_id& origin) { return log_.run_number(origin); }}),
      watchers_(ports_.registry.add_gauge("engram_actors_watches", "Watches under way")),
      replica_({ports_.store, pool_, ports_.clock, entropy_, log_.self(), bounds_of(config),
                [this](const base::space_id& space, reply<std::shared_ptr<space_slot>> done) {
                  open_space(space, std::move(done));
                },
                [this](const base::space_id& space, reply<version_vector> done) {
                  if (replication_)
                    replication_->durable_vector(space, std::move(done));
                  else
                    done(version_vector{});
                },
                [this](auto slot, auto what, auto done) {
                  concepts_.take(std::move(slot), std::move(what), std::move(done));
                },
                [this](auto slot, nanoseconds deadline, auto done) {
                  concepts_.conceive(std::move(slot), deadline, std::move(done));
                },
                [this](auto slot, auto what, auto done) {
                  watches_.take(std::move(slot), std::move(what), std::move(done));
                },
                [this](const base::space_id& space, std::vector<memory::operation> work,
                       reply<write_reply> done) {
                  write_ask asked;
                  for (auto& each : work) asked.operations.push_back({std::move(each), {}});
                  const auto bytes = asked.operations.size() * std::uint64_t{4096};
                  write(space, std::move(asked), bytes, std::move(done));
                },
                [this](auto slot, auto what, auto done) {
                  purges_.take(std::move(slot), std::move(what), std::move(done));
                }}),
      router_(store_, config.replication_factor), driver_(ports_.clock, *this),
      joining_(log_.is_joining()),
      succession_(
          {.replace_after = std::chrono::milliseconds(config.replication.replace_after.count()),
           .pause_in_zone = std::chrono::milliseconds(config.replication.replace_after.count()),
           .remove_after = std::chrono::milliseconds(config.replication.remove_after.count())}) {
  if (ports_.peers != nullptr) {
    replication_ = std::make_unique<replication>(
        replication::parts{store_, ports_.store, log_, pool_, ports_.clock, entropy_,
                           ports_.registry, *ports_.peers, *this, config_.replication});
    log_.set_tap(replication_.get());
  }
  members_ = {{store_, {}, membership::member_state::alive, 0}};
  members_told_ = ports_.peers == nullptr; // else membership tells
  settle_members(true);
}

node::~node() { (void)stop(); }

base::result<void> node::open() {
  // Snapshots that the last run did not finish.
  log_.use([](storage::log_writer& log, storage::catalog& runs) { runs.drop_staged(log.notes()); });
  TRY_ASSIGN(directory_, directory_host::open(ports_.store, log_, entropy_));
  if (replication_) {
    directory_->set_gate([this](std::vector<storage::needed_entries> needs, reply<void> done) {
      await_directory(std::move(needs), std::move(done));
    });
    replication_->start();
  }
  erase_dropped();
  warm_up();
  if (config_.tick.count() > 0) ticker_ = std::thread([this] { run_ticks(); });
  return base::success();
}

/// A drop is durable before its bytes are gone; a crash in between leaves them to the next start.
void node::erase_dropped() {
  for (const auto& space : log_.kept_spaces())
    if (directory_->read([&](const membership::directory& d) { return d.dropped(space); }))
      log_.drop(space);
}

/// Opening takes seconds for a large space; better before the first request than in it.
void node::warm_up() {
  if (config_.memory_budget_bytes != 0) return; // then on first use, as the budget allows
  for (const auto& space : log_.kept_spaces())
    if (directory_->read([&](const membership::directory& d) { return d.find(space); }))
      want(space);
}

void node::run_ticks() {
  std::unique_lock lock(ticker_mutex_);
  while (!ticker_wake_.wait_for(lock, config_.tick, [&] { return ticker_stop_; })) {
    lock.unlock();
    tick();
    lock.lock();
  }
}

void node::tick() {
  driver_.tick();
  answer_early(false);
  for (auto& [space, operations] : reinforcement_.take()) {
    const auto count = operations.size();
    auto counted = [this, count](const base::result<write_reply>& got) {
      (got ? metrics_.reinforced : metrics_.reinforcements_dropped).add(count);
    };
    write(space, {std::move(operations), durability::local}, count * 1024, std::move(counted));
  }
  const auto now = ports_.clock.monotonic();
  if (config_.tick.count() > 0 && now - supervised_ < supervise_interval) return;
  supervised_ = now;
  settle_members(false);
  give_up_long_dead();
  hand_over();
  let_go_of_strays();
  look_at_level();
  supervisor_.tick();
  trimmer_.tick();
  concepts_.tick();
  purges_.tick();
  std::int64_t bytes = 0, memories = 0, damaged = 0;
  const auto slots = supervisor_.open_slots();
  for (const auto& slot : slots) {
    const auto view = slot->view();
    bytes += static_cast<std::int64_t>(view->state->counts.memory_bytes);
    memories += static_cast<std::int64_t>(view->state->counts.memories);
    damaged += static_cast<std::int64_t>(view->state->counts.damaged + slot->lost_at_open);
  }
  metrics_.spaces_open.set(static_cast<std::int64_t>(slots.size()));
  metrics_.memories.set(memories);
  metrics_.damaged.set(damaged);
  metrics_.memory_bytes.set(bytes);
  metrics_.requests_under_way.set(static_cast<std::int64_t>(driver_.under_way()));
}

void node::drain(std::function<void()> done) {
  watchers_.close(); // else they would hold it up
  {
    const std::lock_guard lock(admission_mutex_);
    admission_.drain();
    if (admission_.writes() != 0) {
      on_drained_.push_back(std::move(done));
      return;
    }
  }
  done();
}

base::result<void> node::stop() {
  if (std::exchange(stopped_, true)) return base::success();
  watchers_.close();
  {
    std::unique_lock lock(admission_mutex_);
    admission_.drain();
    const auto idle = [&] { return admission_.writes() == 0 && admission_.reads() == 0; };
    drained_.wait_for(lock, config_.drain_max, [&] { return admission_.writes() == 0; });
    admission_.close();
    drained_.wait_for(lock, config_.drain_max, idle);
  }
  {
    const std::lock_guard lock(ticker_mutex_);
    ticker_stop_ = true;
  }
  ticker_wake_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  answer_early(true);
  if (replication_) replication_->stop();
  concepts_.stop();
  purges_.stop();
  supervisor_.stop();
  driver_.close();
  pool_.stop();
  { // whoever brings an answer now may still be giving its read back
    std::unique_lock lock(admission_mutex_);
    drained_.wait_for(lock, config_.drain_max, [&] { return admission_.reads() == 0; });
  }
  const auto settled = log_.settle(); // what was applied is durable, with its vector
  TRY(log_.stop());
  TRY(settled);
  return ports_.store.flush();
}

} // namespace engram::actors
