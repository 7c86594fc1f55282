#pragma once
// Memories by a cue, of one space or several, and by spreading from memories. Part of the service
// (actors/service.hpp).

#include "actors/service/reads.hpp"
#include "actors/service/spaces.hpp"

#include <string>
#include <vector>

namespace engram::actors {

struct recall_request {
  memory::recall_query query; // query.now.ms == 0: the coordinator's clock
  bool reinforce = false;
  bool with_content = true;
  read_options read;
};
struct recall_reply {
  memory::recall_answer answer;
  std::vector<memory_record> content; // one per hit when asked for, else empty
  std::vector<std::string> spaces;    // of each hit when several were asked, else empty
  /// Per hit: contains with 90 % the confidence that a full-coverage answer gives it.
  std::vector<memory::interval> at_full_coverage;
  actors::coverage coverage;
  std::string token; // "" when several spaces were asked
};

struct spread_request {
  memory::spread_query query;
  bool with_content = true;
  read_options read;
};
struct spread_reply {
  memory::spread_answer answer;
  std::vector<memory_record> content;
  actors::coverage coverage;
};

class recall_service {
public:
  virtual void recall(base::space_id space, recall_request request, reply<recall_reply> done) = 0;
  virtual void spread(base::space_id space, spread_request request, reply<spread_reply> done) = 0;
  /// The best of several spaces; those that do not answer are named in its coverage. Of a selector
  /// without names only `readable` (empty: all) is asked. Errors: unknown_space (a name; or nothing
  /// is selected), batch_too_large, what every space refused; strict: unavailable, damaged.
  virtual void recall_across(space_selector where, std::vector<std::string> readable,
                             recall_request request, reply<recall_reply> done) = 0;

protected:
  ~recall_service() = default;
};

} // namespace engram::actors
