#pragma once
// A space's state at one vector, for comparison with other replicas: the sums kept with it, and
// those made again from its items. What an item adds to which sum only its engine knows, so it
// looks at them and fills `kept` and `made`.
//
// Thread: any; a reading of all items belongs on the compute pool.

#include "storage/meta_rows.hpp"
#include "storage/store.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace engram::storage {

/// What has to be read: nothing, the kept sums, or every item.
enum class account_wish : std::uint8_t { none, kept, whole };

struct state_account {
  std::vector<vector_row> rows; // where it stands
  std::vector<base::hash128> kept;
  std::vector<base::hash128> made; // empty: not made
};

/// State items of this kind hold the kept sums.
inline constexpr char sum_item = 'H';

/// Shows the items, or with account_wish::kept only the sums, all at the vector returned. Errors:
/// corrupt; unavailable: too much is written just now.
base::result<std::vector<vector_row>>
read_account(const store& from, std::uint32_t space, account_wish which,
             const std::function<void(std::string_view key, std::string_view value)>& show);

} // namespace engram::storage
