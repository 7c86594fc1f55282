#pragma once
// Every member's copy of all spaces' sheets, and how it stays one: now and then a digest to a
// random member, and only differences after that. Replicas of a space publish its sheet and confirm
// it; the rest pass it on. What no replica confirmed for `kept` is dropped, and not taken from
// others either. Pure: time and seed are parameters, effects are returned. Owner and thread: one.
//
// Invariants: what is held of a space is the newest of all that was published here or heard and is
// confirmed; bounded in records and bytes; a member that knows no sheet says nothing.

#include "base/random.hpp"
#include "membership/concepts/sheet_messages.hpp"

#include <functional>
#include <map>
#include <memory>

namespace engram::membership {

struct concept_rules {
  base::duration interval{1'000}; // between two digests
  base::duration patience{5'000}; // before a sheet is asked for again
  base::duration kept{24 * 3'600'000};
  base::duration step{3'600'000};   // of confirmations
  base::duration ahead_max{10'000}; // of others' clocks; further ahead is not believed
  std::size_t records_max = 1'024;  // of one space
  std::uint64_t sheet_bytes_max = 1u << 20;
  std::uint64_t bytes_max = 64u << 20; // of all; beyond it a sheet's head is known without records
};

class concept_gossip {
public:
  struct effects {
    std::vector<std::pair<base::store_id, sheet_message::any>> sends;
    bool changed = false; // all() differs from before
  };
  using dropped_rule = std::function<bool(const base::space_id&)>;

  /// `dropped`: spaces of which nothing is kept, whoever offers it.
  concept_gossip(concept_rules rules, std::uint64_t seed, dropped_rule dropped);

  /// All others that can be spoken to.
  void set_members(std::vector<base::store_id> others) { others_ = std::move(others); }

  /// This member, a replica of the space, has made its sheet: the strongest that the bounds allow
  /// are kept.
  sheet_version publish(const base::space_id& space, std::uint64_t covered,
                        std::vector<sheet_record> records, base::instant now);
  /// Still what this replica would make.
  void confirm(const base::space_id& space, const sheet_version& version, base::instant now);

  effects step(const base::store_id& from, const sheet_message::any& what, base::instant now);
  effects tick(base::instant now);

  /// nullptr: unknown, or beyond the bound.
  std::shared_ptr<const sheet> find(const base::space_id& space) const;
  /// By space; those with at least one record.
  std::vector<std::shared_ptr<const sheet>> all() const;
  std::uint64_t digest() const;
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return sheets_.size(); }
  std::size_t sheets_beyond_bound() const noexcept { return beyond_; }

private:
  struct known {
    sheet_head head;
    std::shared_ptr<const sheet> content; // nullptr: beyond the bound
    std::uint64_t bytes = 0;
  };

  void take(const sheet_head& head, std::vector<sheet_record> records);
  void put(known what);
  void erase(std::map<base::space_id, known>::iterator at);
  void set_head(known& of, const sheet_head& head);
  bool is_credible(const sheet_head& head, base::instant now) const;
  base::instant stamp(base::instant now) const;
  std::vector<sheet_head> heads_in(std::uint64_t buckets) const;

  void answer(const base::store_id& to, const sheet_message::root& what, effects& out);
  void answer(const base::store_id& to, const sheet_message::digests& what, effects& out);
  void answer(const base::store_id& to, const sheet_message::heads& what, effects& out);
  void answer(const base::store_id& to, const sheet_message::wish& what, effects& out);
  void answer(const base::store_id& to, const sheet_message::part& what, effects& out);
  void wish_for(const base::store_id& from, const sheet_head& head, effects& out);

  const concept_rules rules_;
  const dropped_rule dropped_;
  base::random random_;
  std::vector<base::store_id> others_;
  std::map<base::space_id, known> sheets_;
  std::array<std::uint64_t, sheet_message::BUCKETS> buckets_{}; // sums over heads
  std::map<base::space_id, base::instant> asked_;               // and not to be asked again until
  std::uint64_t bytes_ = 0;
  std::size_t beyond_ = 0;
  base::instant now_, next_beat_;
  bool changed_ = false; // since the last effects
  bool urgent_ = false;  // since the last digest
};

} // namespace engram::membership
