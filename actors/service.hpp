#pragma once
// What the edge (RPC, HTTP) may ask of a node, by subject. Implemented by actors/node_core;
// declared here so that node/ never sees an actor and actors/ never sees a socket. Who needs one
// subject includes that subject's header alone.
//
// Thread: every call may be made from any thread and returns at once. Rights are checked by the
// edge, which holds the session, with `authority`; the calls trust their caller.

#include "actors/service/cluster.hpp"
#include "actors/service/concepts.hpp"
#include "actors/service/keys.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/reads.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/spaces.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"

namespace engram::actors {

class service : public space_service,
                public key_service,
                public write_service,
                public read_service,
                public recall_service,
                public query_service,
                public concept_service,
                public watch_service,
                public cluster_service {
public:
  virtual ~service() = default;
};

} // namespace engram::actors
