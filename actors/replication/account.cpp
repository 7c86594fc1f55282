#include "actors/replication/account.hpp"

#include "memory/state_audit.hpp"

namespace engram::actors {

base::result<storage::state_account> read_account(const storage::store& from, std::uint32_t space,
                                                  storage::account_wish which) {
  memory::state_audit sums;
  TRY_ASSIGN(auto rows, storage::read_account(from, space, which,
                                              [&](std::string_view key, std::string_view value) {
                                                sums.take(key, value);
                                              }));
  storage::state_account out{std::move(rows), sums.kept(), {}};
  if (which == storage::account_wish::whole) out.made = sums.made();
  return out;
}

} // namespace engram::actors
