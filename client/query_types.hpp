#pragma once
// A statement of the query language (docs/query-language.md) as a client asks it, and the one shape
// in which every verb is answered. Plain values.

#include "client/types.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace engram::client {

/// Text (dates too), a number, an embedding, or a list of texts. Never read as part of a statement.
using parameter_value =
    std::variant<std::string, double, std::vector<double>, std::vector<std::string>>;

struct query {
  std::string text;
  std::vector<std::pair<std::string, parameter_value>> parameters; // by name, without the $
  std::optional<base::instant> now;
  bool reinforce = false; // RECALL: count the hits as accesses
  std::string space;      // of several: asked where the statement names none; "": all of them
  read_options read;
};

/// How a memory is from now on. What `changed` leaves empty stays as it was.
struct revision {
  std::string of;             // id of the memory
  episode changed;            // its id: the revision's; empty: made from what changes
  std::optional<double> sure; // in [0, 1]; none: as sure as before
  std::optional<base::instant> now;
  read_options read;
};

using measures = std::vector<std::pair<std::string, double>>;

struct finding {
  std::uint32_t group = 0; // those of one group belong together: a field, an episode, a chapter
  std::string field;       // "memory": the value is an id; "concept": a name; "familiarity"; else
                           // a field of an episode
  std::string value;
  interval confidence;
  std::string source;               // recalled, consolidated, reconstructed, imagined, predicted
  std::vector<std::string> because; // ids of memories that speak for it
  client::measures measures;        // numbers about this finding: activation, similarity, ...
  std::optional<episode> what;      // of a memory, where it can be read
  std::optional<explanation> why;   // EXPLAIN RECALL
  std::vector<spread_step> path;    // SPREAD: the best, from a seed to this memory
  std::string space;                // its name, when several were asked
  std::optional<interval> at_full_coverage; // as in hit
};
struct query_answer {
  std::string verb;
  std::string verdict; // "" or one line: "not enough evidence for who"
  std::vector<finding> findings;
  client::measures measures; // numbers about the whole answer
  client::coverage coverage;
  std::string token;
  std::uint64_t took_us = 0;
};

/// What statements a node understands: for help and completion.
struct language {
  struct clause {
    std::string words; // "MAX HOPS"; "" for the subject
    std::string help;
  };
  struct verb {
    std::string word, help, example;
    std::vector<clause> clauses;
  };
  std::vector<verb> verbs;
  std::vector<std::string> words; // every keyword, ascending
};

} // namespace engram::client
