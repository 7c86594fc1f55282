#pragma once
// For experiments: a space in which things are studied and asked for at chosen times, through the
// verbs anyone has. Times are hours after the beginning.

#include "memory/access.hpp"
#include "memory/psychology/plot.hpp"
#include "memory/recall/recall_fixture.hpp"
#include "memory/verbs/recognize.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace engram::memory::psychology {

class laboratory {
public:
  static base::instant at_hours(double hours) {
    return base::instant{1'000'000'000'000 + static_cast<std::int64_t>(hours * 3'600'000)};
  }

  void study(const std::string& id, const std::string& text, double hours = 0,
             const std::string& session = {}, const std::string& place = {},
             const std::string& person = {}) {
    episode e;
    e.id = id;
    e.text = text;
    e.session = session;
    e.place = place;
    if (!person.empty()) e.who = {person};
    e.order = under.memories->size();
    const std::uint32_t ordinal = under.add(e);
    const auto stored = static_cast<std::uint64_t>(at_hours(hours).ms) << 16;
    under.memories->amend(ordinal, base::hlc{stored}, e.order);
    ordinals_[id] = ordinal;
  }
  /// A recall that is counted, as a client's `reinforce` does.
  void study_again(const std::string& id, double hours) {
    access_record& record = accesses_[id];
    record.add(at_hours(hours), base::fast_hash128(id + std::to_string(record.count)));
    under.memories->set_access(ordinals_.at(id), std::make_shared<const access_record>(record));
  }
  /// A recall that brought up all of these.
  void study_together(const std::vector<std::string>& ids, double hours) {
    std::string occasion = std::to_string(hours);
    for (const auto& id : ids) occasion += ' ' + id;
    for (const auto& id : ids) {
      access_record& record = accesses_[id];
      record.add(at_hours(hours), base::fast_hash128(occasion));
      under.memories->set_access(ordinals_.at(id), std::make_shared<const access_record>(record));
    }
  }
  void associate(const std::string& from, const std::string& to, double weight,
                 const std::string& kind = "associated") {
    under.relate({from, to, kind, weight});
  }

  std::shared_ptr<const snapshot> view() { return under.memories->publish(); }
  recall_setting setting() const { return {under.words, {}, {}}; }

  /// What recall says forgetting has left of the memory; 0: it did not come up.
  double recall_probability(const std::string& id, const std::string& cue, double hours) {
    recall_query query;
    query.cue.text = cue;
    query.explain = true;
    query.now = at_hours(hours);
    for (const hit& h : recall(*view(), setting(), query).hits)
      if (h.id == id) return h.why->retention;
    return 0;
  }

  test_index under;

private:
  std::map<std::string, std::uint32_t> ordinals_;
  std::map<std::string, access_record> accesses_;
};

} // namespace engram::memory::psychology
