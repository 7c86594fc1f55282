#include "node/edge.hpp"
#include "actors/service/keys.hpp"

#include <algorithm>

namespace engram::node {

namespace {

std::string_view name_of(actors::scope scope) {
  switch (scope) {
  case actors::scope::read:
    return "read";
  case actors::scope::write:
    return "write";
  case actors::scope::admin:
    return "admin";
  }
  return "unknown";
}

} // namespace

call_slot::call_slot(edge& owner) : owner_(&owner), since_(owner.clock().monotonic()) {
  owner_->calls_.fetch_add(1);
  owner_->metrics().call_started();
}

call_slot::~call_slot() {
  if (!owner_) return;
  owner_->calls_.fetch_sub(1);
  auto spent = owner_->clock().monotonic() - since_;
  auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
  owner_->metrics().call_ended(static_cast<std::uint64_t>(microseconds));
}

base::result<call_slot> edge::enter() {
  if (draining_) return base::error{base::errc::shutting_down, "the node is stopping"};
  if (calls_.load() >= static_cast<std::int64_t>(settings().calls_max)) {
    return base::error{base::errc::overloaded, "too many calls under way"};
  }
  return call_slot(*this);
}

base::result<actors::authority> edge::anonymous() const {
  if (!parts_.anonymous_allowed) {
    return base::error{base::errc::unauthenticated,
                       "this node is reachable from outside: give a key"};
  }
  return parts_.service.keys.anonymous();
}

base::result<void> edge::check_in_force(const actors::authority& who, actors::scope needed) const {
  if (who.key_id.empty()) {
    // Somebody may have made the first key since this session began.
    auto still = anonymous();
    if (!still) return still.error();
  } else if (!parts_.service.keys.in_force(who)) {
    return base::error{base::errc::unauthenticated, "the key was revoked (key=" + who.key_id + ")"};
  }
  if (who.spec.scope < needed) {
    return base::error{base::errc::forbidden, "needs a key with the right to " +
                                                  std::string(name_of(needed)) + ", this one may " +
                                                  std::string(name_of(who.spec.scope))};
  }
  return base::success();
}

bool edge::covers(const actors::authority& who, std::string_view space) {
  const auto& spaces = who.spec.spaces;
  return spaces.empty() || std::find(spaces.begin(), spaces.end(), space) != spaces.end();
}

base::result<void> edge::check(const actors::authority& who, actors::scope needed,
                               std::string_view space) const {
  TRY(check_in_force(who, needed));
  if (!space.empty() && !covers(who, space)) {
    return base::error{base::errc::forbidden, "the key is not for this space"};
  }
  return base::success();
}

base::result<void> edge::check(const actors::authority& who,
                               const actors::space_selector& which) const {
  TRY(check(who, actors::scope::read, {}));
  for (const auto& name : which.names) TRY(check(who, actors::scope::read, name));
  return base::success();
}

base::result<void> edge::check_everywhere(const actors::authority& who,
                                          actors::scope needed) const {
  TRY(check_in_force(who, needed));
  if (!who.spec.spaces.empty()) {
    return base::error{base::errc::forbidden, "needs a key for all spaces"};
  }
  return base::success();
}

} // namespace engram::node
