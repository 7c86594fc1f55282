#pragma once
// What the edge (RPC, HTTP) may ask of a node, and how it hears back. Implemented by
// actors/node_core; declared here so that node/ never sees an actor and actors/ never sees a
// socket.
//
// Thread: every call may be made from any thread and returns at once. A reply is called exactly
// once, on some thread of the callee's, and must not block. Rights are checked by the edge, which
// holds the session, with `authority`; the calls below trust their caller.

#include "actors/cluster_values.hpp"
#include "actors/concepts/values.hpp"
#include "actors/events/values.hpp"
#include "actors/purge/values.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "memory/query_language/bind.hpp"
#include "memory/query_language/finding.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace engram::actors {

template <class T>
using reply = std::function<void(base::result<T>)>;

enum class durability : std::uint8_t { quorum = 0, local = 1, all = 2 };

struct space_spec {
  std::string name;
  std::uint32_t dimension = 0;
  std::string language = "english";
};

struct space_info {
  space_spec spec;
  base::space_id identity;
  std::uint32_t generation = 1;
  std::uint64_t memories = 0, associations = 0, suppressed = 0, graves = 0, damaged = 0;
  std::uint64_t memory_bytes = 0;
  bool parked = false;
  base::hash128 state_hash;
  std::uint64_t entries = 0;    // of its logs, trimmed ones too
  std::uint64_t disk_bytes = 0; // of this replica, roughly
};

struct receipt {
  bool known = false; // already there: the same id with the same content
  base::hlc stamp;
  durability achieved = durability::local;
  std::uint16_t copies = 1;
};
using receipts = std::vector<base::result<receipt>>; // one per item, in order

struct write_reply {
  receipts items;
  std::string token; // causal: a read that gives it back sees these writes
};

enum class read_level : std::uint8_t {
  any = 0,    // what the first replica has; with a token: at least that
  quorum = 1, // all that a majority of the replicas hold, or errc::too_few_replicas
};

struct read_options {
  std::string token;          // causal token; "" = any
  base::duration deadline{0}; // 0 = the node's default
  bool strict = false;
  read_level level = read_level::any;
};

/// Which spaces, by the names they have at that moment.
struct space_selector {
  std::vector<std::string> names; // these; none:
  std::string prefix;             // all whose name begins with it
};

struct missing_space {
  std::string name;
  base::error why;                // what its first replica said
  std::optional<knowledge> known; // from its sheet, where one is here
};
struct coverage {
  std::uint32_t spaces_asked = 1, spaces_answered = 1, replicas_asked = 1, replicas_answered = 1;
  std::uint64_t memories = 0, damaged = 0, stale_ms = 0;
  std::uint64_t lagging = 0; // entries that others said they hold, not seen here
  memory::interval missing;  // share of the full-coverage top-k that is not here, 90 %
  std::vector<missing_space> missing_spaces; // by name
};

struct memory_record {
  memory::episode what;
  base::instant stored_at;
  bool suppressed = false;
  std::uint64_t access_count = 0;
  std::optional<base::instant> last_access;
  double retention = 1;
  std::vector<memory::association> associations;
};

struct recall_request {
  memory::recall_query query; // query.now.ms == 0: the coordinator's clock
  bool reinforce = false;
  bool with_content = true;
  read_options read;
};
struct recall_reply {
  memory::recall_answer answer;
  std::vector<memory_record> content; // one per hit when asked for, else empty
  std::vector<std::string> spaces;    // of each hit when several were asked, else empty
  /// Per hit: contains with 90 % the confidence that a full-coverage answer gives it.
  std::vector<memory::interval> at_full_coverage;
  actors::coverage coverage;
  std::string token; // "" when several spaces were asked
};

struct spread_request {
  memory::spread_query query;
  bool with_content = true;
  read_options read;
};
struct spread_reply {
  memory::spread_answer answer;
  std::vector<memory_record> content;
  actors::coverage coverage;
};

/// A statement of the query language (docs/query-language.md) and the values of its parameters.
struct query_request {
  std::string text;
  memory::query_parameters parameters;
  base::instant now;      // 0: the coordinator's clock
  bool reinforce = false; // RECALL: count as an access of what is returned
  std::string space;      // of several: asked where the statement names none; "": all of them
  read_options read;
};
struct query_reply {
  memory::query_answer answer;
  std::vector<std::string> spaces; // of each finding when several were asked, else empty
  /// Per finding, of a RECALL: as in recall_reply.
  std::vector<memory::interval> at_full_coverage;
  actors::coverage coverage;
  std::string token; // "" when several spaces were asked
};

struct scan_page {
  std::vector<memory_record> records;
  std::string cursor; // "" = the end
};

struct concepts_request {
  memory::cue cue; // words and an embedding count; empty: the strongest
  std::uint32_t limit = 20;
  read_options read;
};

enum class scope : std::uint8_t { read = 0, write = 1, admin = 2 };
struct key_spec {
  std::string label;
  actors::scope scope = scope::read;
  std::vector<std::string> spaces; // empty = all
};
struct key_info {
  std::string id;
  key_spec spec;
  base::instant created;
  bool revoked = false;
};
struct new_key {
  key_info info;
  std::string secret;
}; // the secret is shown once, stored hashed

/// What an authenticated session may do, for as long as service::in_force says so.
struct authority {
  std::string key_id; // "" = anonymous, in force while no key exists
  key_spec spec;
};

struct node_status {
  base::store_id store;
  base::hash128 cluster;
  base::origin_id origin;
  base::duration uptime{0};
  bool ready = false;
  bool accepting_writes = false;
  std::string verdict;
  std::vector<space_info> spaces;
  std::uint64_t bytes_on_disk = 0, bytes_free = 0, bytes_resident = 0;
  base::instant now;
};

/// Of a stream, under its operation id; "": an episode's own id, an association's content.
struct stream_item {
  std::variant<memory::episode, memory::association> what;
  std::string id;
};

class service {
public:
  virtual ~service() = default;

  // -- spaces (the directory) --
  virtual void create_space(space_spec spec, reply<space_info> done) = 0; // idempotent
  virtual void resolve(std::string name, reply<space_info> done) = 0;     // opens it if need be
  virtual void list_spaces(reply<std::vector<space_info>> done) = 0;
  virtual void drop_space(std::string name, reply<void> done) = 0;

  // -- keys --
  virtual void create_key(key_spec spec, reply<new_key> done) = 0;
  virtual void list_keys(reply<std::vector<key_info>> done) = 0;
  virtual void revoke_key(std::string id, reply<void> done) = 0;
  virtual void authenticate(std::string secret, reply<authority> done) = 0;
  /// Still valid? Cheap, no message: checked on every capability call.
  virtual bool in_force(const authority& who) const = 0;
  /// Whether any key exists (then anonymous sessions are refused).
  virtual bool key_required() const = 0;

  // -- memories of one space --
  virtual void remember(base::space_id space, std::vector<memory::episode> what, durability d,
                        reply<write_reply> done) = 0;
  virtual void associate(base::space_id space, std::vector<memory::association> what, durability d,
                         reply<write_reply> done) = 0;
  virtual void forget(base::space_id space, std::vector<std::string> ids, memory::forget_mode mode,
                      durability d, reply<write_reply> done) = 0;
  /// Episodes and associations together, judged in their order.
  virtual void append(base::space_id space, std::vector<stream_item> items, durability d,
                      reply<write_reply> done) = 0;
  virtual void get(base::space_id space, std::vector<std::string> ids, read_options read,
                   reply<std::vector<memory_record>> done) = 0;
  virtual void recall(base::space_id space, recall_request request, reply<recall_reply> done) = 0;
  virtual void spread(base::space_id space, spread_request request, reply<spread_reply> done) = 0;
  /// The best of several spaces; those that do not answer are named in its coverage. Of a selector
  /// without names only `readable` (empty: all) is asked. Errors: unknown_space (a name; or nothing
  /// is selected), batch_too_large, what every space refused; strict: unavailable, damaged.
  virtual void recall_across(space_selector where, std::vector<std::string> readable,
                             recall_request request, reply<recall_reply> done) = 0;
  /// A statement, answered by one replica. CONSOLIDATE works there: needs_write() of it.
  /// errc::invalid_query tells where the text is wrong (base/text_fault.hpp).
  virtual void query(base::space_id space, query_request request, reply<query_reply> done) = 0;
  /// The same where it may say IN SPACE. Only RECALL asks more than one space at a time.
  virtual void query_across(space_selector where, std::vector<std::string> readable,
                            query_request request, reply<query_reply> done) = 0;
  /// What happened in a space since the cursor, or happens before the wait is over. A cursor goes
  /// on at any member. errc::overloaded: too many watch.
  virtual void watch(base::space_id space, watch_request request, reply<watch_reply> done) = 0;
  virtual void scan(base::space_id space, std::string cursor, std::uint32_t limit,
                    reply<scan_page> done) = 0;
  virtual void info(base::space_id space, reply<space_info> done) = 0;
  /// A register of the space's own configuration (memory/settings.hpp).
  virtual void configure(base::space_id space, std::string name, std::string value, durability d,
                         reply<write_reply> done) = 0;

  // -- concepts --
  /// Of a replica, made anew if need be; coarsely where none is reached, unless strict.
  virtual void concepts(base::space_id space, concepts_request request,
                        reply<concepts_reply> done) = 0;
  /// Makes the concepts of a space now, on one replica.
  virtual void consolidate(base::space_id space, reply<consolidation_report> done) = 0;
  /// Which of these spaces know about a cue, from what this node holds; asks nobody.
  virtual void knowing(space_selector where, std::vector<std::string> readable, memory::cue cue,
                       std::uint32_t limit, reply<knowing_reply> done) = 0;

  /// Deletes all that a person's or a source's purge covers, for ever, and makes every replica
  /// rewrite what held it. A replica that could not confirm is named; ask again when it is back.
  virtual void purge(base::space_id space, memory::purge_target target, durability d,
                     reply<purge_certificate> done) = 0;

  virtual void status(reply<node_status> done) = 0;

  virtual void cluster(reply<cluster_info> done) = 0;
  /// This node goes for good: nobody waits for it any more. errc::too_few_replicas: it would take
  /// the last copy of something with it; errc::unavailable: it is a cluster of one.
  virtual void leave(reply<void> done) = 0;
  /// A member goes for good, said by any node: one that is up hands over first and then leaves, one
  /// that is `dead` is not waited for any more. Again: the same. errc::invalid_argument: it is no
  /// member, or not dead, or not up; errc::too_few_replicas: no majority, or nobody to take over.
  virtual void retire(base::store_id member, bool dead, reply<void> done) = 0;
  /// What a change would move; nothing happens. errc::invalid_argument: no such member.
  virtual void plan(topology_change change, reply<topology_plan> done) = 0;
  /// Every replica of a space, or of all (""), is read anew and compared with the others; damaged
  /// and diverged ones begin to take a good one's copy. Again: how far that is.
  virtual void repair(std::string space, reply<std::vector<space_comparison>> done) = 0;
  /// Raises the feature level to what all members know. errc::too_few_replicas: no majority.
  virtual void upgrade(reply<std::uint32_t> done) = 0;
};

} // namespace engram::actors
