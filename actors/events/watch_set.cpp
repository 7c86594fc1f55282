#include "actors/events/watch_set.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::uint8_t set_cursor_format = 2; // 1 is that of one space (watching.hpp)

/// One page out of several, by time, each in its own order.
std::vector<event> merged(std::vector<std::vector<event>> pages) {
  std::vector<event> out;
  std::vector<std::size_t> next(pages.size(), 0);
  while (true) {
    std::size_t first = pages.size();
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (next[i] == pages[i].size()) continue;
      if (first == pages.size() || pages[i][next[i]].at < pages[first][next[first]].at) first = i;
    }
    if (first == pages.size()) return out;
    out.push_back(std::move(pages[first][next[first]++]));
  }
}

} // namespace

base::result<set_cursor> read_set_cursor(std::string_view text) {
  const base::error malformed{base::errc::invalid_argument, "cursor: not of several spaces"};
  const auto space_of = [](base::reader& in) {
    base::space_id out;
    out.value.high = in.u64();
    out.value.low = in.u64();
    return out;
  };
  base::reader in(text);
  if (in.u8() != set_cursor_format) return malformed;
  set_cursor out;
  out.last = space_of(in);
  const auto count = in.var();
  if (count > WATCH_SPACES_MAX) return malformed;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto space = space_of(in);
    out.of[space] = std::string(in.field());
  }
  if (!in.done()) return malformed;
  return out;
}

std::string make_cursor(const set_cursor& from) {
  base::writer out;
  const auto put = [&](const base::space_id& space) {
    out.u64(space.value.high);
    out.u64(space.value.low);
  };
  out.u8(set_cursor_format);
  put(from.last);
  out.var(from.of.size());
  for (const auto& [space, cursor] : from.of) {
    put(space);
    out.field(cursor);
  }
  return std::move(out).take();
}

base::result<watch_set> watch_set::of(watch_request asked, std::vector<watched_space> spaces) {
  watch_set out;
  out.begins_ = asked.cursor.empty();
  if (!out.begins_) {
    TRY_ASSIGN(out.cursor_, read_set_cursor(asked.cursor));
  }
  std::sort(spaces.begin(), spaces.end(),
            [](const auto& a, const auto& b) { return a.space < b.space; });
  const auto turn = std::find_if(spaces.begin(), spaces.end(), [&](const watched_space& each) {
    return out.cursor_.last < each.space;
  });
  std::rotate(spaces.begin(), turn, spaces.end());
  std::erase_if(out.cursor_.of, [&](const auto& row) {
    return std::none_of(spaces.begin(), spaces.end(),
                        [&](const watched_space& each) { return each.space == row.first; });
  });
  out.got_.resize(spaces.size());
  out.spaces_ = std::move(spaces);
  out.asked_ = std::move(asked);
  return out;
}

watch_request watch_set::question(std::size_t which, base::duration wait) const {
  auto out = asked_;
  const auto known = cursor_.of.find(spaces_[which].space);
  // A space that the cursor does not know came later: all of it is new.
  out.from_start = begins_ ? asked_.from_start : known == cursor_.of.end();
  out.cursor = known == cursor_.of.end() ? std::string() : known->second;
  if (const auto& got = got_[which]; got && *got) out.cursor = (*got)->cursor; // of this question
  out.limit = std::max(1u, asked_.limit / static_cast<std::uint32_t>(spaces_.size()));
  out.wait = wait;
  return out;
}

void watch_set::take(std::size_t which, base::result<watch_reply> got) {
  got_[which] = std::move(got);
}

bool watch_set::has_news() const noexcept {
  return std::any_of(got_.begin(), got_.end(), [](const auto& got) {
    return got && *got && (!(*got)->events.empty() || (*got)->missed > 0);
  });
}

bool watch_set::has_failed() const noexcept {
  return std::any_of(got_.begin(), got_.end(), [](const auto& got) { return got && !*got; });
}

base::result<watch_reply> watch_set::answer() && {
  watch_reply out;
  std::vector<std::vector<event>> pages;
  std::size_t events = 0;
  bool any = false;
  for (std::size_t i = 0; i < spaces_.size(); ++i) {
    const auto& [space, name] = spaces_[i];
    if (!got_[i]) continue; // was still waiting: its cursor stays
    auto& got = *got_[i];
    if (!got) {
      // Begun without it: from when it is first reached, else it is one that came later.
      if (begins_ && !asked_.from_start) cursor_.of.try_emplace(space);
      out.silent.push_back({name, got.error()});
      continue;
    }
    any = true;
    if (events > 0 && events + got->events.size() > asked_.limit) continue;
    events += got->events.size();
    for (event& each : got->events) each.space = name;
    if (!got->events.empty()) cursor_.last = space;
    cursor_.of[space] = std::move(got->cursor);
    out.missed += got->missed;
    pages.push_back(std::move(got->events));
  }
  if (!any && !out.silent.empty()) return out.silent.front().why;
  out.events = merged(std::move(pages));
  out.cursor = make_cursor(cursor_);
  return out;
}

} // namespace engram::actors
