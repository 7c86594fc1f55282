#pragma once
// Answers a pull from the log on disk. Owner: whoever may read the store (any thread). What is
// damaged is never sent: the answer ends before it.

#include "storage/replication/messages.hpp"
#include "storage/store.hpp"

namespace engram::storage {

/// Names of a space and an origin in this store's keys.
struct log_address {
  std::uint32_t space = 0, origin = 0;
};

/// Entries from `asked.from` on, at most `bytes_max` of them but one at least. Nothing above
/// `durable` is sent. errc::read_failed: nothing can be said.
base::result<message::entries> answer_pull(const store& from, log_address where,
                                           const message::pull& asked, std::uint64_t durable);

/// The running hash on disk at that place; nullopt: not there, or damaged.
std::optional<base::hash128> running_at(const store& from, log_address where,
                                        std::uint64_t sequence);

} // namespace engram::storage
