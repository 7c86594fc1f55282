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
    all_ = work_->all.data();
  }
  ~reached_table();
  reached_table(const reached_table&) = delete;
  reached_table& operator=(const reached_table&) = delete;

  std::uint32_t size() const noexcept { return size_; }
  const reached& operator[](std::uint32_t at) const noexcept { return all_[at]; }
  /// Requires: it was reached.
  const reached& of(std::uint32_t ordinal) const noexcept { return all_[numbers_[ordinal] - 1]; }

  /// nullptr: not reached yet.
  reached* find(std::uint32_t ordinal) noexcept {
    const std::uint32_t number = numbers_[ordinal];
    return number == 0 ? nullptr : all_ + (number - 1);
  }
  /// For so many that may be added.
  void make_room(std::size_t more) {
    if (size_ + more > work_->all.size()) grow(more);
  }
  /// Requires: not reached yet; room. What it knows but for its ordinal is left from another
  /// question.
  reached& add(std::uint32_t ordinal) noexcept {
    reached& added = all_[size_];
    added.ordinal = ordinal;
    numbers_[ordinal] = ++size_;
    return added;
  }

private:
  struct work {
    std::vector<std::uint32_t> numbers; // by ordinal: place in all + 1; idle, all are 0
    std::vector<reached> all;           // as large as it ever was
  };
  void grow(std::size_t more);

  borrowed<work> work_;
  std::uint32_t* numbers_;
  reached* all_;
  std::uint32_t size_ = 0;
};

class activation {
public:
  /// What may differ from the query: the weights of associations. Both must outlive it.
  activation(const snapshot& on, const recall_config& weights, const spread_query& query);
  ~activation();
  activation(const activation&) = delete;
  activation& operator=(const activation&) = delete;

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

  /// What one memory tells another; the same for many of those it tells.
  struct saying {
    base::q32 amount;
    std::uint32_t from, detail;
    std::uint8_t round;
    link_kind kind;
  };

  void follow_kinds();
  bool follows(const link& l) const;
  void choose();
  void look_ahead(std::size_t i) const;
  void tell(const sending& s, std::uint8_t round);
  bool tell_rows(const sending& s, double amount, std::uint8_t round);
  void tell_row(const sending& s, double amount, std::uint8_t round, bool out);
  void fan_of(std::uint32_t from);
  void add_session(std::uint32_t from);
  void hear(std::uint32_t target, const saying& by);
  void hear_again(reached& who, const saying& by);
  static void attribute(reached& who, const saying& by);

  const snapshot& on_;
  const spread_query& query_;
  recall_config config_;
  const base::q32 threshold_;
  const bool explicit_only_;
  const edge_rows* const rows_; // nullptr: none compiled, or not all of what they hold is visible
  /// The thread's; idle, the last three are empty.
  struct work {
    std::vector<std::uint8_t> out, in; // by explicit kind: whether it is followed
    std::vector<sending> frontier;     // who passes on in this round
    std::vector<reached> ties;         // as strong as what was known when they were heard
    std::vector<link> links;           // what leaves the one that passes on
  };
  borrowed<work> work_;
  reached_table table_;
  std::uint32_t fired_ = 0; // of the table: they have passed on, or had not enough
};

} // namespace engram::memory
