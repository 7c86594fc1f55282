#pragma once
// The capabilities of a client, from the bootstrap object to a space: who holds one may ask what
// its key allows, checked again on every call, since a key may have been revoked since. They are
// owned by their connection and end with it. Thread: the connection's event loop.

#include "node/edge.hpp"
#include "schema/client.capnp.h"

namespace engram::node {

/// What `hello` says, fixed while the node runs.
struct node_identity {
  base::store_id store;
  base::hash128 cluster;
};

class bootstrap_server final : public schema::Engram::Server {
public:
  bootstrap_server(edge& owner, node_identity identity) : edge_(owner), identity_(identity) {}
  kj::Promise<void> hello(HelloContext context) override;
  kj::Promise<void> authenticate(AuthenticateContext context) override;

private:
  edge& edge_;
  node_identity identity_;
};

class session_server final : public schema::Session::Server {
public:
  session_server(edge& owner, actors::authority who) : edge_(owner), who_(std::move(who)) {}
  kj::Promise<void> space(SpaceContext context) override;
  kj::Promise<void> createSpace(CreateSpaceContext context) override;
  kj::Promise<void> listSpaces(ListSpacesContext context) override;
  kj::Promise<void> dropSpace(DropSpaceContext context) override;
  kj::Promise<void> createKey(CreateKeyContext context) override;
  kj::Promise<void> listKeys(ListKeysContext context) override;
  kj::Promise<void> revokeKey(RevokeKeyContext context) override;
  kj::Promise<void> status(StatusContext context) override;
  kj::Promise<void> cluster(ClusterContext context) override;
  kj::Promise<void> leave(LeaveContext context) override;
  kj::Promise<void> retire(RetireContext context) override;
  kj::Promise<void> plan(PlanContext context) override;
  kj::Promise<void> repair(RepairContext context) override;
  kj::Promise<void> upgrade(UpgradeContext context) override;
  kj::Promise<void> spaces(SpacesContext context) override;
  kj::Promise<void> language(LanguageContext context) override;

private:
  template <class Context>
  bool may_manage(Context& context);

  edge& edge_;
  actors::authority who_;
};

/// Several spaces: what the selector means to the key is found anew by every call.
class spaces_server final : public schema::MemorySpaces::Server {
public:
  spaces_server(edge& owner, actors::authority who, actors::space_selector which)
      : edge_(owner), who_(std::move(who)), which_(std::move(which)) {}
  kj::Promise<void> recall(RecallContext context) override;
  kj::Promise<void> knowing(KnowingContext context) override;
  kj::Promise<void> query(QueryContext context) override;
  kj::Promise<void> watch(WatchContext context) override;

private:
  edge& edge_;
  actors::authority who_;
  actors::space_selector which_;
};

class space_server final : public schema::MemorySpace::Server {
public:
  space_server(edge& owner, actors::authority who, std::string name, base::space_id id)
      : edge_(owner), who_(std::move(who)), name_(std::move(name)), id_(id) {}
  kj::Promise<void> info(InfoContext context) override;
  kj::Promise<void> remember(RememberContext context) override;
  kj::Promise<void> associate(AssociateContext context) override;
  kj::Promise<void> forget(ForgetContext context) override;
  kj::Promise<void> get(GetContext context) override;
  kj::Promise<void> recall(RecallContext context) override;
  kj::Promise<void> spread(SpreadContext context) override;
  kj::Promise<void> scan(ScanContext context) override;
  kj::Promise<void> import(ImportContext context) override;
  kj::Promise<void> stream(StreamContext context) override;
  kj::Promise<void> concepts(ConceptsContext context) override;
  kj::Promise<void> consolidate(ConsolidateContext context) override;
  kj::Promise<void> configure(ConfigureContext context) override;
  kj::Promise<void> purge(PurgeContext context) override;
  kj::Promise<void> query(QueryContext context) override;
  kj::Promise<void> watch(WatchContext context) override;
  kj::Promise<void> revise(ReviseContext context) override;

private:
  base::result<void> check(actors::scope needed) const { return edge_.check(who_, needed, name_); }
  base::result<void> check_batch(std::size_t items, std::size_t words) const;

  edge& edge_;
  actors::authority who_;
  std::string name_;
  base::space_id id_;
};

} // namespace engram::node
