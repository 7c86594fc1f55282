#pragma once
// What a client says and hears, as plain values: the client's own copy of the engine's vocabulary,
// so that a program which talks to a node links neither the engine nor the schema's readers.
// docs/glossary.md decides the words. Times are base::instant (UTC milliseconds).

#include "client/concept_types.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/quantise.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "client/cluster_types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace engram::client {

// -- what is remembered --

/// What happened. `text` is required; without an `id` the library draws one (a UUIDv7) before the
/// first attempt, so that every retry is the same memory.
struct episode {
  std::string id;
  std::string text;
  std::string title;
  std::string speaker;
  std::vector<std::string> who; // people present or concerned
  std::string place;
  std::string session; // conversation, package, file: what it happened in
  std::vector<std::string> tags;
  std::optional<base::instant> when;
  std::optional<base::quantised> embedding; // base::quantise() makes it from floats
  double confidence = 0.9;
  std::int64_t order = 0; // position within (when, session)

  friend bool operator==(const episode&, const episode&) = default;
};

/// A typed, directed link between two memories of one space.
struct association {
  std::string source, target;
  std::string kind;    // [a-z0-9_-]{1,32}
  double weight = 1.0; // in (0, 1]

  friend bool operator==(const association&, const association&) = default;
};

enum class durability : std::uint8_t { quorum, local, all };
enum class forget_mode : std::uint8_t { suppress, restore, erase };

struct receipt {
  bool known = false; // was already there, with the same content
  std::uint64_t hlc = 0;
  durability achieved = durability::local;
  std::uint16_t copies = 1;
};

/// One receipt or error for each item, in the order given. `token` lets a read see these writes.
struct write_result {
  std::vector<base::result<receipt>> items;
  std::string token;
};

// -- what is asked --

/// Any mix; all given parts work together, and at least one is needed.
struct cue {
  std::string text;
  std::optional<base::quantised> vector;
  std::optional<base::instant> from, until; // from <= when < until
  std::string place;
  std::vector<std::string> who;
  std::vector<std::string> tags; // required
  std::vector<std::string> tags_excluded;
  std::vector<std::string> like; // ids of memories to start from
};

enum class read_level : std::uint8_t {
  any,    // what the first replica has; with a token: at least that
  quorum, // all that a majority of the replicas hold, or errc::too_few_replicas
};

struct read_options {
  std::string token;          // see at least the writes of this causal token
  base::duration deadline{0}; // 0: the node's default
  bool strict = false;        // an error instead of a partial answer
  read_level level = read_level::any;
};

/// Which spaces, of those that the key may read at the time of the call.
struct space_selector {
  std::vector<std::string> names; // these; none:
  std::string prefix;             // all whose name begins with it
};

/// A memory that the asker has just met: it and its neighbours come easier.
struct prime {
  std::string id;
  std::optional<base::instant> at; // unknown: now
};

struct recall_query {
  client::cue cue;
  std::uint32_t limit = 10;
  bool spread = true; // false: the same seeds and cues without associations
  bool explain = false;
  double confidence_min = 0;
  std::optional<base::instant> now;
  bool reinforce = false; // count the hits as accesses: for agents, not for evaluation
  bool with_content = true;
  std::vector<prime> primes;
  read_options read;
};

struct spread_query {
  std::vector<std::string> from; // ids of memories
  client::cue cue;
  std::vector<std::string> kinds; // empty: all
  std::uint32_t hops = 3;
  double decay = 0.5;
  double threshold = 0.01;
  std::uint32_t fan = 64;     // associations followed from each memory
  std::uint32_t budget = 384; // memories that pass on in one hop, the most activated
  std::uint32_t limit = 50;
  std::optional<base::instant> now;
  bool with_content = true;
  read_options read;
};

// -- what comes back --

/// Asked and not seen, and what its first replica said.
struct missing_space {
  std::string name;
  base::error why;
  std::optional<knowledge> known; // about the cue, as far as the node was told
};
/// How much of the memory an answer saw.
struct coverage {
  std::uint32_t spaces_asked = 0, spaces_answered = 0, replicas_asked = 0, replicas_answered = 0;
  /// `stale_ms` of a copy that was not compared with the others since it was opened: a year.
  static constexpr std::uint64_t never_compared_ms = 31'536'000'000;
  std::uint64_t memories = 0, damaged = 0, stale_ms = 0;
  std::uint64_t lagging = 0; // entries that others said they hold, not seen
  interval missing;          // share of the full-coverage top-k that is not here, 90 %
  std::vector<missing_space> missing_spaces;
};

struct cue_share {
  std::string cue;
  double first_hand = 0, by_association = 0;
};
struct association_share {
  std::string from, kind, detail;
  double weight = 0, amount = 0;
};
struct explanation {
  std::vector<cue_share> cues;
  std::vector<association_share> associations;
  std::vector<std::pair<std::string, double>> factors;
  double retention = 1;
  double distinctness = 1; // that it is not taken for one of the other hits
};

struct hit {
  episode what; // only the id when content was not asked for
  double score = 0, activation = 0;
  interval confidence;
  std::optional<explanation> why;
  base::instant stored_at;
  std::string space; // its name, when several were asked
  /// Contains with 90 % the confidence that an answer of full coverage gives; none: exactly this.
  std::optional<interval> at_full_coverage;
};
struct recall_answer {
  std::vector<hit> hits; // best first
  std::uint64_t considered = 0;
  client::coverage coverage;
  std::string token;
  std::uint64_t took_us = 0;
};

struct spread_step {
  std::string from, to, kind;
  double amount = 0;
};
struct activated {
  episode what;
  double activation = 0;
  std::vector<spread_step> path; // from a seed to this memory
};
struct spread_answer {
  std::vector<activated> memories; // best first, seeds included
  std::uint32_t rounds = 0;
  client::coverage coverage;
  std::uint64_t took_us = 0;
};

/// One version of a memory.
struct memory_record {
  episode what;
  base::instant stored_at;
  bool suppressed = false;
  std::uint64_t access_count = 0;
  std::optional<base::instant> last_access;
  double retention = 1;
  std::vector<association> associations; // outgoing, stated
};
struct scan_page {
  std::vector<memory_record> records;
  std::string cursor; // empty: that was the last page
};

struct concept_query {
  client::cue cue; // words and an embedding count; empty: the strongest
  std::uint32_t limit = 20;
  read_options read; // strict: of a replica or not at all
};

// -- spaces, keys, the node --

struct space_spec {
  std::string name;            // [a-z0-9][a-z0-9_-]{0,63}
  std::uint32_t dimension = 0; // of embeddings; 0: text only
  std::string language;        // empty: english
};
struct space_info {
  space_spec spec;
  std::string identity; // hex
  std::uint32_t generation = 1;
  std::uint64_t memories = 0, associations = 0, suppressed = 0, graves = 0, damaged = 0;
  std::uint64_t memory_bytes = 0;
  bool parked = false;
  std::string state_hash; // hex
};

enum class scope : std::uint8_t { read, write, admin };
struct key_spec {
  std::string label;
  client::scope scope = scope::read;
  std::vector<std::string> spaces; // empty: all
};
struct key_info {
  std::string id;
  key_spec spec;
  base::instant created;
  bool revoked = false;
};
struct new_key {
  key_info info;
  std::string secret; // shown once
};

/// What a node says of itself before anybody authenticates.
struct peer_info {
  std::string version;
  std::string cluster, store; // hex
  std::uint16_t feature_min = 0, feature_max = 0;
  bool key_required = false;
};

struct node_status {
  std::string version, store, cluster, origin; // ids in hex
  base::duration uptime{0};
  bool ready = false, accepting_writes = false;
  std::string verdict; // one line for a person
  std::vector<space_info> spaces;
  std::uint64_t bytes_on_disk = 0, bytes_free = 0, bytes_resident = 0;
  base::instant now;
};

} // namespace engram::client
