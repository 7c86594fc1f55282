// Registers: several clients write different contents under one new id at about the same time.
// Counters: recalls that count as accesses of the memory they bring up.
#include "jepsen/workload/workload.hpp"

#include <atomic>

namespace engram::jepsen {

namespace {

constexpr std::uint64_t WRITES_A_KEY = 6;
constexpr int COUNTERS = 12;

class register_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {"register"}; }

  op next(session& of) override {
    const auto turn = turns_++;
    const auto key = "k" + std::to_string(turn / WRITES_A_KEY);
    if (turn % WRITES_A_KEY == WRITES_A_KEY - 1)
      return invocation("read", "register", key, of.any_node());
    const auto content = "content " + std::to_string(of.fresh());
    auto made = invocation("write", "register", {key, content}, of.any_node());
    made.more["durability"] = "quorum";
    return made;
  }

  op perform(const op& invoked, session&, client_side& through) override {
    if (invoked.f == "read") return read(invoked, through);
    client::episode what;
    what.id = invoked.value[0];
    what.text = invoked.value[1];
    return remember_one(invoked, through, std::move(what), invoked.value);
  }

  std::vector<op> finals() override {
    std::vector<op> all;
    for (std::uint64_t key = 0; key * WRITES_A_KEY < turns_; ++key)
      all.push_back(invocation("read", "register", "k" + std::to_string(key), 0));
    return all;
  }

private:
  static op read(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), "register");
    if (!space) return completed(invoked, space.error());
    const auto got = through.wait(space->get({invoked.value.get<std::string>()}));
    if (!got) return completed(invoked, got.error());
    json versions = json::array();
    for (const auto& each : *got) versions.push_back(each.what.text);
    return completed(invoked, json{invoked.value, std::move(versions)});
  }

  std::atomic<std::uint64_t> turns_{0};
};

std::string counter_word(std::uint64_t which) { return "counted" + std::to_string(which) + "x"; }

class counter_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {"counter"}; }

  base::result<void> prepare(client_side& through) override {
    for (int each = 0; each < COUNTERS; ++each) {
      auto line = invocation("remember", "counter", each, 1);
      client::episode what;
      what.id = "k" + std::to_string(each);
      what.text = counter_word(static_cast<std::uint64_t>(each));
      line.more["durability"] = "all";
      const auto done = remember_one(line, through, std::move(what), each);
      if (done.type != op_type::ok)
        return {base::errc::unavailable, done.text("error") + " " + done.text("context")};
    }
    return base::success();
  }

  op next(session& of) override {
    const auto key = "k" + std::to_string(of.draw.below(COUNTERS));
    return invocation(of.draw.chance(0.1) ? "read" : "access", "counter", key, of.any_node());
  }

  op perform(const op& invoked, session&, client_side& through) override {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), "counter");
    if (!space) return completed(invoked, space.error());
    const auto key = invoked.value.get<std::string>();
    if (invoked.f == "access") return access(invoked, key, *space, through);
    const auto got = through.wait(space->get({key}));
    if (!got) return completed(invoked, got.error());
    if (got->empty()) return completed(invoked, base::error{base::errc::unknown_memory, key});
    return completed(invoked, json{key, got->front().access_count});
  }

  std::vector<op> finals() override {
    std::vector<op> all;
    for (int each = 0; each < COUNTERS; ++each)
      all.push_back(invocation("read", "counter", "k" + std::to_string(each), 0));
    return all;
  }

private:
  static op access(const op& invoked, const std::string& key, const client::space& in,
                   client_side& through) {
    client::recall_query query;
    query.cue.text = counter_word(static_cast<std::uint64_t>(number_of(key)));
    query.limit = 1;
    query.spread = false;
    query.reinforce = true;
    const auto got = through.wait(in.recall(query));
    if (!got) return completed(invoked, got.error());
    if (got->hits.size() != 1 || got->hits[0].what.id != key)
      return completed(invoked, base::error{base::errc::unknown_memory, key});
    return completed(invoked, json(key));
  }
};

} // namespace

std::unique_ptr<workload> make_register(const workload_options&) {
  return std::make_unique<register_workload>();
}

std::unique_ptr<workload> make_counter(const workload_options&) {
  return std::make_unique<counter_workload>();
}

} // namespace engram::jepsen
