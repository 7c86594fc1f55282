#include "jepsen/report/page.hpp"
#include "jepsen/report/report.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace engram::jepsen {

namespace {

constexpr std::size_t VALUE_MAX_BYTES = 80;

double ms(std::chrono::nanoseconds of) { return static_cast<double>(of.count()) / 1e6; }

double end_of(const history& of) { return of.empty() ? 0 : ms(of.back().time); }

std::string cut(std::string text) {
  if (text.size() > VALUE_MAX_BYTES) text = text.substr(0, VALUE_MAX_BYTES) + "...";
  return text;
}

/// Workers are told apart by the processes there are at first: a new process takes the place of the
/// one that many before it whose outcome is unknown.
json operations(const history& of, int workers) {
  json all = json::array();
  for (const auto& each : pair(of)) {
    const auto& line = *each.invoked;
    const auto end = each.done ? ms(each.done->time) : end_of(of);
    all.push_back({{"lane", workers > 0 ? line.process % workers : line.process},
                   {"process", line.process},
                   {"index", line.index},
                   {"f", line.f},
                   {"type", to_string(each.done ? each.done->type : op_type::info)},
                   {"start", ms(line.time)},
                   {"end", end},
                   {"value", cut((each.done ? each.done->value : line.value).dump())},
                   {"more", each.done ? each.done->more.dump() : line.more.dump()}});
  }
  return all;
}

json faults(const history& of) {
  json all = json::array();
  std::map<std::string, std::vector<const op*>> open;
  for (const auto& each : of) {
    if (each.process != NEMESIS) continue;
    if (each.text("does") == "start") open[each.f].push_back(&each);
    if (each.text("does") != "stop" || open[each.f].empty()) continue;
    all.push_back({{"fault", each.f},
                   {"start", ms(open[each.f].front()->time)},
                   {"end", ms(each.time)},
                   {"how", cut(open[each.f].front()->value.dump())}});
    open[each.f].erase(open[each.f].begin());
  }
  return all;
}

/// Not every line's `nodes` is a list: that of forming the cluster is their number.
std::vector<int> nodes_of(const op& line) {
  const auto listed = line.value.is_object() ? line.value.value("nodes", json()) : json();
  return listed.is_array() ? listed.get<std::vector<int>>() : std::vector<int>{};
}

/// Up, down and paused, as the harness made it.
class node_lanes {
public:
  explicit node_lanes(const history& of) {
    for (const auto& each : of) {
      if (each.process != NEMESIS) continue;
      if (each.f == "exited") change(each.value.value("node", 0), "down", each.time);
      const auto starts = each.text("does") == "start";
      for (const int node : nodes_of(each)) {
        if (each.f == "pause")
          change(node, starts ? "paused" : "up", each.time);
        else if (each.f == "healed" || (!starts && !each.text("does").empty()))
          change(node, "up", each.time);
      }
    }
    for (auto& [node, lane] : lanes_) lane.back()["end"] = end_of(of);
  }
  json take() const {
    json all = json::array();
    for (const auto& [node, lane] : lanes_) all.push_back({{"node", node}, {"states", lane}});
    return all;
  }

private:
  void change(int node, const char* state, std::chrono::nanoseconds at) {
    auto& lane = lanes_[node];
    if (lane.empty()) lane.push_back({{"state", "up"}, {"start", 0}, {"end", ms(at)}});
    if (lane.back()["state"] == state) return;
    lane.back()["end"] = ms(at);
    lane.push_back({{"state", state}, {"start", ms(at)}, {"end", ms(at)}});
  }

  std::map<int, std::vector<json>> lanes_;
};

/// Safe inside a script element.
std::string embedded(const json& data) {
  std::string text;
  for (const char each : data.dump(-1, ' ', true, json::error_handler_t::replace)) {
    if (each == '<')
      text += "\\u003c";
    else
      text += each;
  }
  return text;
}

} // namespace

std::string html_report(const std::string& name, const run_result& of) {
  auto data = results(name, of);
  data["ops"] = operations(of.history, of.workers);
  data["faults"] = faults(of.history);
  data["nodes"] = node_lanes(of.history).take();
  std::string example;
  for (const auto& each : counter_example(of.history, of.verdicts)) example += line_of(each) + "\n";
  data["example"] = example;
  return PAGE_HEAD + embedded(data) + PAGE_TAIL;
}

} // namespace engram::jepsen
