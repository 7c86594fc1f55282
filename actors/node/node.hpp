#pragma once
// node_core as it is built: directory, log, pool, supervisor, replica, driver, and the service on
// top of them. Every request takes a credit, a route and the driver, whether its space lies here or
// elsewhere. Order of members is order of construction; stop() undoes it.

#include "actors/compute_pool.hpp"
#include "actors/concepts/concept_host.hpp"
#include "actors/core/admission.hpp"
#include "actors/core/driver.hpp"
#include "actors/events/watch_desk.hpp"
#include "actors/events/watch_host.hpp"
#include "actors/log/trimmer.hpp"
#include "actors/node/directory_host.hpp"
#include "actors/node/metrics.hpp"
#include "actors/node/reinforcement.hpp"
#include "actors/node_core.hpp"
#include "actors/purge/purge_host.hpp"
#include "actors/replication/replication.hpp"
#include "actors/space/local_replica.hpp"
#include "actors/space/supervisor.hpp"
#include "membership/feature_level.hpp"
#include "membership/succession.hpp"
#include "membership/topology.hpp"

#include <condition_variable>
#include <thread>

namespace engram::actors {

struct bound_statement;

/// The entropy port for many threads.
class shared_entropy final : public base::entropy {
public:
  explicit shared_entropy(base::entropy& from) : from_(from) {}
  base::hash128 draw() override {
    const std::lock_guard lock(mutex_);
    return from_.draw();
  }

private:
  std::mutex mutex_;
  base::entropy& from_;
};

/// Errors: invalid_argument: no such member, or not dead, or not up; too_few_replicas: no heirs.
base::result<void> may_retire(const std::vector<member_info>& members, const base::store_id& who,
                              bool dead, const membership::directory& d);

class node final : public node_core,
                   private peer_sink,
                   private actors::exchange,
                   private copies_port,
                   private replication_host {
public:
  node(node_config config, node_ports ports, storage::catalog catalog, apply_probe probe);
  ~node() override;
  base::result<void> open();

  void create_space(space_spec spec, reply<space_info> done) override;
  void resolve(std::string name, reply<space_info> done) override;
  void list_spaces(reply<std::vector<space_info>> done) override;
  void drop_space(std::string name, reply<void> done) override;

  void create_key(key_spec spec, reply<new_key> done) override;
  void list_keys(reply<std::vector<key_info>> done) override;
  void revoke_key(std::string id, reply<void> done) override;
  void authenticate(std::string secret, reply<authority> done) override;
  bool in_force(const authority& who) const override;
  base::result<authority> anonymous() const override;
  bool key_required() const override;

  void remember(base::space_id space, std::vector<memory::episode> what, durability d,
                reply<write_reply> done) override;
  void associate(base::space_id space, std::vector<memory::association> what, durability d,
                 reply<write_reply> done) override;
  void forget(base::space_id space, std::vector<std::string> ids, memory::forget_mode mode,
              durability d, reply<write_reply> done) override;
  void append(base::space_id space, std::vector<stream_item> items, durability d,
              reply<write_reply> done) override;
  void get(base::space_id space, std::vector<std::string> ids, read_options read,
           reply<std::vector<memory_record>> done) override;
  void recall(base::space_id space, recall_request request, reply<recall_reply> done) override;
  void spread(base::space_id space, spread_request request, reply<spread_reply> done) override;
  void recall_across(space_selector where, std::vector<std::string> readable,
                     recall_request request, reply<recall_reply> done) override;
  void query(base::space_id space, query_request request, reply<query_reply> done) override;
  void query_across(space_selector where, std::vector<std::string> readable, query_request request,
                    reply<query_reply> done) override;
  void watch(base::space_id space, watch_request request, reply<watch_reply> done) override;
  void watch_across(space_selector where, std::vector<std::string> readable, watch_request request,
                    reply<watch_reply> done) override;
  void scan(base::space_id space, std::string cursor, std::uint32_t limit,
            reply<scan_page> done) override;
  void info(base::space_id space, reply<space_info> done) override;
  void configure(base::space_id space, std::string name, std::string value, durability d,
                 reply<write_reply> done) override;
  void concepts(base::space_id space, concepts_request request,
                reply<concepts_reply> done) override;
  void consolidate(base::space_id space, reply<consolidation_report> done) override;
  void knowing(space_selector where, std::vector<std::string> readable, memory::cue cue,
               std::uint32_t limit, reply<knowing_reply> done) override;
  void purge(base::space_id space, memory::purge_target target, durability d,
             reply<purge_certificate> done) override;
  void status(reply<node_status> done) override;
  void cluster(reply<cluster_info> done) override;
  void leave(reply<void> done) override;
  void retire(base::store_id member, bool dead, reply<void> done) override;
  void plan(topology_change change, reply<topology_plan> done) override;
  void repair(std::string space, reply<std::vector<space_comparison>> done) override;
  void upgrade(reply<std::uint32_t> done) override;

  void tick() override;
  void drain(std::function<void()> done) override;
  base::result<void> stop() override;
  peer_sink& sink() override { return *this; }
  void set_members(std::vector<member_info> members) override;

  void message_arrived(const peer_identity& from, channel on, std::string message) override;
  void asked(const peer_identity& from, std::shared_ptr<ask> what, reply<answer> done) override;

private:
  // -- among others (cluster.cpp) --
  void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) override;
  void await(const base::space_id& space, std::vector<storage::needed_entries> needs,
             durability wanted, reply<std::size_t> done) override;
  void await_directory(std::vector<storage::needed_entries> needs, reply<void> done);
  base::result<std::size_t> directory_copies() const;
  void answer_known(std::shared_ptr<ask> what, reply<answer> done);
  void answer_early(bool all);
  std::optional<std::vector<storage::trim_floors>>
  trim_floors_of(const base::space_id& space, const std::vector<storage::vector_row>& rows);
  std::vector<base::store_id> placement_of(const base::space_id& space) override;
  void want(const base::space_id& space) override;
  std::shared_ptr<space_slot> find(const base::space_id& space) override;
  void exchange_copy(const base::space_id& space, std::function<void()> work) override;
  void apply_directory(std::vector<storage::tail_entry> entries) override;
  void run_forked(const base::error& why) override;
  void drop_copy(const base::space_id& space, reply<void> done);
  void joined() override {
    if (joining_.exchange(false)) log_.joined();
  }

  // -- who goes (succession.cpp) --
  std::vector<membership::standing> standings() const;
  std::vector<member_info> members_now() const;
  /// The feature level that a member says it knows; 1 of one that is not known.
  std::uint32_t knows_at_most(const base::store_id& member) const;
  void settle_members(bool changed);
  void open_moved(const std::vector<membership::member>& before,
                  const std::vector<membership::member>& after);
  bool is_retired() const;
  bool is_first_alive() const;
  void give_up_long_dead();
  void hand_over();
  bool handed_over();
  void let_go_of_strays();

  // -- changes of the whole (topology.cpp) --
  base::result<std::vector<membership::member>> members_after(const topology_change& change) const;
  void weigh_moves(std::vector<membership::replica_move> moves, topology_plan out,
                   reply<topology_plan> done);
  void ask_audit(const base::store_id& who, std::shared_ptr<ask> what, reply<audit> done);
  void answer_audit(const ask& what, reply<answer> done);
  void repair_one(const membership::space_row& row, reply<space_comparison> done);
  std::vector<membership::advertisement> advertisements() const;
  std::uint32_t level() const;
  /// The cluster writes what this version does not know.
  bool is_outdated() const { return level() > config_.feature_max; }
  base::result<void> may_serve() const;
  void raise_level(std::uint32_t to, reply<void> done);
  void look_at_level();

  using clock_time = std::chrono::nanoseconds;

  // -- requests --
  void write(base::space_id space, write_ask what, std::uint64_t bytes, reply<write_reply> done);
  template <class Answer, class What>
  void read(base::space_id space, What what, const read_options& how, reply<Answer> done);
  /// Those of its replicas that know what is asked. errc::incompatible: none does.
  base::result<route> route_to(const ask& what) const;
  template <class Answer, class What>
  void read_on(base::space_id space, What what, std::string token, bool strict, clock_time began,
               base::duration deadline, reply<Answer> done);
  void seen_by_majority(const base::space_id& space, std::string token, clock_time until,
                        reply<std::string> done);
  template <class T>
  void refuse(const reply<T>& done, const base::error& why) {
    metrics_.refused(why);
    done(why);
  }
  /// Per row: the token to ask its space with, or why it is not asked.
  using tokens = std::vector<base::result<std::string>>;
  void set_now(memory::recall_query& query) const;
  void gather(std::vector<membership::space_row> rows, recall_request request,
              reply<recall_reply> done);
  void gather_on(std::vector<membership::space_row> rows, const tokens& with,
                 recall_request request, clock_time began, reply<recall_reply> done);
  void answer_statement(base::space_id space, query_request request, const bound_statement& asked,
                        reply<query_reply> done);
  static bool is_out_of_reach(const base::error& why);
  // -- watching (watches.cpp) --
  struct watch_run;
  void watch_one(base::space_id space, watch_request request, base::duration deadline,
                 reply<watch_reply> done);
  void ask_round(const std::shared_ptr<watch_run>& run);
  void took(const std::shared_ptr<watch_run>& run, std::uint64_t round, std::size_t which,
            base::result<watch_reply> got);
  void answer_coarsely(const std::vector<membership::space_row>& rows, const memory::cue& cue,
                       recall_reply& to);
  void reinforce_across(const std::vector<membership::space_row>& rows, const recall_reply& given,
                        base::instant at);
  void reinforce(const base::space_id& space, const std::vector<memory::hit>& hits,
                 base::instant at);
  // -- purging (purge.cpp) --
  struct purge_run;
  template <class What>
  void ask_replicas(const std::shared_ptr<purge_run>& run, const What& what,
                    std::function<void()> then);
  void delete_purged(const std::shared_ptr<purge_run>& run, const std::set<base::memory_key>& keys);
  void confirm_purge(const std::shared_ptr<purge_run>& run);

  void give_write(std::uint64_t bytes);
  void give_read();
  base::duration deadline_of(base::duration asked) const;

  // -- spaces --
  void propose(directory_host::judge decide, reply<void> done);
  void open_space(const base::space_id& space, reply<std::shared_ptr<space_slot>> done);
  void info_of(const membership::space_row& row, reply<space_info> done);
  space_info glance(const membership::space_row& row) const;
  void erase_dropped();
  void warm_up();

  cluster_info look_at_cluster();
  std::string held_only_here();
  std::string verdict() const;
  void run_ticks();

  const node_config config_;
  node_ports ports_;
  shared_entropy entropy_;
  node_metrics metrics_;
  const base::store_id store_;
  const base::hash128 cluster_;
  const clock_time started_;

  mutable std::mutex admission_mutex_;
  std::condition_variable drained_;
  admission admission_;
  std::vector<std::function<void()>> on_drained_;

  log_thread log_;
  compute_pool pool_;
  trimmer trimmer_;
  std::unique_ptr<directory_host> directory_;
  supervisor supervisor_;
  concept_host concepts_;
  purge_host purges_;
  watch_host watches_;
  watch_desk watchers_;
  local_replica replica_;
  router router_;
  std::unique_ptr<replication> replication_; // none: a cluster of one for ever
  driver driver_;
  struct early_ask {
    std::shared_ptr<ask> what;
    reply<answer> done;
    clock_time until;
  };
  std::atomic<bool> joining_; // the directory has not come yet
  bool told_of_fork_ = false; // replication's thread
  std::mutex early_mutex_;
  std::vector<early_ask> early_;
  mutable std::mutex members_mutex_;
  std::atomic<bool> members_told_{false}; // before: this node may be alone or not
  std::vector<member_info> members_;
  std::mutex placing_mutex_; // before members_mutex_, and never with the directory's reversed
  membership::succession succession_;
  membership::feature_level feature_level_;
  std::shared_ptr<std::atomic<bool>> handing_over_ = std::make_shared<std::atomic<bool>>(false);
  reinforcement reinforcement_;
  clock_time supervised_{0};

  std::mutex ticker_mutex_;
  std::condition_variable ticker_wake_;
  bool ticker_stop_ = false;
  std::thread ticker_;
  bool stopped_ = false;
};

/// node_core::start with a defect to plant, for tests.
base::result<std::unique_ptr<node_core>> start_node(node_config config, node_ports ports,
                                                    apply_probe probe = {});

} // namespace engram::actors
