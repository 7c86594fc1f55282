#pragma once
// For tests: members that gossip sheets over a network that loses, doubles and delays; seeded,
// single-threaded, virtual time. Messages cross as bytes.

#include "membership/concepts/concept_gossip.hpp"

#include <set>

namespace engram::membership {

inline base::store_id store_number(std::size_t i) { return {{7, i + 1}}; }
inline base::space_id space_number(std::uint64_t i) { return {{i * 0x9E3779B97F4A7C15ull, i + 1}}; }

/// Record `i` in its `edition`.
inline sheet_record record_number(std::uint64_t i, std::uint64_t edition = 0,
                                  std::size_t bytes = 40) {
  return {{1, i}, {edition, i}, std::string(bytes, static_cast<char>('a' + i % 26))};
}

inline std::vector<sheet_record> some_records(std::uint64_t count, std::uint64_t edition = 0) {
  std::vector<sheet_record> out;
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(record_number(i, edition));
  return out;
}

class concept_world {
public:
  struct rules {
    double loss = 0, twice = 0;
    base::duration delay_max{50}, step{100};
    concept_rules core;
  };
  struct member {
    std::unique_ptr<concept_gossip> core;
    std::set<base::space_id> dropped; // that its directory has heard of
  };

  concept_world(std::size_t size, rules how, std::uint64_t seed)
      : how_(how), random_(seed), members_(size) {
    std::vector<base::store_id> all;
    for (std::size_t i = 0; i < size; ++i) all.push_back(store_number(i));
    for (std::size_t i = 0; i < size; ++i) {
      auto& each = members_[i];
      each.core = std::make_unique<concept_gossip>(
          how.core, random_.next(),
          [&each](const base::space_id& space) { return each.dropped.contains(space); });
      auto others = all;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      each.core->set_members(std::move(others));
    }
  }

  concept_gossip& at(std::size_t i) { return *members_[i].core; }
  void drop(std::size_t i, const base::space_id& space) { members_[i].dropped.insert(space); }
  std::size_t size() const { return members_.size(); }
  base::instant now() const { return now_; }
  base::random& random() { return random_; }
  std::uint64_t bytes() const { return bytes_; }

  /// For planted defects: called after each message a member took.
  std::function<void(std::size_t member)> after_step;
  /// Called at every step of time.
  std::function<void()> at_each_step;

  void run_for(base::duration time) {
    for (const auto end = now_ + time; now_ < end;) {
      now_ = now_ + how_.step;
      while (!on_the_way_.empty() && on_the_way_.begin()->first <= now_) {
        const auto first = on_the_way_.begin()->second;
        on_the_way_.erase(on_the_way_.begin());
        deliver(first);
      }
      for (std::size_t i = 0; i < size(); ++i) post(i, at(i).tick(now_));
      if (at_each_step) at_each_step();
    }
  }
  bool agreed() {
    for (std::size_t i = 1; i < size(); ++i)
      if (at(i).digest() != at(0).digest()) return false;
    return true;
  }
  bool agrees_within(base::duration time) {
    for (const auto end = now_ + time; now_ < end && !agreed();) run_for(how_.step);
    return agreed();
  }

private:
  struct letter {
    std::size_t from, to;
    std::string bytes;
  };

  void post(std::size_t from, concept_gossip::effects effects) {
    for (auto& [to, what] : effects.sends) {
      const letter each{from, static_cast<std::size_t>(to.value.low - 1),
                        sheet_message::encode(what)};
      bytes_ += each.bytes.size();
      if (random_.chance(how_.loss)) continue;
      for (int copies = random_.chance(how_.twice) ? 2 : 1; copies > 0; --copies) {
        const auto delay = random_.below(static_cast<std::uint64_t>(how_.delay_max.count()) + 1);
        on_the_way_.emplace(now_ + base::duration{static_cast<std::int64_t>(delay)}, each);
      }
    }
  }
  void deliver(const letter& what) {
    const auto message = sheet_message::decode_sheet_message(what.bytes);
    post(what.to, at(what.to).step(store_number(what.from), message.value(), now_));
    if (after_step) after_step(what.to);
  }

  const rules how_;
  base::random random_;
  std::vector<member> members_;
  std::multimap<base::instant, letter> on_the_way_;
  base::instant now_{1'800'000'000'000};
  std::uint64_t bytes_ = 0;
};

} // namespace engram::membership
