#pragma once
// Which memories were recalled on one occasion: from the operation of an access, which every access
// record of that recall holds a mark of, to the memories. The records are the truth; this finds
// them. So co-recall costs no state of its own, converges as access records do, and is gone with
// what is deleted.

#include "memory/access.hpp"
#include "memory/index/pages.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

struct occasion_mark {
  std::uint64_t operation = 0;
  std::uint32_t ordinal = 0;
  friend auto operator<=>(const occasion_mark&, const occasion_mark&) = default;
};

using access_pages = pages<std::shared_ptr<const access_record>>;

/// Immutable ascending runs, similar sizes merged. May hold marks that their records have dropped.
class occasion_runs {
public:
  using run = std::vector<occasion_mark>;

  /// Appends the admitted memories that hold the mark, each once, in no order that means anything;
  /// nothing when there are more than `most`.
  template <class Admits>
  void find(const access_mark& mark, const access_pages& records, std::size_t most,
            const Admits& admits, std::vector<std::uint32_t>& to) const;
  /// Writer: `fresh` in any order.
  void add(run fresh, const access_pages& records);
  bool empty() const noexcept { return runs_.empty(); }
  std::size_t bytes() const noexcept;

private:
  std::vector<std::shared_ptr<const run>> runs_;
};

/// Whether the record still holds the mark.
bool holds(const access_pages& records, std::uint32_t ordinal, const access_mark& mark);

template <class Admits>
void occasion_runs::find(const access_mark& mark, const access_pages& records, std::size_t most,
                         const Admits& admits, std::vector<std::uint32_t>& to) const {
  const std::size_t begin = to.size();
  for (const auto& marks : runs_) {
    auto at = std::lower_bound(marks->begin(), marks->end(), occasion_mark{mark.operation, 0});
    for (; at != marks->end() && at->operation == mark.operation; ++at) {
      if (!admits(at->ordinal) || !holds(records, at->ordinal, mark)) continue;
      const auto known = to.begin() + static_cast<std::ptrdiff_t>(begin);
      if (std::find(known, to.end(), at->ordinal) != to.end()) continue;
      to.push_back(at->ordinal);
      if (to.size() - begin > most) return to.resize(begin);
    }
  }
}

} // namespace engram::memory
