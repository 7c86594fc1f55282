// Recall: memories of small topics, and questions that bring up a whole topic, so that what an
// answer lacks can be told. Spaces: created, dropped and listed by everybody.
#include "jepsen/workload/workload.hpp"

#include <atomic>

namespace engram::jepsen {

namespace {

constexpr std::uint64_t TOPIC_SIZE = 20;
constexpr std::uint32_t HITS = 50; // more than a topic has
constexpr std::uint64_t NAMES = 8;

class recall_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {"recall"}; }

  op next(session& of) override {
    if (made_ > 0 && of.draw.chance(0.4))
      return invocation("ask", "recall", topic_of(of.draw.below(made_)), of.any_node());
    const auto which = made_++;
    auto made = invocation("remember", "recall", {topic_of(which), which}, of.any_node());
    made.more["durability"] = "quorum";
    return made;
  }

  op perform(const op& invoked, session&, client_side& through) override {
    if (invoked.f == "ask") return ask(invoked, through);
    client::episode what;
    what.id = "e" + invoked.value[1].dump();
    what.text = invoked.value[0].get<std::string>() + " number " + invoked.value[1].dump();
    return remember_one(invoked, through, std::move(what), invoked.value);
  }

  std::vector<op> finals() override { return {}; }

private:
  static std::string topic_of(std::uint64_t which) {
    return "topic" + std::to_string(which / TOPIC_SIZE) + "x";
  }

  static op ask(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), "recall");
    if (!space) return completed(invoked, space.error());
    client::recall_query query;
    query.cue.text = invoked.value;
    query.limit = HITS;
    query.spread = false;
    const auto got = through.wait(space->recall(query));
    if (!got) return completed(invoked, got.error());
    json found = json::array();
    for (const auto& each : got->hits) found.push_back(number_of(each.what.id));
    const auto& saw = got->coverage;
    return completed(invoked, json{{"found", std::move(found)},
                                   {"low", saw.missing.low},
                                   {"high", saw.missing.high},
                                   {"stale_ms", saw.stale_ms},
                                   {"lagging", saw.lagging}});
  }

  std::atomic<std::uint64_t> made_{0};
};

class spaces_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {}; }

  op next(session& of) override {
    const double which = of.draw.unit();
    if (which < 0.3) return invocation("list", "spaces", nullptr, of.any_node());
    const auto name = "spaces-" + std::to_string(of.draw.below(NAMES));
    return invocation(which < 0.7 ? "create" : "drop", "spaces", name, of.any_node());
  }

  op perform(const op& invoked, session&, client_side& through) override {
    const auto at = through.at(static_cast<int>(invoked.number("node")));
    if (!at) return completed(invoked, at.error());
    if (invoked.f == "list") return list(invoked, **at, through);
    const auto name = invoked.value.get<std::string>();
    if (invoked.f == "create") {
      client::space_spec spec;
      spec.name = name;
      const auto made = through.wait((*at)->create_space(spec));
      return made ? completed(invoked, invoked.value) : completed(invoked, made.error());
    }
    const auto dropped = through.loop().wait((*at)->drop_space(name));
    return dropped ? completed(invoked, invoked.value) : completed(invoked, dropped.error());
  }

  std::vector<op> finals() override { return {invocation("list", "spaces", nullptr, 0)}; }

private:
  static op list(const op& invoked, const client::connection& at, client_side& through) {
    const auto got = through.wait(at.list_spaces());
    if (!got) return completed(invoked, got.error());
    json names = json::array();
    for (const auto& each : *got)
      if (each.spec.name.starts_with("spaces-")) names.push_back(each.spec.name);
    return completed(invoked, std::move(names));
  }
};

} // namespace

std::unique_ptr<workload> make_recall(const workload_options&) {
  return std::make_unique<recall_workload>();
}

std::unique_ptr<workload> make_spaces(const workload_options&) {
  return std::make_unique<spaces_workload>();
}

} // namespace engram::jepsen
