#pragma once
// What belongs into the empty fields of a partial episode. Every memory that shares something with
// it votes for what it has there, in bodies of evidence that are pooled (opinion_pool.hpp):
//   - memories near in time, rank^-1 (temporal contiguity, Kahana 1996);
//   - memories like it in words or meaning, likeness^3 (Hintzman 1984);
//   - memories of the same place, tag, person, session: those nearest in time, rank^-0.7 (Anderson
//     and Schooler 1991);
//   - the two that stand beside it in its session.
// A field says how sure it is, where that comes from, what else it might be, or that there is not
// enough evidence. Pure. Reads at most 64 memories for each body.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"

#include <string>
#include <vector>

namespace engram::memory {

/// Where a completed value comes from.
enum class completion_source : std::uint8_t {
  recalled,      // one memory with (nearly) the same words says so
  reconstructed, // several memories that share parts
  imagined       // nothing but how common it is
};
std::string_view to_string(completion_source source) noexcept;

struct completed_value {
  std::string value; // of `when`: the month, as 2023-05
  interval confidence;
  completion_source source = completion_source::imagined;
  std::vector<std::string> because; // ids of memories that speak for it, the weightiest first
};

struct completed_field {
  episode_field field = episode_field::what;
  bool enough_evidence = false;
  std::vector<completed_value> values; // best first: the answer, then its alternatives
};

struct complete_answer {
  std::vector<completed_field> fields; // in the order asked for
};

complete_answer complete(const snapshot& on, const recall_setting& setting,
                         const complete_query& query, const episode_reader& read);

} // namespace engram::memory
