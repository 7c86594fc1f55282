#pragma once
// The vocabulary of the engine: what is remembered, what is asked, what comes back. Values only; no
// I/O, no clock, no threads. docs/glossary.md decides the words.

#include "base/hash.hpp"
#include "base/hlc.hpp"
#include "base/id.hpp"
#include "base/math.hpp"
#include "base/quantise.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace engram::memory {

/// int8 vector: x_i ~ values[i] * scale (architecture §6). The client library makes it, so that
/// every node hashes the same bytes.
using embedding = base::quantised;

/// What a client gives. Everything here but `order` is under the content hash.
struct episode {
  std::string id;                // 1..256 bytes of UTF-8, chosen by the client
  std::string text;              // what happened; not empty
  std::string title;             // optional name, e.g. of an article
  std::string speaker;           // who says or did it; "" = unknown
  std::vector<std::string> who;  // people present or concerned; sorted, unique in canonical form
  std::string place;             // where; "" = unknown
  std::string session;           // conversation, package, file: what it happened in
  std::vector<std::string> tags; // sorted, unique in canonical form
  std::optional<base::instant> when; // when it happened
  std::optional<memory::embedding> embedding;
  double confidence = 0.9; // encoding confidence in [0, 1]; kept in 1/65535 steps
  std::int64_t order = 0;  // position within (when, session), set by importers
};

/// A typed, directed association between two memories of one space, by id.
struct association {
  std::string source, target;
  std::string kind;    // [a-z0-9_-]{1,32}, e.g. "hypernym"
  double weight = 1.0; // in (0, 1]
};

enum class forget_mode : std::uint8_t { suppress = 1, restore = 2, erase = 3 }; // persisted values

// -- operations: what an entry's payload says --

/// Persisted entry kinds; 32 and up belong to the directory (membership/directory.hpp).
enum class entry_kind : std::uint8_t {
  remember = 1,
  associate = 2,
  forget = 3,
  access = 4,
  configure = 5,
  purge = 6
};

struct remember_op {
  episode what;
};
struct associate_op {
  association what;
};
struct forget_op {
  std::string id;
  forget_mode mode = forget_mode::suppress;
};
/// One recall's reinforcement: which memories were returned, when (1 s resolution is kept).
struct access_op {
  std::vector<base::memory_key> keys;
  base::instant at;
};
/// A register of the space's own configuration.
struct configure_op {
  std::string name;
  std::string value;
};
/// Deletes all of these. Names none of them, so that the log tells nothing of what was purged.
struct purge_op {
  std::vector<base::memory_key> keys;
};
using operation =
    std::variant<remember_op, associate_op, forget_op, access_op, configure_op, purge_op>;

/// What the log adds to an operation; the same on every replica.
struct entry_meta {
  base::origin_id origin;
  std::uint64_t sequence = 0;
  base::hlc stamp;
  base::hash128 operation;         // hash of the operation id: last tie-break of registers
  std::uint32_t origin_number = 0; // local alias of origin; never in a hash, only in local keys
};

// -- configuration of a space --

struct space_config {
  base::space_id identity;
  std::string name;
  std::uint32_t dimension = 0;      // of embeddings; 0 = text only
  std::string language = "english"; // of text: a libstemmer algorithm, or "none"
};

// -- cues and queries --

/// Any mix; all given parts work together. At least one part is required.
struct cue {
  std::string text;
  std::optional<memory::embedding> vector;
  std::optional<base::instant> from, until; // half-open: from <= when < until
  std::string place;
  std::vector<std::string> who;  // people
  std::vector<std::string> tags; // required
  std::vector<std::string> tags_excluded;
  std::vector<std::string> like; // ids of memories to start from
};

/// Something the asker has just met.
struct prime {
  std::string id;
  base::instant at;
};

struct recall_query {
  memory::cue cue;
  std::uint32_t limit = 10; // 1..1000
  bool spread = true;       // false: same seeds and cues, no associations
  bool explain = false;
  double confidence_min = 0; // hits below are left out
  std::vector<prime> primes; // of any order; what is met twice stands twice
  base::instant now;         // decay is measured against it; travels with the query
};

/// Point estimate with its 90 % interval, all in [0, 1], low <= point <= high.
struct interval {
  double low = 0, point = 0, high = 0;
};

/// How one cue, or one association, contributed to a hit. Shares sum to the activation.
struct cue_share {
  std::string cue;           // the word, "phrase", "title", "vector", "who", ...
  double first_hand = 0;     // evidence the memory carries itself
  double by_association = 0; // evidence that spread to it
};
struct association_share {
  std::string from;   // id of the sending memory
  std::string kind;   // "next", "reply", "session", "rare-term", "title", or an explicit kind
  std::string detail; // e.g. the shared term
  double weight = 0;
  double amount = 0;
};
struct explanation {
  std::vector<cue_share> cues;                         // largest first
  std::vector<association_share> associations;         // largest first, at most 8
  std::vector<std::pair<std::string, double>> factors; // "date", "person", ...: multipliers
  double retention = 1;                                // forgetting factor that was applied
  /// That it is not taken for one of the other hits (recall/interference.hpp). Not applied.
  double distinctness = 1;
};

struct hit {
  std::uint32_t ordinal = 0; // local to the snapshot; for fetching the content
  std::string id;
  base::q32 score;      // ranks compare this, then id
  base::q32 activation; // before factors and forgetting
  interval confidence;  // was this remembered right?
  std::optional<explanation> why;
};

struct recall_answer {
  std::vector<hit> hits;        // best first
  std::uint64_t considered = 0; // memories that received any activation
};

struct spread_query {
  std::vector<std::string> from;  // ids
  memory::cue cue;                // or seeds by cue; either may be empty, not both
  std::vector<std::string> kinds; // explicit kinds to follow; empty = all kinds and all indexes
  std::uint32_t hops = 3;         // 1..8
  double decay = 0.5;             // per hop, in (0, 1]
  double threshold = 0.01;        // activation below is not passed on
  std::uint32_t fan = 64;         // associations followed per memory: first by (weight, id)
  std::uint32_t budget = 384;     // memories that pass on in one hop: first by (activation, id)
  std::uint32_t limit = 50;
  base::instant now;
};

struct spread_step {
  std::string from, to, kind;
  double amount = 0;
};
struct activated {
  std::uint32_t ordinal = 0;
  std::string id;
  base::q32 activation;
  std::vector<spread_step> best_path; // from a seed to this memory
};
struct spread_answer {
  std::vector<activated> memories; // best first; seeds included
  std::uint32_t rounds = 0;
};

} // namespace engram::memory
