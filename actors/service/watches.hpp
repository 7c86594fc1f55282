#pragma once
// What happens in a space, as it happens. Part of the service (actors/service.hpp).

#include "actors/events/values.hpp"
#include "actors/service/reply.hpp"
#include "base/id.hpp"

namespace engram::actors {

class watch_service {
public:
  /// What happened in a space since the cursor, or happens before the wait is over. A cursor goes
  /// on at any member. errc::overloaded: too many watch.
  virtual void watch(base::space_id space, watch_request request, reply<watch_reply> done) = 0;

protected:
  ~watch_service() = default;
};

} // namespace engram::actors
