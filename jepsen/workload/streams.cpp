// Streams: each worker sends the numbers of a stream of its own, one after the other. A number
// whose outcome is unknown is sent again under its number, which must not take effect twice.
#include "client/import_stream.hpp"
#include "jepsen/workload/workload.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace engram::jepsen {

namespace {

constexpr const char* SPACE = "stream";
constexpr std::uint32_t PAGE = 1'000;
constexpr double READS = 0.03;

std::string prefix_of(std::int64_t stream) {
  return "stream" + std::to_string(stream) + "x number ";
}

class stream_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {SPACE}; }

  op next(session& of) override {
    if (of.draw.chance(READS)) return invocation("read", SPACE, of.slot, of.any_node());
    auto made = invocation("send", SPACE, {of.slot, next_of(of.slot)}, of.any_node());
    made.more["durability"] = "quorum";
    return made;
  }

  op perform(const op& invoked, session&, client_side& through) override {
    if (invoked.f == "read") return read(invoked, through);
    auto done = send(invoked, through);
    if (done.type == op_type::ok) settle(invoked.value[0].get<int>());
    return done;
  }

  std::vector<op> finals() override {
    std::vector<op> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [stream, next] : next_) all.push_back(invocation("read", SPACE, stream, 0));
    return all;
  }

private:
  std::uint64_t next_of(int stream) {
    const std::lock_guard lock(mutex_);
    return next_.try_emplace(stream, 1).first->second;
  }
  void settle(int stream) {
    const std::lock_guard lock(mutex_);
    ++next_[stream];
  }

  static op send(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto stream = invoked.value[0].get<std::int64_t>();
    const auto number = invoked.value[1].get<std::uint64_t>();
    auto opened = through.wait(space->open_stream("s" + std::to_string(stream), number));
    if (!opened) return completed(invoked, opened.error());
    client::import_batch one;
    one.episodes.emplace_back();
    one.episodes.back().text = prefix_of(stream) + std::to_string(number);
    const auto pushed = through.wait(opened->push(one));
    if (!pushed) return completed(invoked, pushed.error());
    const auto got = through.wait(opened->finish());
    if (!got) return completed(invoked, got.error());
    if (!got->refused.empty()) return completed(invoked, got->refused.front().why);
    return completed(invoked, invoked.value);
  }

  /// In ascending order: a number that is there twice is told twice.
  static op read(const op& invoked, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto prefix = prefix_of(invoked.value.get<std::int64_t>());
    std::vector<std::int64_t> found;
    std::string cursor;
    do {
      const auto page = through.wait(space->scan(cursor, PAGE));
      if (!page) return completed(invoked, page.error());
      for (const auto& each : page->records)
        if (each.what.text.starts_with(prefix))
          found.push_back(std::stoll(each.what.text.substr(prefix.size())));
      cursor = page->cursor;
    } while (!cursor.empty());
    std::sort(found.begin(), found.end());
    return completed(invoked, json{invoked.value, std::move(found)});
  }

  std::mutex mutex_;
  std::map<int, std::uint64_t> next_; // of each stream: the number that is not settled yet
};

} // namespace

std::unique_ptr<workload> make_stream(const workload_options&) {
  return std::make_unique<stream_workload>();
}

} // namespace engram::jepsen
