#pragma once
// Activation over associations in synchronous rounds. Each memory passes on once, in the round
// after it was first reached; what it hears later still counts for it, but is not passed on, so
// that no activation echoes. How many pass on in a round is bounded, by (activation, id). Sums are
// integers: no order of telling changes them. Pure; lives for one question, on one thread.

#include "memory/recall/associations.hpp"
#include "memory/recall/borrowed.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engram::memory {

/// A memory that was reached, and by whose strongest contribution first.
struct reached {
  base::q32 activation;
  base::q32 amount;
  std::uint32_t ordinal = 0;
  std::uint32_t from = snapshot::none; // none: a seed
  std::uint32_t detail = 0;            // of an explicit association: its kind
  std::uint8_t round = 0;
  link_kind kind = link_kind::next;
  bool tied = false; // others contributed as much: see activation::origin

  link by() const { return {ordinal, 0, kind, detail}; }
};

/// Who was reached, numbered in the order of reaching; found by ordinal. No result depends on the
/// order within a round. What it works in is the thread's: 4 bytes for each memory of the largest
/// space asked about, and up to 2 MB for those reached.
class reached_table {
public:
  explicit reached_table(std::uint32_t memories) {
    if (work_->numbers.size() < memories) work_->numbers.assign(memories, 0);
    numbers_ = work_->numbers.data();
  }
  ~reached_table();
  reached_table(const reached_table&) = delete;
  reached_table& operator=(const reached_table&) = delete;

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(work_->all.size()); }
  reached& operator[](std::uint32_t at) noexcept { return work_->all[at]; }
  const reached& operator[](std::uint32_t at) const noexcept { return work_->all[at]; }
  /// Requires: it was reached.
  const reached& of(std::uint32_t ordinal) const noexcept { return (*this)[numbers_[ordinal] - 1]; }

  /// What is new knows no more than its ordinal.
  struct met {
    reached& who;
    bool is_new;
  };
  met meet(std::uint32_t ordinal) {
    if (numbers_[ordinal] != 0) return {(*this)[numbers_[ordinal] - 1], false};
    reached& added = work_->all.emplace_back();
    added.ordinal = ordinal;
    numbers_[ordinal] = size();
    return {added, true};
  }
  /// A hint that the memory will be met.
  void expect(std::uint32_t ordinal) const noexcept { __builtin_prefetch(numbers_ + ordinal); }

private:
  struct work {
    std::vector<std::uint32_t> numbers; // by ordinal: place in all + 1; idle, all are 0
    std::vector<reached> all;           // idle, empty
  };
  borrowed<work> work_;
  std::uint32_t* numbers_;
};

class activation {
public:
  /// What may differ from the query: the weights of associations. Both must outlive it.
  activation(const snapshot& on, const recall_config& weights, const spread_query& query);

  void seed(std::uint32_t ordinal, base::q32 amount);
  /// Up to the query's hops; how many there were until nobody had anything to pass on.
  std::uint32_t run();

  const reached_table& all() const noexcept { return table_; }
  /// The first of its strongest contributions, by (id of the contributor, kind).
  reached origin(const reached& of) const;
  /// The most activated, best first.
  std::vector<const reached*> strongest(std::size_t most) const;

private:
  /// Who passes on, and what it had when the round began.
  struct sending {
    base::q32 activation;
    std::uint32_t ordinal;
  };

  void follow_kinds();
  bool follows(const link& l) const;
  std::vector<sending> choose();
  void fetch(const std::vector<sending>& frontier, std::size_t begin, std::size_t end) const;
  void expect(const std::vector<sending>& frontier, std::size_t i) const;
  void tell(const sending& s, std::uint8_t round);
  bool tell_rows(const sending& s, double amount, std::uint8_t round);
  void tell_row(const sending& s, double amount, std::uint8_t round, bool out);
  void fan_of(std::uint32_t from);
  void add_session(std::uint32_t from);
  void hear(std::uint32_t target, base::q32 said, std::uint32_t from, link_kind kind,
            std::uint64_t detail, std::uint8_t round);

  const snapshot& on_;
  const spread_query& query_;
  recall_config config_;
  const base::q32 threshold_;
  const bool explicit_only_;
  const edge_rows* const rows_; // nullptr: none compiled, or not all of what they hold is visible
  std::vector<std::uint8_t> out_, in_; // by explicit kind: whether it is followed
  reached_table table_;
  std::uint32_t fired_ = 0;   // of the table: they have passed on, or had not enough
  std::vector<reached> ties_; // as strong as what was known when they were heard
  std::vector<link> links_;
};

} // namespace engram::memory
