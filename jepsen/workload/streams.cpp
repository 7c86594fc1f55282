// Streams: each worker sends the numbers of a stream of its own, some at a time, each in a batch of
// its own, so that they are under way side by side. What is not settled is sent again under its
// number, which must not take effect twice; who reads with the token of what is settled lacks none.
#include "base/stream_id.hpp"
#include "client/import_stream.hpp"
#include "jepsen/workload/workload.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace engram::jepsen {

namespace {

constexpr const char* SPACE = "stream";
constexpr std::uint32_t PAGE = 1'000;
constexpr double READS = 0.03, LOOKS = 0.3;
constexpr std::int64_t AT_ONCE = 6, LOOKED_AT = 24;

std::string prefix_of(std::int64_t stream) {
  return "stream" + std::to_string(stream) + "x number ";
}
std::string name_of(std::int64_t stream) { return "s" + std::to_string(stream); }

class stream_workload : public workload {
public:
  std::vector<std::string> spaces() const override { return {SPACE}; }

  op next(session& of) override {
    if (of.draw.chance(READS)) return invocation("read", SPACE, of.slot, of.any_node());
    if (of.token_is_fresh && !of.token.empty() && of.draw.chance(LOOKS)) {
      auto made = invocation("look", SPACE, {of.slot, of.seen}, of.any_node());
      made.more["after"] = of.token_name;
      return made;
    }
    const auto first = next_of(of.slot);
    const auto last = first + static_cast<std::int64_t>(of.draw.below(AT_ONCE));
    auto made = invocation("send", SPACE, {of.slot, first, last}, of.any_node());
    made.more["durability"] = "quorum";
    return made;
  }

  op perform(const op& invoked, session& of, client_side& through) override {
    if (invoked.f == "read") return read(invoked, through);
    return invoked.f == "look" ? look(invoked, of, through) : send(invoked, of, through);
  }

  std::vector<op> finals() override {
    std::vector<op> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [stream, next] : next_) all.push_back(invocation("read", SPACE, stream, 0));
    return all;
  }

private:
  std::int64_t next_of(int stream) {
    const std::lock_guard lock(mutex_);
    return next_.try_emplace(stream, 1).first->second;
  }

  /// What is settled counts, also when the rest is not.
  op settle(const op& invoked, const client::import_progress& got, session& of) {
    const auto stream = invoked.value[0].get<std::int64_t>();
    const auto settled = static_cast<std::int64_t>(got.settled);
    {
      const std::lock_guard lock(mutex_);
      next_[static_cast<int>(stream)] = settled + 1;
    }
    auto done = completed(invoked, json{stream, invoked.value[1], settled});
    of.token = got.token;
    of.token_name = name_of_token(of.token);
    of.seen.clear();
    for (auto n = std::max<std::int64_t>(1, settled - LOOKED_AT); n <= settled; ++n)
      of.seen.push_back(n);
    of.token_is_fresh = !of.token.empty();
    done.more["token"] = of.token_name;
    return done;
  }

  op send(const op& invoked, session& of, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto stream = invoked.value[0].get<std::int64_t>();
    const auto first = invoked.value[1].get<std::uint64_t>(),
               last = invoked.value[2].get<std::uint64_t>();
    auto opened = through.wait(space->open_stream(name_of(stream), first));
    if (!opened) return completed(invoked, opened.error());
    for (auto number = first; number <= last; ++number) {
      client::import_batch one;
      one.episodes.emplace_back();
      one.episodes.back().text = prefix_of(stream) + std::to_string(number);
      if (!through.wait(opened->push(one))) break; // finish() tells why
    }
    auto got = through.wait(opened->finish());
    if (!got) {
      const auto some = through.wait(opened->progress(first - 1));
      return some ? settle(invoked, *some, of) : completed(invoked, got.error());
    }
    if (!got->refused.empty()) return completed(invoked, got->refused.front().why);
    return settle(invoked, *got, of);
  }

  /// The newest numbers that are settled, with the token that came with that.
  static op look(const op& invoked, session& of, client_side& through) {
    auto space = through.space_at(static_cast<int>(invoked.number("node")), SPACE);
    if (!space) return completed(invoked, space.error());
    const auto info = through.wait(space->info());
    if (!info) return completed(invoked, info.error());
    base::space_id identity;
    if (!base::hash128::parse(info->identity, identity.value))
      return completed(invoked, base::error{base::errc::internal, "identity " + info->identity});
    const auto stream = invoked.value[0].get<std::int64_t>();
    const auto prefix = prefix_of(stream);
    std::vector<std::string> ids;
    for (const auto number : of.seen)
      ids.push_back(
          base::stream_item_id(identity, name_of(stream), static_cast<std::uint64_t>(number)));
    client::read_options how;
    how.token = of.token;
    const auto got = through.wait(space->get(ids, how));
    if (!got) return completed(invoked, got.error());
    std::vector<std::int64_t> found;
    for (const auto& each : *got)
      if (each.what.text.starts_with(prefix))
        found.push_back(std::stoll(each.what.text.substr(prefix.size())));
    return completed(invoked, json{stream, std::move(found)});
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
  std::map<int, std::int64_t> next_; // of each stream: the number that is not settled yet
};

} // namespace

std::unique_ptr<workload> make_stream(const workload_options&) {
  return std::make_unique<stream_workload>();
}

} // namespace engram::jepsen
