// Sets of elements: what was added is there, what was forgotten is not, and how long that takes.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <map>
#include <set>

namespace engram::jepsen {

namespace {

using std::chrono::nanoseconds;

/// What happened to one element.
struct fate {
  const operation* added = nullptr;
  const operation* forgotten = nullptr;
  bool is_acked = false, is_refused = true; // any add, every add
  bool forget_acked = false, forget_asked = false;
};
using fates = std::map<element, fate>;

bool took_effect_surely(const operation& each) { return each.is(op_type::ok); }

fates gather(const std::vector<operation>& adds, const std::vector<operation>& forgets) {
  fates found;
  for (const auto& each : adds) {
    auto& of = found[each.invoked->value.get<element>()];
    if (!of.added || took_effect_surely(each)) of.added = &each;
    of.is_acked = of.is_acked || took_effect_surely(each);
    of.is_refused = of.is_refused && each.is(op_type::fail);
  }
  for (const auto& each : forgets) {
    auto& of = found[each.invoked->value.get<element>()];
    if (!of.forgotten || took_effect_surely(each)) of.forgotten = &each;
    of.forget_acked = of.forget_acked || took_effect_surely(each);
    of.forget_asked = of.forget_asked || !each.is(op_type::fail);
  }
  return found;
}

std::string named(element which) { return "element " + std::to_string(which); }

std::string where(const set_read& at) {
  return "node " + std::to_string(at.at.invoked->number("node", -1));
}

/// Nothing that nobody added, nothing that was surely refused, nothing twice.
void check_nothing_made_up(const fates& of, const std::vector<set_read>& reads, verdict& to) {
  std::set<element> told;
  for (const auto& read : reads) {
    for (std::size_t i = 0; i < read.found.size(); ++i) {
      const element each = read.found[i];
      if (i > 0 && read.found[i - 1] == each && told.insert(each).second)
        to.blame(named(each) + " is read twice at once", {last_index(read.at)});
      const auto known = of.find(each);
      if (known != of.end() && known->second.added && !known->second.is_refused) continue;
      if (!told.insert(each).second) continue;
      if (known == of.end() || !known->second.added)
        to.blame(named(each) + " was never added", {last_index(read.at)});
      else
        to.blame(named(each) + " was refused, yet is read",
                 {known->second.added->invoked->index, last_index(*known->second.added),
                  last_index(read.at)});
    }
  }
}

std::vector<const set_read*> finals(const std::vector<set_read>& reads, verdict& to) {
  std::vector<const set_read*> found;
  for (const auto& each : reads)
    if (each.is_final) found.push_back(&each);
  if (found.empty()) to.doubt("no final read succeeded");
  return found;
}

/// Final reads that lack it.
std::vector<const set_read*> lacking(element which, const std::vector<const set_read*>& among) {
  std::vector<const set_read*> found;
  for (const auto* each : among)
    if (!each->has(which)) found.push_back(each);
  return found;
}

/// Blames the final reads that lack `which`, which surely was there.
bool check_kept(element which, const fate& of, const std::vector<const set_read*>& last,
                verdict& to) {
  const auto without = lacking(which, last);
  if (without.empty()) return true;
  std::string at;
  for (const auto* each : without) at += (at.empty() ? "" : ", ") + where(*each);
  to.blame(named(which) + (without.size() == last.size() ? " is lost" : " is missing at " + at),
           {of.added->invoked->index, last_index(*of.added), last_index(without.front()->at)});
  return false;
}

struct latencies {
  std::uint64_t stale = 0, never_read = 0;
  std::vector<nanoseconds> stable; // from the acknowledgement until no read lacked it any more
};

void measure(element which, const fate& of, const std::vector<set_read>& reads, latencies& to) {
  const auto acked = of.added->done->time;
  auto stable = nanoseconds(0);
  bool is_read = false;
  const auto first = std::lower_bound(
      reads.begin(), reads.end(), acked,
      [](const set_read& read, nanoseconds then) { return read.at.began() < then; });
  for (auto read = first; read != reads.end(); ++read) {
    is_read = true;
    if (!read->has(which)) stable = read->at.began() - acked;
  }
  if (!is_read) ++to.never_read;
  if (stable > nanoseconds(0)) ++to.stale;
  if (is_read) to.stable.push_back(stable);
}

} // namespace

verdict check_set(const history& of) {
  verdict to("set");
  const auto adds = pair(of, "add");
  const auto reads = set_reads(of);
  const auto all = gather(adds, {});
  check_nothing_made_up(all, reads, to);
  const auto last = finals(reads, to);
  std::set<element> seen;
  for (const auto& read : reads) seen.insert(read.found.begin(), read.found.end());
  latencies waits;
  std::uint64_t acked = 0, lost = 0, unsure = 0;
  for (const auto& [which, fate] : all) {
    acked += fate.is_acked;
    unsure += !fate.is_acked && !fate.is_refused;
    if (fate.is_acked) measure(which, fate, reads, waits);
    if ((fate.is_acked || seen.contains(which)) && !fate.is_refused)
      lost += !check_kept(which, fate, last, to);
  }
  if (acked == 0) to.doubt("nothing was acknowledged");
  to.facts.update({{"attempted", adds.size()},
                   {"acknowledged", acked},
                   {"unsure", unsure},
                   {"lost", lost},
                   {"stale", waits.stale},
                   {"never_read", waits.never_read},
                   {"stable_latency_ms", quantiles_ms(waits.stable)},
                   {"reads", reads.size()}});
  return to;
}

verdict check_deletion(const history& of) {
  verdict to("deletion");
  const auto adds = pair(of, "add"), forgets = pair(of, "forget");
  const auto reads = set_reads(of);
  const auto all = gather(adds, forgets);
  check_nothing_made_up(all, reads, to);
  const auto last = finals(reads, to);
  std::uint64_t forgotten = 0, resurrected = 0, lost = 0;
  for (const auto& [which, fate] : all) {
    forgotten += fate.forget_acked;
    if (fate.forget_acked) {
      for (const auto* read : last) {
        if (!read->has(which)) continue;
        ++resurrected;
        to.blame(
            named(which) + " is back at " + where(*read),
            {fate.forgotten->invoked->index, last_index(*fate.forgotten), last_index(read->at)});
        break;
      }
    } else if (fate.is_acked && !fate.forget_asked) {
      lost += !check_kept(which, fate, last, to);
    } else if (!last.empty() && !lacking(which, last).empty() &&
               lacking(which, last).size() != last.size()) {
      to.blame(named(which) + " is at some nodes only",
               {last_index(lacking(which, last).front()->at)});
    }
  }
  if (forgotten == 0) to.doubt("no forgetting was acknowledged");
  to.facts.update({{"added", adds.size()},
                   {"forgotten", forgotten},
                   {"resurrected", resurrected},
                   {"lost", lost},
                   {"reads", reads.size()}});
  return to;
}

verdict check_staleness(const history& of) {
  verdict to("staleness");
  const auto adds = pair(of, "add");
  const auto reads = set_reads(of);
  if (reads.empty()) to.doubt("no read succeeded");
  const auto healed = healed_at(of);
  std::vector<nanoseconds> ages; // of the oldest acknowledged element that a read lacks
  for (const auto& read : reads) {
    auto oldest = nanoseconds(0);
    const operation* who = nullptr;
    for (const auto& add : adds) {
      if (!add.is(op_type::ok) || add.done->time >= read.at.began()) continue;
      const auto age = read.at.began() - add.done->time;
      if (age <= oldest || read.has(add.invoked->value.get<element>())) continue;
      oldest = age;
      who = &add;
    }
    ages.push_back(oldest);
    if (who && healed != nanoseconds::max() && read.at.began() > healed + std::chrono::seconds(60))
      to.blame(named(who->invoked->value.get<element>()) + " is not at " + where(read) +
                   " a minute after the heal",
               {last_index(*who), last_index(read.at)});
  }
  to.facts["age_of_oldest_missing_ms"] = quantiles_ms(ages);
  return to;
}

} // namespace engram::jepsen
