#include "storage/replication/state_account.hpp"

#include "storage/recovery.hpp"
#include "storage/replication/state_key.hpp"

namespace engram::storage {

namespace {
constexpr int attempts_max = 8;

std::string first_key(std::uint32_t space, account_wish which) {
  auto out = space_prefix(space);
  if (which == account_wish::kept) out += sum_item;
  return out;
}
std::string last_key(std::uint32_t space, account_wish which) {
  if (which != account_wish::kept) return space_prefix(space + 1);
  return space_prefix(space) + static_cast<char>(sum_item + 1);
}
} // namespace

/// State and vector move together, so a cursor opened between two equal readings of the vector
/// stands at that vector.
base::result<std::vector<vector_row>>
read_account(const store& from, std::uint32_t space, account_wish which,
             const std::function<void(std::string_view, std::string_view)>& show) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    TRY_ASSIGN(auto before, read_vector(from, space));
    if (!before.is_complete) return before.damage.front();
    const auto rows = from.scan(column::state, first_key(space, which), last_key(space, which));
    TRY_ASSIGN(const auto after, read_vector(from, space));
    if (!(after.rows == before.rows)) continue;
    while (true) {
      TRY_ASSIGN(const auto more, rows->next());
      if (!more) return std::move(before.rows);
      const auto [key, value] = rows->current();
      show(key.substr(space_prefix(space).size()), value);
    }
  }
  return {base::errc::unavailable, "the state moves"};
}

} // namespace engram::storage
