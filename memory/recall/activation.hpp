#pragma once
// Activation over associations in synchronous rounds. Each memory passes on once, in the round
// after it was first reached; what it hears later still counts for it, but is not passed on, so
// that no activation echoes. How many pass on in a round is bounded, by (activation, id). Sums are
// integers: no order of telling changes them. Pure; lives for one question, on one thread.

#include "memory/recall/associations.hpp"
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
/// order within a round.
class reached_table {
public:
  reached_table() : slots_(1024), mask_(1023) { all_.reserve(256); }

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(all_.size()); }
  reached& operator[](std::uint32_t at) noexcept { return all_[at]; }
  const reached& operator[](std::uint32_t at) const noexcept { return all_[at]; }
  /// Requires: it was reached.
  const reached& of(std::uint32_t ordinal) const noexcept {
    return all_[slots_[place(ordinal)].number];
  }

  /// What is new knows no more than its ordinal.
  struct met {
    reached& who;
    bool is_new;
  };
  met meet(std::uint32_t ordinal) {
    if (2 * all_.size() > mask_) grow();
    slot& at = slots_[place(ordinal)];
    if (at.number != none) return {all_[at.number], false};
    at = {ordinal, size()};
    reached& added = all_.emplace_back();
    added.ordinal = ordinal;
    return {added, true};
  }

private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  struct slot {
    std::uint32_t ordinal = none, number = none;
  };

  std::size_t place(std::uint32_t ordinal) const noexcept {
    std::size_t at = (ordinal * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & mask_;
    while (slots_[at].ordinal != ordinal && slots_[at].number != none) at = (at + 1) & mask_;
    return at;
  }
  void grow();

  std::vector<slot> slots_; // at most half full
  std::size_t mask_;
  std::vector<reached> all_;
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
  void tell(const sending& s, std::uint8_t round);
  bool tell_rows(const sending& s, double amount, std::uint8_t round);
  void tell_row(const sending& s, double amount, std::uint8_t round, bool out);
  void fan_of(std::uint32_t from);
  void add_session(std::uint32_t from);
  void hear(std::uint32_t target, base::q32 said, std::uint32_t from, link_kind kind,
            std::uint64_t detail, std::uint8_t round);
  double cost_of(std::size_t fan);

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
  std::vector<double> fan_costs_; // 0: not yet computed
};

} // namespace engram::memory
