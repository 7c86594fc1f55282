#pragma once
// Several spaces of a cluster, as a client holds them: by name or by prefix, found anew by every
// call. Cheap to copy; made by connection::open_spaces, which asks nobody. Thread: the
// connection's.

#include "client/space.hpp"

namespace engram::client {

class space_set {
public:
  space_set(std::shared_ptr<link> shared, space_selector which);

  /// The best of all of them. Spaces that do not answer are named in the answer's coverage.
  promise<recall_answer> recall(recall_query query) const;
  /// Which of them know about the cue, from what the node itself holds: at once, asking nobody.
  promise<knowing_answer> knowing(cue about, std::uint32_t limit = 20) const;

  /// A statement that may say IN SPACE; without, it goes to its `space` or to all. Only RECALL
  /// asks more than one at a time.
  promise<query_answer> ask(query statement) const;
  /// What happened in any of them since a cursor, or happens before the wait is over. A space that
  /// comes later is told from its beginning.
  promise<watch_answer> watch(watch_query query) const;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace engram::client
