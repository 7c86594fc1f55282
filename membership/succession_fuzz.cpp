#include "membership/succession.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

using namespace engram;
using namespace engram::membership;
using std::chrono::minutes;
using std::chrono::nanoseconds;

namespace {

constexpr minutes after{15}, long_after{90};

/// What went wrong in a run, by rule. Written without looking at how succession does it.
struct faults {
  int early = 0, minority = 0, together = 0, many = 0, forgotten = 0, retired = 0, hasty = 0;
  int all() const { return early + minority + together + many + forgotten + retired + hasty; }
};

struct life {
  std::vector<standing> members;
  std::map<base::store_id, nanoseconds> dead_for; // while a majority was reached
  std::map<std::string, nanoseconds> last;        // replacement in a zone
  std::set<base::store_id> replaced;
};

life born(base::random& random) {
  life out;
  const auto count = 1 + random.below(9), zones = 1 + random.below(3);
  for (std::uint64_t i = 0; i < count; ++i)
    out.members.push_back({base::store_id{random.hash()}, std::to_string(i % zones)});
  return out;
}

void happen(base::random& random, life& in) {
  auto& m = in.members[random.below(in.members.size())];
  const auto dice = random.below(20);
  if (m.state == member_state::left) return;
  if (dice == 0)
    m.retired = true;
  else if (dice == 1)
    m.state = member_state::left;
  else if (dice < 8)
    m.state = member_state::dead;
  else if (dice < 10)
    m.state = member_state::suspect;
  else
    m.state = member_state::alive;
}

void judge(life& in, const std::vector<member>& got, nanoseconds now, nanoseconds step,
           faults& out) {
  std::size_t total = 0, dead = 0;
  for (const auto& m : in.members) {
    const bool is_dead = m.state == member_state::dead;
    if (m.state == member_state::left || (m.retired && is_dead)) continue;
    ++total;
    dead += is_dead;
  }
  const bool heirs = std::any_of(in.members.begin(), in.members.end(), [](const standing& m) {
    return m.state != member_state::left && !m.retired;
  });
  const bool majority = 2 * (total - dead) > total;
  for (std::size_t i = 0; i < in.members.size(); ++i) {
    const auto& m = in.members[i];
    const bool is_dead = m.state == member_state::dead && !m.retired;
    if (!is_dead) in.dead_for.erase(m.id), in.replaced.erase(m.id);
    if (m.retired && heirs && got[i].state != member_state::left) ++out.retired;
    if (is_dead && !majority) in.dead_for.erase(m.id);
    if (is_dead && majority) {
      const auto [at, fresh] = in.dead_for.try_emplace(m.id, 0);
      if (!fresh) at->second += step;
    }
    if (got[i].replaced && in.replaced.insert(m.id).second) {
      if (!is_dead || in.dead_for[m.id] < after) ++out.early;
      if (!majority) ++out.minority;
      if (dead * 3 > total) ++out.many;
      const auto last = in.last.find(m.zone);
      if (last != in.last.end() && now - last->second < after) ++out.together;
      in.last[m.zone] = now;
    } else if (!got[i].replaced && in.replaced.contains(m.id)) {
      ++out.forgotten;
    }
  }
}

faults run(succession_rules how, std::uint64_t& replacements, std::uint64_t& removals) {
  faults out;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    base::random random(seed);
    auto in = born(random);
    succession core(how);
    nanoseconds now{0};
    for (int i = 0; i < 200; ++i) {
      const nanoseconds step = minutes(random.below(6));
      now += step;
      if (random.chance(0.2)) happen(random, in);
      const auto before = in.replaced.size();
      judge(in, core.look(in.members, now), now, step, out);
      replacements += in.replaced.size() > before;
      for (const auto& id : core.given_up(now)) {
        out.hasty += !in.replaced.contains(id) || in.dead_for[id] < long_after;
        ++removals;
      }
    }
  }
  return out;
}

} // namespace

TEST_CASE(
    "the dead are replaced late, by a majority, few and one by one, and given up much later") {
  std::uint64_t replacements = 0, removals = 0;
  const auto seen = run({.remove_after = long_after}, replacements, removals);
  CHECK(seen.all() == 0);
  CHECK(replacements > 100);
  CHECK(removals > 100);
  removals = 0;
  run({.remove_after = minutes(0)}, replacements, removals);
  CHECK(removals == 0);
}

TEST_CASE("each rule of succession is missed where it is broken") {
  std::uint64_t count = 0;
  CHECK(run({.replace_after = minutes(5)}, count, count).early > 0);
  // A minority is more than a third dead: both rules have to go for it to replace.
  CHECK(run({.majority_of = 100, .dead_of = 1}, count, count).minority > 0);
  CHECK(run({.dead_of = 1}, count, count).many > 0);
  CHECK(run({.pause_in_zone = minutes(0)}, count, count).together > 0);
  CHECK(run({.remove_after = minutes(60)}, count, count).hasty > 0);
}

TEST_CASE("in the end every dead member is replaced, as long as no more than a third is dead") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    base::random random(seed);
    auto in = born(random);
    const auto dead = in.members.size() / 3;
    for (std::size_t i = 0; i < dead; ++i) in.members[i].state = member_state::dead;
    succession core({});
    nanoseconds now{0};
    for (; now < after * 10; now += minutes(1)) core.look(in.members, now);
    for (std::size_t i = 0; i < dead; ++i) CHECK(core.replaced(in.members[i].id));
  }
}

TEST_CASE("a replaced member moves only its own places, and keeps those that nobody can take") {
  base::random random(3);
  for (int round = 0; round < 500; ++round) {
    const auto count = 1 + random.below(8);
    std::vector<member> members;
    for (std::uint64_t i = 0; i < count; ++i)
      members.push_back(
          {base::store_id{random.hash()}, std::to_string(random.below(3)), member_state::alive});
    const base::space_id space{random.hash()};
    const auto before = place(space, members, 3);
    auto& gone = members[random.below(count)];
    gone.state = member_state::dead;
    gone.replaced = true;
    const auto after_it = place(space, members, 3);
    CHECK(after_it.factor == before.factor);
    CHECK(after_it.quorum == before.quorum);
    CHECK(after_it.replicas.size() == before.replicas.size());
    CHECK(after_it.holds(gone.id) == (count <= 3));
    std::size_t moved = 0;
    for (const auto& id : before.replicas) moved += !after_it.holds(id);
    CHECK(moved <= 1);
  }
}
