#include "jepsen/nemesis/members.hpp"

#include <algorithm>

namespace engram::jepsen {

namespace {

constexpr std::chrono::milliseconds STOP_PATIENCE{20'000};
constexpr base::duration CALL_PATIENCE{1'500}; // the schedule waits meanwhile

std::vector<std::string> servers_of(const cluster& which) {
  std::vector<std::string> all;
  for (int node = 1; node <= which.size(); ++node) all.push_back(which.rpc(node));
  return all;
}

} // namespace

members::members(cluster& on, int spare)
    : cluster_(on), spare_(static_cast<std::size_t>(spare)),
      through_(servers_of(on), false, CALL_PATIENCE) {}

std::string members::store_of(int node) {
  const auto at = through_.at(node);
  for (int tries = 0; at && tries < 2; ++tries) { // the first may find a connection that is dead
    const auto seen = through_.wait((*at)->cluster());
    if (seen) return stores_[node] = seen->self;
  }
  return stores_[node];
}

bool members::say_elsewhere(int node, const std::string& store, bool dead) {
  for (int other = 1; other <= cluster_.size(); ++other) {
    if (other == node) continue;
    const auto at = through_.at(other);
    if (at && through_.wait((*at)->retire(store, dead))) return true;
  }
  return false;
}

bool members::has_left(int node, const std::string& store) {
  for (int other = 1; other <= cluster_.size(); ++other) {
    if (other == node) continue;
    const auto at = through_.at(other);
    if (!at) continue;
    const auto seen = through_.wait((*at)->cluster());
    if (!seen) continue;
    const auto found = std::find_if(seen->members.begin(), seen->members.end(),
                                    [&](const auto& each) { return each.store == store; });
    if (found == seen->members.end() || found->state == client::member_state::left) return true;
  }
  return false;
}

void members::lose(int node, json& told) {
  const auto store = store_of(node);
  cluster_.kill(node);
  cluster_.renew(node);
  told["lost"][std::to_string(node)] = store;
  if (!store.empty()) lost_.insert({node, store});
  stores_.erase(node);
}

void members::replace(int node, json& told) {
  if (const auto started = cluster_.start(node); !started)
    told["failed"][std::to_string(node)] = started.error().message();
  settle(told);
}

void members::retire(int node, bool by_others, json& told) {
  if (going_.contains(node) || going_.size() >= spare_) return;
  const auto store = store_of(node);
  if (store.empty()) return;
  going_[node] = store;
  const auto at = through_.at(node);
  const bool heard = by_others ? say_elsewhere(node, store, false)
                               : at && through_.wait((*at)->retire(store, false)).has_value();
  if (!heard) asked_[node] = store;
  told["retired"][std::to_string(node)] = store;
}

void members::rejoin(int node, json& told) {
  if (going_.contains(node)) returning_.insert(node);
  settle(told);
}

bool members::settle(json& told) {
  std::erase_if(lost_, [&](const auto& each) {
    if (!say_elsewhere(each.first, each.second, true)) return false;
    told["replaced"].push_back(each.first);
    return true;
  });
  std::erase_if(asked_,
                [&](const auto& each) { return say_elsewhere(each.first, each.second, false); });
  for (const auto& [node, store] : std::map(going_)) {
    if (asked_.contains(node) || !returning_.contains(node) || !has_left(node, store)) continue;
    (void)cluster_.stop(node, STOP_PATIENCE);
    cluster_.renew(node);
    stores_.erase(node);
    going_.erase(node);
    returning_.erase(node);
    told["rejoined"].push_back(node);
    if (const auto started = cluster_.start(node); !started)
      told["failed"][std::to_string(node)] = started.error().message();
  }
  return lost_.empty() && going_.empty();
}

} // namespace engram::jepsen
