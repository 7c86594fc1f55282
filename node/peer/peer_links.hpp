#pragma once
// The links of one node by address, and which member is behind which. Owner: the peer host's loop;
// thread: that loop. Invariant: a link that no member is known by and nothing was sent on is not
// there; at most LINKS_MAX are.

#include "node/peer/peer_link.hpp"
#include "node/sure_reply.hpp"

#include <map>

namespace engram::node {

class peer_links final : private kj::TaskSet::ErrorHandler {
public:
  static constexpr std::size_t LINKS_MAX = 4'096;
  /// Makes the dialler of an address.
  using dialling = kj::Function<peer_link::dialer(const std::string& address)>;

  peer_links(peer_context& shared, kj::Timer& timer, dialling dial)
      : shared_(shared), timer_(timer), dial_(kj::mv(dial)) {}

  void send(const std::string& address, actors::channel on, std::string message);
  void ask(const base::store_id& member, std::shared_ptr<actors::ask> what,
           std::shared_ptr<sure_reply<actors::answer>> done);
  void introduce(const base::store_id& member, const std::string& address);
  void forget(const base::store_id& member);
  void is_there(const std::string& address);

private:
  struct slot {
    slot(peer_links& owner, kj::Own<peer_link> made) : link(kj::mv(made)), asks(owner) {}
    kj::Own<peer_link> link;
    kj::TaskSet asks; // end before their link
  };

  slot* find(const std::string& address);
  void drop_unless_used(const std::string& address);
  void taskFailed(kj::Exception&& failure) override;

  peer_context& shared_;
  kj::Timer& timer_;
  dialling dial_;
  std::map<std::string, slot> slots_;
  std::map<base::store_id, std::string> addresses_;
};

} // namespace engram::node
