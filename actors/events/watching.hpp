#pragma once
// What lies between a watcher's cursor and a view of the space: read from the log, and from the
// ring of what only this replica saw. A cursor is the vector of what was told, so any replica
// goes on from it, and keeping one costs nobody anything. Reads the disk: on the compute pool.

#include "actors/core/space_view.hpp"
#include "actors/events/event_ring.hpp"
#include "storage/store.hpp"

#include <functional>

namespace engram::actors {

struct watch_cursor {
  version_vector told;
  base::hash128 ring; // zero: none
  std::uint64_t next = 0;
};

/// errc::invalid_argument: not a cursor of this space.
base::result<watch_cursor> read_cursor(std::string_view text, const base::space_id& space);
std::string make_cursor(const watch_cursor& from, const base::space_id& space);

/// The local number of a run; nullopt: nothing of it lies here.
using run_numbers = std::function<std::optional<std::uint32_t>(const base::origin_id&)>;

class event_reader {
public:
  event_reader(const storage::store& store, std::uint32_t space, const space_view& view,
               const run_numbers& runs)
      : store_(store), space_(space), view_(view), runs_(runs) {}

  struct page {
    std::vector<event> events;
    std::uint64_t missed = 0;
    bool more = false; // beyond the limit
  };
  /// Moves the cursor behind what it returns and what is lost. Filters leave events out, which
  /// counts against no limit but that of entries read.
  base::result<page> read(watch_cursor& from, const event_ring* ring, const watch_request& asked);

private:
  struct entry;
  base::result<void> read_origin(const base::origin_id& origin, std::uint64_t from,
                                 std::uint64_t to, std::vector<entry>& into) const;
  bool is_shown(const std::string& id) const;
  event told(const entry& from) const;
  void tell(const memory::operation& what, event& to) const;
  bool wanted(const event& what, const watch_request& asked) const;
  bool is_about(const memory::episode& what, const watch_request& asked) const;
  std::shared_ptr<const memory::episode> content(const std::string& id) const;

  const storage::store& store_;
  std::uint32_t space_;
  const space_view& view_;
  const run_numbers& runs_;
};

} // namespace engram::actors
