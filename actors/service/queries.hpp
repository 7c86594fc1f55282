#pragma once
// Statements of the query language. Part of the service (actors/service.hpp).

#include "actors/service/reads.hpp"
#include "actors/service/spaces.hpp"
#include "memory/query_language/bind.hpp"
#include "memory/query_language/finding.hpp"

#include <string>
#include <vector>

namespace engram::actors {

/// A statement of the query language (docs/query-language.md) and the values of its parameters.
struct query_request {
  std::string text;
  memory::query_parameters parameters;
  base::instant now;      // 0: the coordinator's clock
  bool reinforce = false; // RECALL: count as an access of what is returned
  std::string space;      // of several: asked where the statement names none; "": all of them
  read_options read;
};
struct query_reply {
  memory::query_answer answer;
  std::vector<std::string> spaces; // of each finding when several were asked, else empty
  /// Per finding, of a RECALL: as in recall_reply.
  std::vector<memory::interval> at_full_coverage;
  actors::coverage coverage;
  std::string token; // "" when several spaces were asked
};

class query_service {
public:
  /// A statement, answered by one replica. CONSOLIDATE works there: needs_write() of it.
  /// errc::invalid_query tells where the text is wrong (base/text_fault.hpp).
  virtual void query(base::space_id space, query_request request, reply<query_reply> done) = 0;
  /// The same where it may say IN SPACE. Only RECALL asks more than one space at a time.
  virtual void query_across(space_selector where, std::vector<std::string> readable,
                            query_request request, reply<query_reply> done) = 0;

protected:
  ~query_service() = default;
};

} // namespace engram::actors
