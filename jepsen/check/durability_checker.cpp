// What an acknowledgement is worth: the copies that it names, and those that are counted.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace engram::jepsen {

namespace {

std::int64_t copies_wanted(const std::string& durability, std::int64_t factor) {
  return durability == "local" ? 1 : durability == "all" ? factor : factor / 2 + 1;
}

std::string durability_of(const operation& of) { return of.invoked->text("durability", "quorum"); }

/// Then what a copy held when it was acknowledged may be gone, and was to be made up for.
bool is_data_harmed(const history& of) {
  const std::set<std::string> harms{"corrupt", "damage", "restore", "clone", "replace"};
  for (const auto& each : of)
    if (each.process == NEMESIS && harms.contains(each.f)) return true;
  return false;
}

void check_receipts(const std::vector<operation>& all, std::int64_t factor, verdict& to) {
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> copies;
  for (const auto& each : all) {
    if (!each.is(op_type::ok) || !each.done->more.contains("copies")) continue;
    const auto wanted = durability_of(each);
    const auto got = each.done->number("copies");
    ++copies[wanted][got];
    if (got < copies_wanted(wanted, factor))
      to.blame("a receipt for " + wanted + " names " + std::to_string(got) + " copies of " +
                   std::to_string(factor),
               {each.invoked->index, each.done->index});
  }
  for (const auto& [wanted, counts] : copies)
    for (const auto& [got, count] : counts) to.facts[wanted][std::to_string(got)] = count;
  if (copies.empty() || factor == 0) to.doubt("no receipt says how many copies it names");
}

/// One census: of what was acknowledged before it, each has to be at enough of those who answered;
/// who did not may hold it.
void count_copies(const std::vector<operation>& all, const std::vector<set_read>& told,
                  std::int64_t factor, verdict& to) {
  auto began = std::chrono::nanoseconds::max();
  for (const auto& each : told) began = std::min(began, each.at.began());
  const auto silent = std::max<std::int64_t>(0, factor - static_cast<std::int64_t>(told.size()));
  for (const auto& add : all) {
    if (add.invoked->f != "add" || !add.is(op_type::ok) || add.done->time >= began) continue;
    const auto which = add.invoked->value.get<element>();
    const auto holders = std::count_if(told.begin(), told.end(),
                                       [&](const set_read& each) { return each.has(which); });
    const auto wanted = copies_wanted(durability_of(add), factor);
    if (holders + silent >= wanted) continue;
    to.blame("element " + std::to_string(which) + " was acknowledged with " + durability_of(add) +
                 " and is at " + std::to_string(holders) + " of " + std::to_string(told.size()) +
                 " copies that answer by themselves",
             {add.invoked->index, add.done->index, told.front().at.done->index});
  }
}

} // namespace

verdict check_durability(const history& of) {
  verdict to("durability");
  std::int64_t factor = 0;
  for (const auto& each : of)
    if (each.process == NEMESIS && each.f == "formed") factor = each.value.value("factor", 0);
  const auto all = pair(of);
  check_receipts(all, factor, to);
  std::map<std::int64_t, std::vector<set_read>> censuses;
  for (auto& each : set_reads(of))
    if (const auto round = each.at.invoked->number("census"); round > 0)
      censuses[round].push_back(std::move(each));
  if (censuses.empty()) return to;
  to.facts["censuses"] = is_data_harmed(of) ? "not judged: data was harmed" : json(censuses.size());
  if (is_data_harmed(of)) return to;
  for (const auto& [round, told] : censuses) count_copies(all, told, factor, to);
  return to;
}

} // namespace engram::jepsen
