#pragma once
// What happens in a space, as it happens. Part of the service (actors/service.hpp).

#include "actors/events/values.hpp"
#include "actors/service/reply.hpp"
#include "actors/service/spaces.hpp"
#include "base/id.hpp"

namespace engram::actors {

class watch_service {
public:
  /// What happened in a space since the cursor, or happens before the wait is over. A cursor goes
  /// on at any member. errc::overloaded: too many watch.
  virtual void watch(base::space_id space, watch_request request, reply<watch_reply> done) = 0;
  /// The same of several spaces at once: those of a selector without names as they are at each
  /// call, one that is new from its beginning. errc::batch_too_large.
  virtual void watch_across(space_selector where, std::vector<std::string> readable,
                            watch_request request, reply<watch_reply> done) = 0;

protected:
  ~watch_service() = default;
};

} // namespace engram::actors
