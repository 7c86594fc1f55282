// The cluster as a whole: replicas that agree, spaces, processes that live, logs without defects.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace engram::jepsen {

namespace {

using std::chrono::nanoseconds;

double seconds(nanoseconds of) { return static_cast<double>(of.count()) / 1e9; }

/// Latest state of each node, replayed along a history.
struct agreement {
  std::map<std::int64_t, const op*> states;
  bool reached = false;
  std::size_t expected = 1; // so many, as the last that told its state says
  nanoseconds since{0};

  void take(const op& state, std::size_t nodes) {
    if (state.type == op_type::ok)
      states[state.number("node", -1)] = &state;
    else
      states.erase(state.number("node", -1));        // it is no replica any more
    std::set<std::tuple<json, json, json>> distinct; // what is counted is not what is hashed
    for (const auto& [node, each] : states)
      distinct.emplace(each->value.value("hash", json()), each->value.value("memories", json()),
                       each->value.value("graves", json()));
    const bool equal = states.size() >= nodes && distinct.size() == 1;
    expected = nodes;
    if (equal && !reached) since = state.time;
    reached = equal;
  }
};

/// Equal vectors have equal state hashes, at any time.
void check_vectors(const history& of, verdict& to) {
  std::map<std::pair<std::string, std::string>, const op*> first; // (space, vector)
  for (const auto& each : of) {
    if (each.f != "state" || each.type != op_type::ok || !each.value.contains("vector")) continue;
    const auto [known, fresh] =
        first.try_emplace({each.text("space"), each.value["vector"].get<std::string>()}, &each);
    if (fresh || known->second->value["hash"] == each.value["hash"]) continue;
    to.blame("equal vectors of " + each.text("space") + " have different state hashes",
             {known->second->index, each.index});
  }
  to.facts["vectors_compared"] = first.size();
}

/// Each copy of a space, asked while all nodes are cut off from each other; the last time counts.
struct copies_alone {
  std::size_t expected = 0; // living replicas, before
  std::int64_t round = 0;
  std::vector<const op*> told;

  void take(const op& state) {
    const auto now = state.number("alone");
    if (now == 0) {
      expected = state.value.value("replicas", std::size_t(0));
      return;
    }
    if (now > round) told.clear();
    round = std::max(round, now);
    told.push_back(&state);
  }
};

void check_alone(const std::string& space, const copies_alone& of, verdict& to) {
  if (of.round == 0) return;
  std::vector<std::uint64_t> lines;
  std::set<std::pair<json, json>> distinct;
  for (const auto* each : of.told) {
    lines.push_back(each->index);
    distinct.emplace(each->value.value("hash", json()), each->value.value("memories", json()));
  }
  to.facts["copies_alone"][space] = of.told.size();
  if (of.told.size() < of.expected)
    to.blame(space + ": only " + std::to_string(of.told.size()) + " of " +
                 std::to_string(of.expected) + " copies serve when nobody else can",
             lines);
  if (distinct.size() > 1) to.blame(space + ": copies differ when each answers by itself", lines);
}

} // namespace

verdict check_convergence(const history& of, std::chrono::seconds within) {
  verdict to("convergence");
  check_vectors(of, to);
  const auto healed = healed_at(of);
  std::size_t nodes = 0;
  std::map<std::string, agreement> spaces;
  std::map<std::string, copies_alone> alone;
  for (const auto& each : of) {
    if (each.process == NEMESIS && each.f == "healed" && each.time == healed)
      nodes = each.value.value("nodes", json::array()).size();
    if (each.f != "state" || each.time <= healed) continue;
    const bool holds_none = each.type == op_type::fail && each.text("error") == "unknown_space";
    if (holds_none && each.number("alone") == 0)
      if (const auto seen = spaces.find(each.text("space")); seen != spaces.end())
        seen->second.take(each, seen->second.expected);
    if (each.type != op_type::ok) continue;
    alone[each.text("space")].take(each);
    if (each.number("alone") > 0) continue;
    // A space with fewer replicas than nodes says how many of them answer for it.
    const auto replicas = static_cast<std::size_t>(each.value.value("replicas", nodes));
    spaces[each.text("space")].take(each, std::min(nodes, replicas));
  }
  if (spaces.empty()) to.doubt("no state was read after a heal");
  for (const auto& [name, seen] : spaces) {
    const auto took = seen.since - healed;
    std::vector<std::uint64_t> lines;
    for (const auto& [node, state] : seen.states) lines.push_back(state->index);
    if (!seen.reached)
      to.blame(name + ": replicas do not agree in the end (" + std::to_string(seen.states.size()) +
                   " of " + std::to_string(nodes) + " told their state)",
               lines);
    else if (took > within)
      to.blame(name + ": replicas agreed only after " + std::to_string(seconds(took)) + " s",
               lines);
    if (seen.reached) to.facts["agreed_after_s"][name] = seconds(took);
  }
  for (const auto& [name, copies] : alone) check_alone(name, copies, to);
  return to;
}

verdict check_spaces(const history& of) {
  verdict to("spaces");
  struct changes {
    std::vector<const operation*> all; // that may have happened, by when they began
    /// The last of them, when it surely came after all others; null: any may have been last.
    const operation* last() const {
      const auto* newest = all.back();
      for (const auto* each : all)
        if (each != newest && (!each->is(op_type::ok) || each->done->time >= newest->began()))
          return nullptr;
      return newest->is(op_type::ok) ? newest : nullptr;
    }
  };
  std::map<std::string, changes> all;
  const auto operations = pair(of);
  for (const auto& each : operations)
    if ((each.invoked->f == "create" || each.invoked->f == "drop") && !each.is(op_type::fail))
      all[each.invoked->value.get<std::string>()].all.push_back(&each);
  std::map<std::set<std::string>, std::uint64_t> lists;
  for (const auto& each : operations) {
    if (each.invoked->f != "list" || !each.is(op_type::ok) || !each.invoked->flag("final"))
      continue;
    const std::set<std::string> found(each.done->value.begin(), each.done->value.end());
    lists.try_emplace(found, each.done->index);
    for (const auto& [name, row] : all) {
      const auto* last = row.last();
      if (!last || (last->invoked->f == "create") == found.contains(name)) continue;
      to.blame(
          name + (found.contains(name) ? " was dropped and is there" : " was created and is gone"),
          {last->invoked->index, last_index(*last), each.done->index});
    }
  }
  if (lists.empty()) to.doubt("no final list succeeded");
  if (lists.size() > 1)
    to.blame("nodes list different spaces", {lists.begin()->second, lists.rbegin()->second});
  to.facts.update({{"names", all.size()}, {"different_lists", lists.size()}});
  return to;
}

verdict check_exits(const history& of) {
  verdict to("exits");
  std::uint64_t expected = 0;
  for (const auto& each : of) {
    if (each.process != NEMESIS || each.f != "exited") continue;
    if (each.value.value("expected", false)) {
      ++expected;
      continue;
    }
    auto what = "node " + std::to_string(each.value.value("node", -1)) +
                " ended unasked: " + each.value.value("status", std::string("?"));
    if (each.value.contains("kept"))
      what += " (data and log as they were then: " + each.value["kept"].get<std::string>() + ")";
    to.blame(std::move(what), {each.index});
  }
  to.facts["expected"] = expected;
  return to;
}

namespace {

/// Percent of one core.
void tell_cost(const json& cost, verdict& to) {
  const auto rounded = [&cost](const char* name) {
    return std::round(cost.value(name, 0.0) * 10) / 10;
  };
  to.facts["client_library_cpu_percent"] = rounded("library_percent");
  to.facts["harness_cpu_percent"] =
      std::round((rounded("cpu_percent") - rounded("library_percent")) * 10) / 10;
}

} // namespace

verdict check_usage(const history& of) {
  constexpr std::int64_t more_handles = 64; // tables, and a link or two that are being replaced
  verdict to("usage");
  std::vector<const op*> told;
  for (const auto& each : of) {
    if (each.process != NEMESIS) continue;
    if (each.f == "usage") told.push_back(&each);
    if (each.f == "cost") tell_cost(each.value, to);
  }
  if (told.size() < 2) return to;
  std::int64_t grown = 0, opened = 0;
  for (const auto& [node, after] : told.back()->value.items()) {
    if (!told.front()->value.contains(node)) continue;
    const auto& before = told.front()->value[node];
    const auto more =
        after.value("handles", std::int64_t(0)) - before.value("handles", std::int64_t(0));
    opened = std::max(opened, more);
    grown = std::max(grown, after.value("memory", std::int64_t(0)) -
                                before.value("memory", std::int64_t(0)));
    if (more > more_handles)
      to.blame("node " + node + " holds " + std::to_string(more) + " descriptors more than before",
               {told.front()->index, told.back()->index});
  }
  to.facts.update({{"memory_grown_mb", grown >> 20}, {"handles_more", opened}});
  return to;
}

verdict check_logs(const std::vector<named_log>& of) {
  constexpr std::array<std::string_view, 8> MARKS{
      "CHECK(",           "Sanitizer",          "runtime error:",
      "terminate called", "Segmentation fault", "stack smashing",
      "double free",      "a defect of Engram"};
  verdict to("logs");
  if (of.empty()) to.doubt("no logs");
  std::size_t bytes = 0;
  for (const auto& log : of) {
    bytes += log.text.size();
    for (const auto mark : MARKS) {
      const auto at = log.text.find(mark);
      if (at == std::string::npos) continue;
      const auto start = log.text.rfind('\n', at) + 1; // npos + 1 = 0
      to.blame(log.name + ": " +
               log.text.substr(start, std::min<std::size_t>(log.text.find('\n', at) - start, 300)));
    }
  }
  to.facts.update({{"logs", of.size()}, {"bytes", bytes}});
  return to;
}

} // namespace engram::jepsen
