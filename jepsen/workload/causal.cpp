// Sessions: a write at one node is read with its token at another; what a recall saw is read with
// the recall's token at a third.
#include "jepsen/workload/workload.hpp"

namespace engram::jepsen {

namespace {

constexpr const char* SPACE = "causal";
constexpr std::size_t ASKED_MAX = 20;

std::string word_of(int slot) { return "session" + std::to_string(slot) + "x"; }

class causal_workload : public workload {
public:
  explicit causal_workload(std::size_t text_bytes) : text_bytes_(text_bytes) {}

  std::vector<std::string> spaces() const override { return {SPACE}; }

  op next(session& of) override {
    if (of.token.empty() || !of.token_is_fresh || of.draw.chance(0.3)) {
      auto made = invocation("write", SPACE, of.fresh(), of.any_node());
      made.more["durability"] = of.draw.chance(0.5) ? "quorum" : "local";
      return made;
    }
    if (of.draw.chance(0.3)) { // yields a token of its own
      auto made = invocation("read", SPACE, json::array(), of.any_node());
      made.more["recall"] = true;
      return made;
    }
    auto made = invocation("read", SPACE, of.seen, of.any_node());
    made.more["after"] = of.token_name;
    if (of.by_quorum && of.draw.chance(0.5)) made.more["level"] = "quorum"; // and no token
    return made;
  }

  op perform(const op& invoked, session& of, client_side& through) override {
    if (invoked.f == "write") return write(invoked, of, through);
    return invoked.flag("recall") ? recall(invoked, of, through) : get(invoked, of, through);
  }

  std::vector<op> finals() override { return {}; }

private:
  static void promise(session& of, std::string token, std::vector<std::int64_t> seen, op& told) {
    of.token = std::move(token);
    of.token_name = name_of_token(of.token);
    of.seen = std::move(seen);
    of.token_is_fresh = true;
    of.by_quorum = told.f == "write" && told.text("durability") == "quorum";
    told.more["token"] = of.token_name;
  }

  op write(const op& invoked, session& of, client_side& through) const {
    const auto which = invoked.value.get<std::int64_t>();
    client::episode what;
    what.id = "c" + std::to_string(which);
    what.text = padded(word_of(of.slot) + " wrote " + std::to_string(which), text_bytes_);
    std::string token;
    auto done = remember_one(invoked, through, std::move(what), which, &token);
    if (done.type == op_type::ok) promise(of, std::move(token), {which}, done);
    return done;
  }

  static op get(const op& invoked, session& of, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    std::vector<std::string> ids;
    for (const auto each : of.seen) ids.push_back("c" + std::to_string(each));
    client::read_options how;
    if (invoked.text("level") == "quorum")
      how.level = client::read_level::quorum;
    else
      how.token = of.token;
    const auto got = through.wait(space->get(ids, how));
    if (!got) return completed(invoked, got.error());
    json found = json::array();
    for (const auto& each : *got) found.push_back(number_of(each.what.id));
    if (of.draw.chance(0.3)) of.token_is_fresh = false;
    return completed(invoked, std::move(found));
  }

  static op recall(const op& invoked, session& of, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    client::recall_query query;
    query.cue.text = word_of(of.slot);
    query.limit = ASKED_MAX;
    query.spread = false;
    const auto got = through.wait(space->recall(query));
    if (!got) return completed(invoked, got.error());
    std::vector<std::int64_t> seen;
    for (const auto& each : got->hits) seen.push_back(number_of(each.what.id));
    auto done = completed(invoked, json(seen));
    if (!got->token.empty() && !seen.empty()) promise(of, got->token, std::move(seen), done);
    return done;
  }

  const std::size_t text_bytes_;
};

} // namespace

std::unique_ptr<workload> make_causal(const workload_options& options) {
  return std::make_unique<causal_workload>(options.text_bytes);
}

} // namespace engram::jepsen
