// Sets: elements are added, and in `forget` also deleted for good; now and then all are read.
#include "jepsen/workload/workload.hpp"

namespace engram::jepsen {

namespace {

constexpr double READS = 0.02;

client::episode element_of(std::int64_t number, std::size_t bytes) {
  client::episode made;
  made.id = "e" + std::to_string(number);
  made.text = padded("element number " + std::to_string(number), bytes);
  return made;
}

class set_workload : public workload {
public:
  set_workload(const workload_options& options, std::string name, double forgets)
      : options_(options), name_(std::move(name)), forgets_(forgets) {}

  std::vector<std::string> spaces() const override { return {name_}; }

  op next(session& of) override {
    if (of.draw.chance(READS)) return invocation("read", name_, nullptr, of.any_node());
    if (!of.own.empty() && of.draw.chance(forgets_)) {
      const auto at = of.own.begin() + static_cast<std::ptrdiff_t>(of.draw.below(of.own.size()));
      auto made = invocation("forget", name_, *at, of.any_node());
      of.own.erase(at);
      made.more["durability"] = "quorum";
      return made;
    }
    auto made = invocation("add", name_, of.fresh(), of.any_node());
    const double which = of.draw.unit();
    if (!options_.durability.empty())
      made.more["durability"] = options_.durability;
    else
      made.more["durability"] = which < 0.7 || !options_.local_writes ? "quorum"
                                : which < 0.9                         ? "local"
                                                                      : "all";
    return made;
  }

  op perform(const op& invoked, session& of, client_side& through) override {
    if (invoked.f == "read") return read_all(invoked, through, "e");
    const auto which = invoked.value.get<std::int64_t>();
    if (invoked.f == "forget") return forget(invoked, through, which);
    auto done = remember_one(invoked, through, element_of(which, options_.text_bytes), which);
    if (done.type == op_type::ok) of.own.push_back(which);
    return done;
  }

  std::vector<op> finals() override { return {invocation("read", name_, nullptr, 0)}; }

private:
  op forget(const op& invoked, client_side& through, std::int64_t which) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), name_);
    if (!space) return completed(invoked, space.error());
    const auto got = through.wait(space->forget(
        {"e" + std::to_string(which)}, client::forget_mode::erase, durability_of(invoked)));
    if (!got) return completed(invoked, got.error());
    if (!got->items.at(0)) return completed(invoked, got->items[0].error());
    return completed(invoked, json(which));
  }

  const workload_options options_;
  const std::string name_;
  const double forgets_;
};

} // namespace

std::unique_ptr<workload> make_set(const workload_options& options) {
  return std::make_unique<set_workload>(options, "set", 0);
}

std::unique_ptr<workload> make_forget(const workload_options& options) {
  return std::make_unique<set_workload>(options, "forget", 0.45);
}

} // namespace engram::jepsen
