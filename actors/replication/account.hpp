#pragma once
// A copy's state as storage keeps it, with the sums that memory makes of it. Thread: any; a whole
// reading belongs on the compute pool.

#include "storage/replication/state_account.hpp"

namespace engram::actors {

/// Errors: as storage::read_account().
base::result<storage::state_account> read_account(const storage::store& from, std::uint32_t space,
                                                  storage::account_wish which);

} // namespace engram::actors
