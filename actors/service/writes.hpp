#pragma once
// What changes the memories of one space, and the receipts for it. Part of the service
// (actors/service.hpp).

#include "actors/purge/values.hpp"
#include "actors/service/reply.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace engram::actors {

enum class durability : std::uint8_t { quorum = 0, local = 1, all = 2 };

struct receipt {
  bool known = false; // already there: the same id with the same content
  base::hlc stamp;
  durability achieved = durability::local;
  std::uint16_t copies = 1;
};
using receipts = std::vector<base::result<receipt>>; // one per item, in order

struct write_reply {
  receipts items;
  std::string token; // causal: a read that gives it back sees these writes
};

/// Of a stream, under its operation id; "": an episode's own id, an association's content.
struct stream_item {
  std::variant<memory::episode, memory::association> what;
  std::string id;
};

class write_service {
public:
  virtual void remember(base::space_id space, std::vector<memory::episode> what, durability d,
                        reply<write_reply> done) = 0;
  virtual void associate(base::space_id space, std::vector<memory::association> what, durability d,
                         reply<write_reply> done) = 0;
  virtual void forget(base::space_id space, std::vector<std::string> ids, memory::forget_mode mode,
                      durability d, reply<write_reply> done) = 0;
  /// Episodes and associations together, judged in their order.
  virtual void append(base::space_id space, std::vector<stream_item> items, durability d,
                      reply<write_reply> done) = 0;
  /// A register of the space's own configuration (memory/settings.hpp).
  virtual void configure(base::space_id space, std::string name, std::string value, durability d,
                         reply<write_reply> done) = 0;
  /// Deletes all that a person's or a source's purge covers, for ever, and makes every replica
  /// rewrite what held it. A replica that could not confirm is named; ask again when it is back.
  virtual void purge(base::space_id space, memory::purge_target target, durability d,
                     reply<purge_certificate> done) = 0;

protected:
  ~write_service() = default;
};

} // namespace engram::actors
