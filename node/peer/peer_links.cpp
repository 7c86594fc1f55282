#include "node/peer/peer_links.hpp"

#include <algorithm>

namespace engram::node {

peer_links::slot* peer_links::find(const std::string& address) {
  if (address == shared_.self.address) return nullptr; // we do not talk to ourselves
  if (const auto found = slots_.find(address); found != slots_.end()) return &found->second;
  if (slots_.size() >= LINKS_MAX) return nullptr;
  auto made = kj::heap<peer_link>(shared_, timer_, dial_(address));
  return &slots_.try_emplace(address, *this, kj::mv(made)).first->second;
}

void peer_links::send(const std::string& address, actors::channel on, std::string message) {
  if (auto* to = find(address))
    to->link->send(on, std::move(message));
  else
    shared_.metrics.dropped.add();
}

void peer_links::ask(const base::store_id& member, std::shared_ptr<actors::ask> what,
                     std::shared_ptr<sure_reply<actors::answer>> done) {
  const auto known = addresses_.find(member);
  auto* to = known == addresses_.end() ? nullptr : find(known->second);
  if (to == nullptr)
    return (*done)(base::error{base::errc::unavailable, "no address of member " + member.hex()});
  const auto left = what->deadline - actors::nanoseconds(shared_.clock.monotonic());
  const auto late = std::max<std::int64_t>(0, std::chrono::ceil<base::duration>(left).count());
  using answered = base::result<actors::answer>;
  auto timeout = timer_.afterDelay(late * kj::MILLISECONDS).then([]() -> answered {
    return {base::errc::timed_out, "a member did not answer in time"};
  });
  to->asks.add(to->link->ask(std::move(what), member)
                   .exclusiveJoin(kj::mv(timeout))
                   .then([done](answered got) { (*done)(std::move(got)); }));
}

void peer_links::introduce(const base::store_id& member, const std::string& address) {
  const std::string before = std::exchange(addresses_[member], address);
  if (before != address) drop_unless_used(before);
}

/// Who was gone and calls need not wait until the pause after the last failure is over; neither
/// need a new member that comes on its address.
void peer_links::is_there(const std::string& address) {
  if (const auto found = slots_.find(address); found != slots_.end())
    found->second.link->dial_at_once();
}

void peer_links::forget(const base::store_id& member) {
  const auto known = addresses_.find(member);
  if (known == addresses_.end()) return;
  const std::string address = known->second;
  addresses_.erase(known);
  drop_unless_used(address);
}

void peer_links::drop_unless_used(const std::string& address) {
  const bool used = std::any_of(addresses_.begin(), addresses_.end(),
                                [&](const auto& each) { return each.second == address; });
  if (!used) slots_.erase(address);
}

void peer_links::taskFailed(kj::Exception&& failure) {
  shared_.logger.debug("node", "ask ended", {{"why", failure.getDescription().cStr()}});
}

} // namespace engram::node
