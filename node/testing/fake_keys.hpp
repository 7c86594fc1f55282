#pragma once
// Keys in a map, for tests of the edge.

#include "actors/service/keys.hpp"

#include <map>
#include <set>
#include <string>

namespace engram::node {

class fake_keys : public actors::key_service {
public:
  std::map<std::string, actors::authority> keys; // by secret
  std::set<std::string> revoked;
  base::result<void> may_serve; // or why nobody is served

  void create_key(actors::key_spec spec, actors::reply<actors::new_key> done) override {
    auto id = "k" + std::to_string(keys.size() + 1);
    keys["secret-" + id] = {id, spec};
    done(actors::new_key{{id, spec, {}, false}, "secret-" + id});
  }
  void list_keys(actors::reply<std::vector<actors::key_info>> done) override {
    std::vector<actors::key_info> all;
    for (const auto& [secret, who] : keys) {
      all.push_back({who.key_id, who.spec, {}, revoked.count(who.key_id) > 0});
    }
    done(all);
  }
  void revoke_key(std::string id, actors::reply<void> done) override {
    revoked.insert(id);
    done(base::success());
  }
  void authenticate(std::string secret, actors::reply<actors::authority> done) override {
    auto found = keys.find(secret);
    if (found == keys.end() || revoked.count(found->second.key_id)) {
      return done(base::error{base::errc::unauthenticated, "no such key"});
    }
    done(found->second);
  }
  bool in_force(const actors::authority& who) const override { return !revoked.count(who.key_id); }
  base::result<actors::authority> anonymous() const override {
    TRY(may_serve);
    if (key_required()) return base::error{base::errc::unauthenticated, "keys exist"};
    return actors::authority{"", {"anonymous", actors::scope::admin, {}}};
  }
  bool key_required() const override { return !keys.empty(); }
};

} // namespace engram::node
