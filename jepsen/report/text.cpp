#include "jepsen/report/report.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace engram::jepsen {

namespace {

constexpr std::size_t LINE_MAX_BYTES = 240;

/// The one or two facts of a checker that fit on its line.
std::string brief(const json& facts) {
  std::string text;
  for (const auto& [name, fact] : facts.items()) {
    if (fact.is_object() && fact.contains("p50"))
      text += ", " + name + " p50 " + fact["p50"].dump() + " p99 " + fact["p99"].dump() + " max " +
              fact["max"].dump();
    else if (!fact.is_object())
      text += ", " + name + " " + (fact.is_string() ? fact.get<std::string>() : fact.dump());
  }
  return text.empty() ? text : text.substr(2);
}

/// {"quorum": quantiles ...} of times without service, a line each.
std::string gap_rows(const json& kinds, const std::string& what) {
  std::string text;
  char row[200];
  for (const auto& [kind, of] : kinds.items()) {
    if (!of.contains("max")) continue;
    std::snprintf(row, sizeof row, "    %-36s %-8s p50 %.0f ms  max %.0f ms  of %d\n", what.c_str(),
                  kind.c_str(), of["p50"].get<double>(), of["max"].get<double>(),
                  of["count"].get<int>());
    text += row;
  }
  return text;
}

/// {"quorum": [{ms, at_s, ...} ...] ...}, a line each: what was long, and what the machine did
/// then. Of writes by quorum; the others are in results.json.
std::string longest_rows(const json& kinds) {
  std::string text;
  char row[200];
  for (const auto& [kind, gaps] : kinds.items()) {
    if (kind != "quorum") continue;
    for (const auto& each : gaps) {
      std::snprintf(row, sizeof row, "    %-36s %-8s %.0f ms at %.1f s", "longest without success",
                    kind.c_str(), each["ms"].get<double>(), each["at_s"].get<double>());
      text += row;
      for (const auto& [name, fact] : each.items())
        if (name != "ms" && name != "at_s")
          text += ", " + name + " " + std::to_string(static_cast<int>(fact.get<double>()));
      text += "\n";
    }
  }
  return text;
}

std::string availability_rows(const json& facts) {
  std::string text;
  char row[200];
  if (!facts.contains("phases")) return text;
  for (const auto& [phase, kinds] : facts["phases"].items()) {
    for (const auto& [kind, counts] : kinds.items()) {
      const auto& latency = counts["latency_ms"];
      std::snprintf(row, sizeof row, "    %-36s %-8s %6d ok %5d fail %4d info  %5.1f %%  p99 %s\n",
                    phase.c_str(), kind.c_str(), counts["ok"].get<int>(), counts["fail"].get<int>(),
                    counts["info"].get<int>(), 100 * counts["share"].get<double>(),
                    latency.contains("p99") ? (latency["p99"].dump() + " ms").c_str() : "-");
      text += row;
    }
  }
  text +=
      gap_rows(facts.value("gap_after_kill_ms", json::object()), "without success after a kill");
  if (facts.contains("gap_after_kill_ms"))
    text += longest_rows(facts.value("longest_gaps", json::object()));
  text += gap_rows(facts.value("machine", json::object()), "the machine itself, meanwhile");
  for (const auto& [fault, kinds] : facts.value("first_success_after_ms", json::object()).items())
    text += gap_rows(kinds, "until a success after " + fault);
  return text;
}

} // namespace

std::string line_of(const op& each) {
  char time[32];
  std::snprintf(time, sizeof time, "%10.3f s  ", static_cast<double>(each.time.count()) / 1e9);
  auto value = each.value.dump();
  if (value.size() > LINE_MAX_BYTES) value = value.substr(0, LINE_MAX_BYTES) + "...";
  auto more = each.more;
  more.erase("space");
  return time + (each.process == NEMESIS ? "nemesis" : "process " + std::to_string(each.process)) +
         "  " + std::string(to_string(each.type)) + "  " + each.f + "  " + value + "  " +
         more.dump();
}

history counter_example(const history& of, const std::vector<verdict>& verdicts) {
  for (const auto& each : verdicts) {
    if (each.findings.empty() || each.findings[0].ops.empty()) continue;
    const auto& shown = each.findings[0].ops;
    const std::set<std::uint64_t> wanted(shown.begin(), shown.end());
    const auto first = *wanted.begin(), last = *wanted.rbegin();
    history found;
    for (const auto& line : of)
      if (wanted.contains(line.index) ||
          (line.process == NEMESIS && line.index >= first && line.index <= last))
        found.push_back(line);
    return found;
  }
  return {};
}

std::string text_report(const std::string& name, const run_result& of) {
  std::string text = name + ": " + std::string(to_string(worst(of.verdicts))) + "  (" +
                     std::to_string(of.history.size()) + " lines in " +
                     std::to_string(of.took.count()) + " s)\n";
  for (const auto& lack : of.lacks) text += "  lacking here: " + lack + "\n";
  for (const auto& each : of.verdicts) {
    char row[80];
    std::snprintf(row, sizeof row, "  %-22s %-8s", each.checker.c_str(),
                  std::string(to_string(each.is)).c_str());
    text += std::string(row) + brief(each.facts) + "\n" + availability_rows(each.facts);
    for (const auto& found : each.findings) text += "      ! " + found.what + "\n";
    if (each.findings_count > each.findings.size())
      text += "      ! " + std::to_string(each.findings_count) + " in all\n";
  }
  const auto shown = counter_example(of.history, of.verdicts);
  if (!shown.empty()) text += "  the first of these, and what was done meanwhile:\n";
  for (const auto& each : shown) text += "    " + line_of(each) + "\n";
  return text;
}

json results(const std::string& name, const run_result& of) {
  json verdicts = json::array();
  for (const auto& each : of.verdicts) verdicts.push_back(to_json(each));
  return {{"name", name},
          {"verdict", to_string(worst(of.verdicts))},
          {"verdicts", verdicts},
          {"lacks", of.lacks},
          {"took_s", of.took.count()}};
}

} // namespace engram::jepsen
