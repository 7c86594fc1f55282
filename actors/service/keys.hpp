#pragma once
// Who may do what: keys, and the authority that a session has by one. Part of the service
// (actors/service.hpp).

#include "actors/service/reply.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::actors {

enum class scope : std::uint8_t { read = 0, write = 1, admin = 2 };
struct key_spec {
  std::string label;
  actors::scope scope = scope::read;
  std::vector<std::string> spaces; // empty = all
};
struct key_info {
  std::string id;
  key_spec spec;
  base::instant created;
  bool revoked = false;
};
struct new_key {
  key_info info;
  std::string secret;
}; // the secret is shown once, stored hashed

/// What an authenticated session may do, for as long as service::in_force says so.
struct authority {
  std::string key_id; // "" = anonymous, in force while no key exists
  key_spec spec;
};

class key_service {
public:
  virtual void create_key(key_spec spec, reply<new_key> done) = 0;
  virtual void list_keys(reply<std::vector<key_info>> done) = 0;
  virtual void revoke_key(std::string id, reply<void> done) = 0;
  virtual void authenticate(std::string secret, reply<authority> done) = 0;
  /// Who comes without a key. errc::unauthenticated: keys exist. errc::unavailable, incompatible:
  /// this node serves nobody, not yet or no more. Cheap: checked on every call of such a session.
  virtual base::result<authority> anonymous() const = 0;
  /// Still valid? Cheap, no message: checked on every capability call.
  virtual bool in_force(const authority& who) const = 0;
  /// Whether any key exists (then anonymous sessions are refused).
  virtual bool key_required() const = 0;

protected:
  ~key_service() = default;
};

} // namespace engram::actors
