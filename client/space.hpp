#pragma once
// A space of a node, as a client holds it: remember, ask, forget. Cheap to copy; made by
// connection::open_space, which asks nobody, so an unknown name shows at the first call.
// Thread: the connection's.

#include "client/event_types.hpp"
#include "client/query_types.hpp"
#include "client/types.hpp"

#include <kj/async.h>

#include <memory>
#include <string>
#include <vector>

namespace engram::client {

class link;
class import_stream;

template <class T>
using promise = kj::Promise<base::result<T>>;

class space {
public:
  space(std::shared_ptr<link> shared, std::string name);

  const std::string& name() const noexcept;
  promise<space_info> info() const;

  // -- writing: one receipt or error per item, in order. At most 1,024 items and 4 MiB a call --
  /// Episodes without an id get one; `ids`, when given, receives those of all.
  promise<write_result> remember(std::vector<episode> episodes, durability d = durability::quorum,
                                 std::vector<std::string>* ids = nullptr) const;
  promise<write_result> associate(std::vector<association> associations,
                                  durability d = durability::quorum) const;
  promise<write_result> forget(std::vector<std::string> ids, forget_mode mode,
                               durability d = durability::quorum) const;

  /// Deletes all that was said by, is about or names the person (`is_source`: that came from the
  /// session of this name), for ever, and makes its bytes unreadable on every replica.
  promise<purge_certificate> purge(std::string name, bool is_source,
                                   durability d = durability::quorum) const;

  /// Changes a memory that was recalled lately (docs/cognition.md); the old one stays.
  promise<query_answer> revise(revision change) const;

  // -- reading --
  /// All versions of the known among `ids`; unknown ones are left out.
  promise<std::vector<memory_record>> get(std::vector<std::string> ids,
                                          read_options read = {}) const;
  promise<recall_answer> recall(recall_query query) const;
  promise<spread_answer> spread(spread_query query) const;
  /// A statement of the query language, of this space. errc::invalid_query: its context tells
  /// where the text is wrong (base/text_fault.hpp).
  promise<query_answer> ask(query statement) const;
  /// What happened since a cursor, or happens before the wait is over.
  promise<watch_answer> watch(watch_query query) const;
  /// A page of all visible memories in a stable order; begin with "" and go on with page.cursor.
  promise<scan_page> scan(std::string cursor, std::uint32_t limit) const;

  // -- concepts --
  /// Of a replica; coarsely, and saying so, where none is reached.
  promise<concepts_answer> concepts(concept_query query) const;
  /// Makes them now, on one replica.
  promise<consolidation> consolidate() const;
  /// A register of the space's own configuration, e.g. share_concepts: on, off.
  promise<write_result> configure(std::string name, std::string value,
                                  durability d = durability::quorum) const;

  /// Opens a stream for many memories (import_stream.hpp), each with an id.
  promise<import_stream> open_import(durability d = durability::quorum) const;
  /// The same for numbered items: what has no id is named by (space, name, number), so that the
  /// same number of the same stream is the same item for ever. `next`: number of the first item to
  /// be pushed, 1 behind the last that is known to be settled.
  promise<import_stream> open_stream(std::string name, std::uint64_t next = 1,
                                     durability d = durability::quorum) const;

  struct state; // internal

private:
  std::shared_ptr<state> state_;
};

} // namespace engram::client
