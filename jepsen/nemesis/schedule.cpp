#include "jepsen/nemesis/schedule.hpp"

#include "base/hash.hpp"
#include "jepsen/nemesis/grudge.hpp"

#include <algorithm>
#include <array>

namespace engram::jepsen {

namespace {

using std::chrono::milliseconds;

constexpr const char* EACH = "each"; // of the nodes, in turn

/// What a fault may be told behind its colon.
enum class about { nothing, shape, target };

struct fault_kind {
  std::string_view name;
  about takes;
  bool harms_data; // then it always hits the same few stores
};

constexpr std::array<fault_kind, 20> KINDS{{
    {"partition", about::shape, false},     {"flapping", about::shape, false},
    {"loss", about::nothing, false},        {"kill", about::target, false},
    {"pause", about::target, false},        {"stop", about::target, false},
    {"restart-all", about::nothing, false}, {"power", about::target, false},
    {"full-disk", about::target, false},    {"io-error", about::target, false},
    {"corrupt", about::nothing, true},      {"restore", about::nothing, true},
    {"clone", about::nothing, true},        {"damage", about::nothing, true},
    {"replace", about::nothing, true},      {"leave", about::target, false},
    {"decommission", about::target, false}, {"clock", about::target, false},
    {"strobe", about::target, false},       {"census", about::nothing, false},
}};

const fault_kind* kind_of(std::string_view name) {
  const auto* found = std::find_if(KINDS.begin(), KINDS.end(),
                                   [name](const fault_kind& each) { return each.name == name; });
  return found == KINDS.end() ? nullptr : found;
}

milliseconds between(milliseconds least, milliseconds most, base::random& draw) {
  const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + milliseconds(draw.below(span));
}

json list_of(const cuts& from) {
  json to = json::array();
  for (const auto& [source, target] : from) to.push_back({source, target});
  return to;
}

class planner {
public:
  explicit planner(const schedule_wish& wish)
      : wish_(wish), end_(wish.time - wish.time / 10), harms_(wish.seed) {
    // All that harms data hits the same stores: what has survived nowhere else must not be harmed.
    victims_ = pick_targets("all", wish.nodes, harms_).value();
    for (std::size_t i = victims_.size(); i > 1; --i)
      std::swap(victims_[i - 1], victims_[harms_.below(i)]);
    victims_.resize(std::min(victims_.size(), static_cast<std::size_t>(wish.tolerated)));
  }

  base::result<void> add(const std::string& wanted) {
    const auto colon = wanted.find(':');
    const auto name = wanted.substr(0, colon);
    const auto detail = colon == std::string::npos ? "" : wanted.substr(colon + 1);
    const auto* kind = kind_of(name);
    if (!kind || (kind->takes == about::nothing && !detail.empty()))
      return {base::errc::invalid_argument, "fault '" + wanted + "' is none of " + known_faults()};
    if (kind->takes == about::target && detail == EACH) {
      add_each(name);
      return base::success();
    }
    base::random draw(wish_.seed ^ base::fast_hash64(wanted));
    const auto share = [this](int parts) { return wish_.time / parts; };
    if (name == "census") return add_censuses(draw);
    auto at = between(share(20), share(6), draw);
    while (at < end_) {
      const auto until = std::min(at + between(share(12), share(5), draw), end_);
      TRY_ASSIGN(const auto how, details(*kind, detail, draw));
      if (name == "flapping")
        repeat("partition", milliseconds(700), at, until, how);
      else if (name == "strobe")
        repeat("clock", milliseconds(150), at, until, how);
      else
        add_pair(name, at, until, how);
      at = until + between(share(20), share(8), draw);
    }
    return base::success();
  }

  schedule take() {
    std::stable_sort(made_.begin(), made_.end(),
                     [](const step& a, const step& b) { return a.at < b.at; });
    return std::move(made_);
  }

private:
  base::result<json> details(const fault_kind& kind, const std::string& detail,
                             base::random& draw) {
    if (kind.takes == about::shape) {
      const auto& shapes = partition_shapes();
      const auto shape = detail.empty() ? shapes[draw.below(shapes.size())] : detail;
      TRY_ASSIGN(const auto cut, cut_as(shape, wish_.nodes, draw));
      return json{{"shape", shape}, {"cut", list_of(cut)}};
    }
    if (kind.name == "loss") return json{{"permille", 50 + draw.below(250)}};
    json how = json::object();
    if (kind.name == "restart-all")
      how["nodes"] = pick_targets("all", wish_.nodes, draw).value();
    else if (kind.harms_data)
      how["nodes"] = victims_;
    else {
      TRY_ASSIGN(how["nodes"],
                 pick_targets(detail.empty() ? (draw.chance(0.5) ? "one" : "minority") : detail,
                              wish_.nodes, draw));
    }
    if (kind.harms_data || kind.name == "power") how["seed"] = draw.next() >> 16;
    if (kind.name == "corrupt") how["bits"] = 1 + draw.below(8);
    if (kind.name == "io-error") how["kind"] = std::array{"sync", "write", "read"}[draw.below(3)];
    if (kind.name == "damage") how["bits"] = 4 + draw.below(8);
    if (kind.name == "clock" || kind.name == "strobe")
      how["offset_ms"] = static_cast<std::int64_t>(draw.below(60'000)) - 30'000;
    return how;
  }

  void add_pair(const std::string& fault, milliseconds from, milliseconds until, json how) {
    made_.push_back({from, fault, true, how});
    made_.push_back({until, fault, false, std::move(how)});
  }

  /// Moments, not times.
  base::result<void> add_censuses(base::random& draw) {
    const auto gap = [&] { return between(wish_.time / 12, wish_.time / 6, draw); };
    for (auto at = gap(); at < end_; at += gap())
      add_pair("census", at, std::min(at + milliseconds(1), end_), json::object());
    return base::success();
  }

  /// One node after the other, all the same way, with time between for what comes back.
  void add_each(const std::string& fault) {
    constexpr milliseconds first{2'000}, lasts{3'000}, every{7'000};
    int node = 0;
    for (auto at = first; at + lasts < end_; at += every, node = (node + 1) % wish_.nodes)
      add_pair(fault, at, at + lasts, {{"nodes", {node + 1}}});
  }

  void repeat(const std::string& fault, milliseconds half, milliseconds from, milliseconds until,
              const json& how) {
    for (auto at = from; at + half < until; at += 2 * half) add_pair(fault, at, at + half, how);
  }

  const schedule_wish& wish_;
  const milliseconds end_;
  base::random harms_;
  std::vector<int> victims_;
  schedule made_;
};

} // namespace

std::string known_faults() {
  std::string names;
  for (const auto& each : KINDS) {
    names += (names.empty() ? "" : ", ") + std::string(each.name);
    if (each.takes == about::target) names += "[:one|minority|majority|all|each]";
    if (each.name == "partition") {
      names += "[:";
      for (const auto& shape : partition_shapes())
        names += (names.back() == ':' ? "" : "|") + shape;
      names += "]";
    }
  }
  return names;
}

base::result<schedule> make_schedule(const schedule_wish& wish) {
  planner plan(wish);
  for (const auto& fault : wish.faults) TRY(plan.add(fault));
  return plan.take();
}

json to_json(const schedule& from) {
  json to = json::array();
  for (const auto& each : from)
    to.push_back({{"at_ms", each.at.count()},
                  {"fault", each.fault},
                  {"does", each.starts ? "start" : "stop"},
                  {"how", each.how}});
  return to;
}

base::result<schedule> schedule_from_json(const json& from) {
  try {
    schedule to;
    for (const auto& each : from) {
      if (!kind_of(each.at("fault").get<std::string>()))
        return base::error{base::errc::invalid_argument, "fault " + each.at("fault").dump()};
      to.push_back({milliseconds(each.at("at_ms").get<std::int64_t>()), each.at("fault"),
                    each.at("does") == "start", each.at("how")});
    }
    return to;
  } catch (const json::exception& wrong) {
    return base::error{base::errc::malformed_message, wrong.what()};
  }
}

} // namespace engram::jepsen
