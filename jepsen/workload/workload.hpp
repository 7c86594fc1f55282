#pragma once
// What clients do during a run: which operations are invoked, how they are carried out through the
// client library, and what is read in the end. One object serves all workers; a worker's own state
// is its session. The type of every completion comes from the error's certainty.
// Thread: any; what workers share is atomic.

#include "base/random.hpp"
#include "jepsen/history/op.hpp"
#include "jepsen/workload/client_side.hpp"

#include <memory>
#include <string>
#include <vector>

namespace engram::jepsen {

/// Of one worker, until an operation's outcome is unknown: then the process is a new one.
struct session {
  int slot = 0, slots = 1; // workers
  int nodes = 1;
  base::random draw{1};
  std::int64_t made = 0;          // elements, over all of the slot's processes
  std::vector<std::int64_t> own;  // acknowledged, of this process
  std::string token, token_name;  // causal, and as the history names it
  std::vector<std::int64_t> seen; // what the token promises
  bool token_is_fresh = false;
  bool by_quorum = false; // the token's write was acknowledged by one

  /// Different for every call of every worker.
  std::int64_t fresh() { return slot + slots * made++; }
  int any_node() { return 1 + static_cast<int>(draw.below(static_cast<std::uint64_t>(nodes))); }
  void crash() {
    own.clear();
    seen.clear();
    token.clear();
    token_name.clear();
  }
};

struct workload_options {
  std::string durability;     // of every write whose workload draws one; empty: drawn
  bool local_writes = true;   // false where one store's data may be harmed
  std::size_t text_bytes = 0; // of what causal and set remember, at least
};

class workload {
public:
  virtual ~workload() = default;

  /// Created before the run; their names begin with the workload's.
  virtual std::vector<std::string> spaces() const = 0;
  /// Before the first operation; at one node.
  virtual base::result<void> prepare(client_side&) { return base::success(); }
  virtual op next(session& of) = 0;
  virtual op perform(const op& invoked, session& of, client_side& through) = 0;
  /// What to read at every node after the heal.
  virtual std::vector<op> finals() = 0;
};

/// "set", "forget" ... errc::invalid_argument: no such.
base::result<std::unique_ptr<workload>> make_workload(const std::string& name,
                                                      const workload_options& options);
const std::vector<std::string>& workload_names();

// -- what workloads are made of --

op invocation(const std::string& f, const std::string& space, json value, int node);
/// Remembers one episode: ok with `value`, or the error of the call or of the item.
op remember_one(const op& invoked, client_side& through, client::episode what, json value,
                std::string* token = nullptr);
/// The numbers behind `prefix` in the ids of all memories of the op's space.
op read_all(const op& invoked, client_side& through, const std::string& prefix);
/// The number behind a one-letter prefix: "e17" -> 17; -1: none.
std::int64_t number_of(const std::string& id);
/// The text, with words behind it that say nothing, until it is so long.
std::string padded(std::string text, std::size_t bytes);
/// How a history names a token.
std::string name_of_token(const std::string& token);
client::durability durability_of(const op& invoked);

std::unique_ptr<workload> make_set(const workload_options& options);
std::unique_ptr<workload> make_forget(const workload_options& options);
std::unique_ptr<workload> make_causal(const workload_options& options);
std::unique_ptr<workload> make_register(const workload_options& options);
std::unique_ptr<workload> make_counter(const workload_options& options);
std::unique_ptr<workload> make_recall(const workload_options& options);
std::unique_ptr<workload> make_concepts(const workload_options& options);
std::unique_ptr<workload> make_stream(const workload_options& options);
std::unique_ptr<workload> make_spaces(const workload_options& options);

} // namespace engram::jepsen
