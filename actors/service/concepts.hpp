#pragma once
// What the memories of a space have in common. Part of the service (actors/service.hpp).

#include "actors/concepts/values.hpp"
#include "actors/service/reads.hpp"
#include "actors/service/spaces.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::actors {

struct concepts_request {
  memory::cue cue; // words and an embedding count; empty: the strongest
  std::uint32_t limit = 20;
  read_options read;
};

class concept_service {
public:
  /// Of a replica, made anew if need be; coarsely where none is reached, unless strict.
  virtual void concepts(base::space_id space, concepts_request request,
                        reply<concepts_reply> done) = 0;
  /// Makes the concepts of a space now, on one replica.
  virtual void consolidate(base::space_id space, reply<consolidation_report> done) = 0;
  /// Which of these spaces know about a cue, from what this node holds; asks nobody.
  virtual void knowing(space_selector where, std::vector<std::string> readable, memory::cue cue,
                       std::uint32_t limit, reply<knowing_reply> done) = 0;

protected:
  ~concept_service() = default;
};

} // namespace engram::actors
