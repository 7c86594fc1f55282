// How well the cluster serves: availability through faults, and answers that say what they lack.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <cmath>
#include <map>
#include <set>

namespace engram::jepsen {

namespace {

using std::chrono::nanoseconds;

/// Faults that are active, along a history.
class phases {
public:
  explicit phases(const history& of) {
    std::set<std::string> active;
    starts_[nanoseconds(0)] = "calm";
    for (const auto& each : of) {
      if (each.process != NEMESIS) continue;
      if (each.text("does") == "start") {
        active.insert(each.f);
        if (each.f == "kill") kills_.push_back(each.time);
      } else if (each.text("does") == "stop") {
        active.erase(each.f);
        heals_.push_back({each.f, each.time});
      } else
        continue;
      std::string name;
      for (const auto& fault : active) name += (name.empty() ? "" : "+") + fault;
      starts_[each.time] = name.empty() ? "calm" : name;
    }
  }
  const std::string& at(nanoseconds then) const {
    return std::prev(starts_.upper_bound(then))->second;
  }
  const std::vector<std::pair<std::string, nanoseconds>>& heals() const { return heals_; }
  const std::vector<nanoseconds>& kills() const { return kills_; }

private:
  std::map<nanoseconds, std::string> starts_;
  std::vector<std::pair<std::string, nanoseconds>> heals_;
  std::vector<nanoseconds> kills_;
};

/// The longest time without a success around `then` and for some seconds after it; the successes
/// are in order.
nanoseconds gap_after(nanoseconds then, const std::vector<nanoseconds>& successes) {
  constexpr nanoseconds watched = std::chrono::seconds(3);
  const auto end = then + watched;
  auto next = std::lower_bound(successes.begin(), successes.end(), then);
  auto last = next == successes.begin() ? then : *std::prev(next);
  nanoseconds longest{0};
  for (; next != successes.end() && last < end; last = *next++)
    longest = std::max(longest, *next - last);
  return last < end ? std::max(longest, end - last) : longest;
}

/// Where the machine kept a thread of the harness waiting, that did nothing but sleep and write.
struct stall {
  nanoseconds from, to;
  const json* what;
};

std::vector<stall> stalls_of(const history& of) {
  std::vector<stall> found;
  for (const auto& each : of) {
    if (each.process != NEMESIS || each.f != "stall") continue;
    double took = 0;
    for (const auto& [kind, ms] : each.value.items()) took += ms.get<double>();
    found.push_back(
        {each.time - nanoseconds(static_cast<std::int64_t>(took * 1e6)), each.time, &each.value});
  }
  return found;
}

/// The longest times without a success, the longest first: when, how long after a kill, and how
/// long the machine stood still meanwhile.
json longest_gaps(const std::vector<nanoseconds>& successes, const std::vector<nanoseconds>& kills,
                  const std::vector<stall>& stalls) {
  constexpr std::size_t shown = 3;
  const auto ms = [](nanoseconds of) {
    return std::round(static_cast<double>(of.count()) / 1e5) / 10;
  };
  std::vector<std::pair<nanoseconds, nanoseconds>> gaps; // how long, from when
  for (std::size_t i = 1; i < successes.size(); ++i)
    gaps.emplace_back(successes[i] - successes[i - 1], successes[i - 1]);
  std::sort(gaps.rbegin(), gaps.rend());
  if (gaps.size() > shown) gaps.resize(shown);
  json told = json::array();
  for (const auto& [length, from] : gaps) {
    json row{{"ms", ms(length)}, {"at_s", ms(from) / 1e3}};
    const auto after = std::upper_bound(kills.begin(), kills.end(), from + length);
    if (after != kills.begin()) row["after_kill_ms"] = ms(from + length - *std::prev(after));
    for (const auto& each : stalls) {
      if (each.to <= from || each.from >= from + length) continue;
      for (const auto& [kind, took] : each.what->items())
        row[kind] = std::max(row.value(kind, 0.0), took.get<double>());
    }
    told.push_back(std::move(row));
  }
  return told;
}

/// While a folder runs twice, one of the two is an old copy under the name of the other.
bool is_cloned(const history& of, nanoseconds then) {
  bool is = false;
  for (const auto& each : of) {
    if (each.time > then) break;
    if (each.process == NEMESIS && each.f == "clone") is = each.text("does") == "start";
  }
  return is;
}

bool is_client_work(const operation& each) {
  return each.invoked->f != "state" && !each.invoked->flag("final") &&
         each.invoked->number("census") == 0;
}

} // namespace

verdict check_availability(const history& of) {
  verdict to("availability");
  struct tally {
    std::uint64_t ok = 0, fail = 0, info = 0;
    std::vector<nanoseconds> took;
  };
  std::map<std::string, std::map<std::string, tally>> rows;  // phase -> durability or "read"
  std::map<std::string, std::vector<nanoseconds>> successes; // by durability
  const phases when(of);
  const auto stalls = stalls_of(of);
  for (const auto& each : of)
    if (each.process == NEMESIS && each.f == "machine") to.facts["machine"] = each.value;
  for (const auto& each : pair(of)) {
    if (!is_client_work(each)) continue;
    const auto kind = each.invoked->text("durability", each.invoked->f);
    auto& row = rows[when.at(each.began())][kind];
    ++(each.is(op_type::ok) ? row.ok : each.is(op_type::fail) ? row.fail : row.info);
    if (!each.is(op_type::ok)) continue;
    row.took.push_back(each.done->time - each.began());
    successes[kind].push_back(each.done->time);
  }
  std::uint64_t succeeded = 0;
  for (const auto& [phase, kinds] : rows) {
    for (const auto& [kind, row] : kinds) {
      succeeded += row.ok;
      const auto all = row.ok + row.fail + row.info;
      to.facts["phases"][phase][kind] = {
          {"ok", row.ok},
          {"fail", row.fail},
          {"info", row.info},
          {"share", static_cast<double>(row.ok) / static_cast<double>(all)},
          {"latency_ms", quantiles_ms(row.took)}};
    }
  }
  for (auto& [kind, times] : successes) {
    std::sort(times.begin(), times.end());
    to.facts["longest_gaps"][kind] = longest_gaps(times, when.kills(), stalls);
    std::vector<nanoseconds> gaps;
    for (const auto kill : when.kills()) gaps.push_back(gap_after(kill, times));
    if (!gaps.empty()) to.facts["gap_after_kill_ms"][kind] = quantiles_ms(std::move(gaps));
    std::map<std::string, std::vector<nanoseconds>> after;
    for (const auto& [fault, healed] : when.heals()) {
      const auto first = std::lower_bound(times.begin(), times.end(), healed);
      if (first != times.end()) after[fault].push_back(*first - healed);
    }
    for (auto& [fault, waits] : after)
      to.facts["first_success_after_ms"][fault][kind] = quantiles_ms(std::move(waits));
  }
  if (rows.empty())
    to.doubt("nothing was asked");
  else if (succeeded == 0)
    to.blame("no operation succeeded");
  return to;
}

verdict check_recall(const history& of) {
  verdict to("recall");
  constexpr auto slack = std::chrono::seconds(2); // between what peers told and what they hold
  std::map<std::string, std::vector<const operation*>> topics;
  const auto remembers = pair(of, "remember");
  for (const auto& each : remembers)
    topics[each.invoked->value[0].get<std::string>()].push_back(&each);
  std::uint64_t answers = 0, held = 0, with_missing = 0;
  for (const auto& each : pair(of, "ask")) {
    if (!each.is(op_type::ok)) continue;
    const auto& answer = each.done->value;
    const auto found = elements_of(answer["found"]);
    const std::set<element> got(found.begin(), found.end());
    const auto high = answer.value("high", 0.0), low = answer.value("low", 0.0);
    const auto stale = std::chrono::milliseconds(answer.value("stale_ms", std::int64_t(0)));
    std::size_t expected = 0, missed = 0;
    std::set<element> made_of;
    for (const auto* memory : topics[each.invoked->value.get<std::string>()]) {
      const auto which = memory->invoked->value[1].get<element>();
      made_of.insert(which);
      if (!memory->is(op_type::ok) || memory->done->time >= each.began()) continue;
      ++expected;
      if (got.contains(which)) continue;
      ++missed;
      if (high <= 0 && memory->done->time + stale + slack < each.began() &&
          !is_cloned(of, each.done->time))
        to.blame("an answer claims to miss nothing and misses " + std::to_string(which),
                 {last_index(*memory), each.invoked->index, each.done->index});
    }
    for (const auto which : found)
      if (!made_of.contains(which))
        to.blame("an answer holds " + std::to_string(which) + " of another topic, or of none",
                 {each.done->index});
    if (expected == 0) continue;
    ++answers;
    with_missing += missed > 0;
    const auto share = static_cast<double>(missed) / static_cast<double>(expected);
    held += share >= low - 1e-9 && share <= high + 1e-9;
  }
  if (answers == 0) to.doubt("no answer could be judged");
  to.facts.update({{"answers", answers}, {"with_missing", with_missing}});
  if (answers > 0)
    to.facts["missing_held"] = static_cast<double>(held) / static_cast<double>(answers);
  return to;
}

} // namespace engram::jepsen
