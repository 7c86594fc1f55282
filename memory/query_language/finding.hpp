#pragma once
// What a statement is answered with. Whatever the verb, the answer has one shape: findings, each a
// field with its value, how sure it is, where it comes from, and the memories that speak for it.
// Values only.

#include "memory/types.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engram::memory {

using measures = std::vector<std::pair<std::string, double>>;

struct finding {
  std::uint32_t group = 0; // those of one group belong together: a field, an episode, a chapter
  std::string field;       // "memory": the value is an id; "concept": a name; "familiarity"; else
                           // a field of an episode
  std::string value;
  interval confidence;
  std::string source; // recalled, consolidated, reconstructed, imagined, predicted, ...
  std::vector<std::string> because;    // ids
  memory::measures measures;           // numbers about this finding: activation, similarity, ...
  std::shared_ptr<const episode> what; // of a memory; nullptr: it cannot be read
  std::optional<explanation> why;      // EXPLAIN RECALL
  std::vector<spread_step> path;       // SPREAD: the best, from a seed to this memory
};

struct query_answer {
  std::string verb;
  std::string verdict; // "" or one line: "not enough evidence for who"
  std::vector<finding> findings;
  memory::measures measures; // numbers about the whole answer
  /// What the statement works, in this order; whoever holds the space writes it. Never on the wire.
  std::vector<operation> operations;
};

} // namespace engram::memory
