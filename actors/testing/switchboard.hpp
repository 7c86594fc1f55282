#pragma once
// For tests: links between members of one process, by calls instead of sockets; they can be cut and
// held up. Thread-safe: every member's threads speak.

#include "actors/ports.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

namespace engram::actors {

/// Who is reachable, and from where.
class switchboard {
public:
  void plug(const std::string& address, const base::store_id& store, peer_sink* sink) {
    const std::unique_lock lock(mutex_);
    ports_[address] = {store, sink};
  }
  void unplug(const std::string& address) {
    const std::unique_lock lock(mutex_);
    ports_[address].sink = nullptr;
  }
  void cut(const std::string& a, const std::string& b, bool off = true) {
    const std::unique_lock lock(mutex_);
    for (const auto& pair : {std::pair(a, b), std::pair(b, a)})
      off ? (void)cut_.insert(pair) : (void)cut_.erase(pair);
  }
  /// From now on messages to `to` arrive only when let_through() is called, in their order.
  void hold(const std::string& to) {
    const std::unique_lock lock(mutex_);
    held_.try_emplace(to);
  }
  /// The next of those held, or all of them, and no more are held then.
  bool let_one_through(const std::string& to) {
    message next;
    {
      const std::unique_lock lock(mutex_);
      auto& queue = held_.at(to);
      if (queue.empty()) return false;
      next = std::move(queue.front());
      queue.pop_front();
    }
    hand_over(next.from, to, next.on, std::move(next.bytes));
    return true;
  }
  void let_through(const std::string& to) {
    while (let_one_through(to)) {
    }
    const std::unique_lock lock(mutex_);
    held_.erase(to);
  }
  void deliver(const std::string& from, const std::string& to, channel on, std::string bytes) {
    {
      const std::unique_lock lock(mutex_);
      if (const auto queue = held_.find(to); queue != held_.end())
        return queue->second.push_back({from, std::move(bytes), on});
    }
    hand_over(from, to, on, std::move(bytes));
  }
  bool ask_of(const std::string& from, const std::string& to, std::shared_ptr<ask> what,
              reply<answer> done) const {
    const std::shared_lock lock(mutex_);
    auto* sink = reach(from, to);
    if (sink != nullptr) sink->asked(identity(from), std::move(what), std::move(done));
    return sink != nullptr;
  }

private:
  struct port {
    base::store_id store;
    peer_sink* sink = nullptr;
  };
  struct message {
    std::string from, bytes;
    channel on = channel::replication;
  };
  void hand_over(const std::string& from, const std::string& to, channel on,
                 std::string bytes) const {
    const std::shared_lock lock(mutex_);
    if (auto* sink = reach(from, to)) sink->message_arrived(identity(from), on, std::move(bytes));
  }
  peer_sink* reach(const std::string& from, const std::string& to) const {
    const auto found = ports_.find(to);
    return found == ports_.end() || cut_.contains({from, to}) ? nullptr : found->second.sink;
  }
  peer_identity identity(const std::string& of) const {
    peer_identity out;
    out.store = ports_.at(of).store;
    out.address = of;
    return out;
  }

  mutable std::shared_mutex mutex_;
  std::map<std::string, port> ports_;
  std::set<std::pair<std::string, std::string>> cut_;
  std::map<std::string, std::deque<message>> held_; // by whom they are for
};

class switched_net final : public peer_net {
public:
  switched_net(switchboard& board, std::string own) : board_(board), own_(std::move(own)) {}
  void send(const std::string& address, channel on, std::string message) override {
    board_.deliver(own_, address, on, std::move(message));
  }
  void introduce(const base::store_id& member, const std::string& address) override {
    const std::lock_guard lock(mutex_);
    addresses_[member] = address;
  }
  void forget(const base::store_id& member) override {
    const std::lock_guard lock(mutex_);
    addresses_.erase(member);
  }
  void send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) override {
    std::string address;
    {
      const std::lock_guard lock(mutex_);
      address = addresses_[to];
    }
    if (!board_.ask_of(own_, address, std::move(what), done))
      done(base::error{base::errc::unavailable, "no link"});
  }

private:
  switchboard& board_;
  std::string own_;
  std::mutex mutex_;
  std::map<base::store_id, std::string> addresses_;
};

} // namespace engram::actors
