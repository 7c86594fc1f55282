#pragma once
// What a coordinator asks of a replica, and the port it goes through. A replica in this process and
// one behind a peer link are asked alike; who asks cannot tell them apart. Values only, but for the
// stage, which lives in the asker's process.

#include "actors/core/scatter.hpp"
#include "actors/service/concepts.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <variant>

namespace engram::actors {

struct write_op {
  memory::operation what;
  std::string id; // the operation's; "" = a memory's own id, or its content
};
struct write_ask {
  std::vector<write_op> operations;
  durability wanted = durability::quorum;
};
struct get_ask {
  std::vector<std::string> ids;
};
struct recall_ask {
  memory::recall_query query;
  bool with_content = true;
};
struct spread_ask {
  memory::spread_query query;
  bool with_content = true;
};
/// A statement that a replica answers by itself.
struct query_ask {
  std::string text;
  memory::query_parameters parameters;
  base::instant now;
  bool works = false; // it writes: nobody else is asked unless this one certainly did not
};
struct scan_ask {
  std::string cursor;
  std::uint32_t limit = 0;
};
struct watch_ask {
  watch_request asked;
};
struct info_ask {};
/// All that the replica has durable, whether or not it is applied yet.
struct vector_ask {};
struct vector_reply {
  std::string vector; // as a token, of any length
};
/// `cue` empty: the strongest.
struct concepts_ask {
  memory::cue cue;
  std::uint32_t limit = 20;
};
struct consolidate_ask {};
/// Re-reads the copy from its disk; `rebuild`: its state is wrong, another's is taken.
struct audit_ask {
  bool rebuild = false;
};
struct audit {
  std::uint64_t digest = 0; // of the vector that the state belongs to
  std::vector<base::hash128> buckets;
  bool damaged = false; // what was read is not what was written
  bool rebuilding = false;
};

/// How far a write has come: after `logged` nobody can say it did not happen, before nobody can say
/// it did. Whoever moves it away from `waiting` first decides.
enum class write_stage : std::uint8_t { waiting, logged, expired };

struct ask {
  base::space_id space;
  std::string token;       // the replica waits until it has applied what this names
  base::instant now;       // of the coordinator's clock
  nanoseconds deadline{0}; // of this process's monotonic clock
  std::variant<write_ask, get_ask, recall_ask, spread_ask, query_ask, scan_ask, info_ask,
               vector_ask, concepts_ask, consolidate_ask, audit_ask, purge_ask, watch_ask>
      what;
  std::atomic<write_stage> stage{write_stage::waiting};
};

using answer = std::variant<write_reply, std::vector<memory_record>, recall_reply, spread_reply,
                            query_reply, scan_page, space_info, vector_reply, concepts_reply,
                            consolidation_report, audit, purge_reply, watch_reply>;

class exchange {
public:
  virtual ~exchange() = default;
  /// `done` is called exactly once, from any thread, perhaps before this returns. A write is sent
  /// once, and the replica may take its operations out; any other ask is shared.
  virtual void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) = 0;
};

} // namespace engram::actors
