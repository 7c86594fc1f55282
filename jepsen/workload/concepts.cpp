// Concepts: episodes of a few topics, some hidden again, and consolidations at any node. Where the
// replica stood still meanwhile, an answer comes with the vector that its concepts are made of.
#include "jepsen/workload/replica.hpp"
#include "jepsen/workload/workload.hpp"

namespace engram::jepsen {

namespace {

constexpr const char* SPACE = "concepts";
constexpr int TOPICS = 12, WORDS = 8, SEASONS = 4;
constexpr double READS = 0.03, CONSOLIDATES = 0.02, HIDES = 0.08;
constexpr std::uint32_t SHOWN = 20;

/// Follows from the number alone: most words are those of its topic.
client::episode topical(std::int64_t number) {
  base::random draw(static_cast<std::uint64_t>(number) + 1);
  const auto topic = std::to_string(draw.below(TOPICS));
  client::episode made;
  made.id = "e" + std::to_string(number);
  for (int word = 0; word < WORDS; ++word)
    made.text += draw.chance(0.7) ? "topic" + topic + "word" + std::to_string(word) + " "
                                  : "other" + std::to_string(draw.below(400)) + " ";
  if (draw.chance(0.9))
    made.when = base::instant{
        static_cast<std::int64_t>(draw.below(SEASONS) * 100'000'000'000 + draw.below(1'000))};
  return made;
}

json row_of(const client::concept_row& from) {
  return {{"name", from.name},           {"version", from.version}, {"strength", from.strength},
          {"coherence", from.coherence}, {"members", from.members}, {"exemplar", from.exemplar},
          {"cites", from.citations}};
}

class concepts_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {SPACE}; }

  /// Shared ones are also made of the replicas' own accord.
  base::result<void> prepare(client_side& through) override {
    TRY_ASSIGN(const auto space, through.space_at(1, SPACE));
    TRY(through.wait(space.configure("share_concepts", "on", client::durability::all)));
    return base::success();
  }

  op next(session& of) override {
    const double which = of.draw.unit();
    if (which < READS) return invocation("concepts", SPACE, nullptr, of.any_node());
    if (which < READS + CONSOLIDATES)
      return invocation("consolidate", SPACE, nullptr, of.any_node());
    const bool hides = which < READS + CONSOLIDATES + HIDES && !of.own.empty();
    auto made = invocation(hides ? "hide" : "remember", SPACE, nullptr, of.any_node());
    made.more["durability"] = "quorum";
    if (!hides) {
      made.value = of.fresh();
      return made;
    }
    const auto at = of.own.begin() + static_cast<std::ptrdiff_t>(of.draw.below(of.own.size()));
    made.value = *at;
    of.own.erase(at);
    return made;
  }

  op perform(const op& invoked, session& of, client_side& through) override {
    if (invoked.f == "concepts") return read(invoked, through);
    if (invoked.f == "consolidate") return consolidate(invoked, through);
    const auto which = invoked.value.get<std::int64_t>();
    if (invoked.f == "hide") return hide(invoked, which, through);
    auto done = remember_one(invoked, through, topical(which), which);
    if (done.type == op_type::ok) of.own.push_back(which);
    return done;
  }

  std::vector<op> finals() override { return {invocation("concepts", SPACE, nullptr, 0)}; }

private:
  /// Has it a replica of its own? Otherwise two calls may be answered by two replicas.
  static bool answers_itself(const op& invoked, client_side& through) {
    const auto at = through.at(static_cast<int>(invoked.number("node")));
    if (!at) return false;
    const auto seen = through.wait((*at)->cluster());
    return seen && replicas_beside(*seen, SPACE) > 0;
  }

  static op read(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const bool is_own = answers_itself(invoked, through);
    client::concept_query query;
    query.limit = SHOWN;
    query.read.strict = true; // of a replica: what is shared with every node is coarser
    const auto before = is_own ? vector_of(through, *space) : "";
    const auto got = through.wait(space->concepts(query));
    if (!got) return completed(invoked, got.error());
    json rows = json::array();
    for (const auto& each : got->concepts) rows.push_back(row_of(each));
    auto done = completed(invoked, json{{"content", got->content},
                                        {"total", got->total},
                                        {"members", got->members},
                                        {"memories", got->memories},
                                        {"concepts", std::move(rows)}});
    if (!before.empty() && before == vector_of(through, *space)) done.more["vector"] = before;
    return done;
  }

  static op consolidate(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto got = through.wait(space->consolidate());
    if (!got) return completed(invoked, got.error());
    return completed(invoked, json{{"content", got->content}, {"total", got->total}});
  }

  static op hide(const op& invoked, std::int64_t which, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto got = through.wait(space->forget(
        {"e" + std::to_string(which)}, client::forget_mode::suppress, durability_of(invoked)));
    if (!got) return completed(invoked, got.error());
    if (!got->items.at(0)) return completed(invoked, got->items[0].error());
    return completed(invoked, json(which));
  }
};

} // namespace

std::unique_ptr<workload> make_concepts(const workload_options&) {
  return std::make_unique<concepts_workload>();
}

} // namespace engram::jepsen
