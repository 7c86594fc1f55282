#pragma once
// For tests: memories with their content, as a space keeps them, and the verbs asked of them.

#include "memory/recall/recall_fixture.hpp"
#include "memory/verbs/reader.hpp"

#include <memory>
#include <string>
#include <vector>

namespace engram::memory {

class verb_fixture {
public:
  void add(episode what) {
    under.add(what);
    contents.push_back(std::make_shared<const episode>(std::move(what)));
  }
  /// Day 1 is 2023-01-01.
  void add(std::string id, std::string text, int day, std::string who, std::string session = {},
           std::string place = {}, std::string tag = {}) {
    episode e;
    e.id = std::move(id);
    e.text = std::move(text);
    e.when = on_day(day);
    if (!who.empty()) e.who = {std::move(who)};
    e.session = std::move(session);
    e.place = std::move(place);
    if (!tag.empty()) e.tags = {std::move(tag)};
    e.order = day;
    add(std::move(e));
  }
  static base::instant on_day(int day) {
    return base::instant{1'672'531'200'000 + (day - 1) * std::int64_t{86'400'000}};
  }
  episode_reader reader() const {
    return [this](std::uint32_t ordinal) { return contents[ordinal]; };
  }
  std::shared_ptr<const snapshot> view() { return under.memories->publish(); }
  recall_setting setting() const { return {under.words, {}, {}}; }

  test_index under;
  std::vector<std::shared_ptr<const episode>> contents;
};

} // namespace engram::memory
