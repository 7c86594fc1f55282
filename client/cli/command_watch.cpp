#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

#include "base/bytes.hpp"

#include <ostream>

namespace engram::client {

namespace {

constexpr base::duration WAIT{10'000};     // of one question
constexpr base::duration BEFORE_NEXT{500}; // after one that failed and may do better

void append(const space_event& what, const std::string& cursor, json_writer& w) {
  w.begin_object().field("kind", what.kind).field("at", base::format_time(what.at));
  if (!what.space.empty()) w.field("space", what.space);
  w.key("ids").strings(what.ids);
  if (!what.detail.empty()) w.field("detail", what.detail);
  w.key("measures").begin_object();
  for (const auto& [name, value] : what.measures) w.key(name).number(value);
  w.end_object();
  if (what.what) {
    w.key("memory").begin_object();
    append_episode(*what.what, w);
    w.end_object();
  }
  if (!what.origin.empty()) w.field("origin", what.origin).key("sequence").natural(what.sequence);
  // Behind the last of an answer only: a cursor covers all of it.
  if (!cursor.empty()) w.field("cursor", base::to_hex(cursor));
  w.end_object();
}

void print(const space_event& what, const shell& to) {
  to.out() << to.styled(style::dim, base::format_time(what.at)) << "  "
           << to.styled(style::bold, what.kind);
  if (!what.space.empty()) to.out() << " in " << what.space;
  for (const auto& id : what.ids) to.out() << ' ' << id;
  if (!what.detail.empty()) to.out() << "  " << what.detail;
  for (const auto& [name, value] : what.measures)
    to.out() << "  " << to.styled(style::dim, name + " " + fixed_text(value, 2));
  to.out() << '\n';
  if (what.what) print_episode(*what.what, to);
}

space_event missed_event(std::uint64_t count, base::instant now) {
  space_event out;
  out.kind = "missed";
  out.at = now;
  out.measures = {{"entries", static_cast<double>(count)}};
  return out;
}

void tell(std::vector<space_event> events, const std::string& cursor, const shell& to) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!to.json()) {
      print(events[i], to);
      continue;
    }
    json_writer w;
    append(events[i], i + 1 == events.size() ? cursor : std::string(), w);
    to.print(w);
  }
  to.out().flush();
}

bool may_do_better(const base::error& e) { return e.advice() != base::advice::give_up; }

} // namespace

int run_command(const watch_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto one = node->open_space(asked.space);
  const auto several = node->open_spaces(asked.across);
  watch_query query = asked.query;
  auto cursor = base::from_hex(asked.cursor);
  if (!cursor) return in.fail({base::errc::invalid_argument, "--cursor"});
  query.cursor = *std::move(cursor);
  std::uint64_t told = 0;
  while (true) {
    if (asked.count != 0)
      query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(256, asked.count - told));
    query.wait = asked.no_wait ? base::duration(0) : WAIT;
    auto got = in.loop().wait(asked.is_across() ? several.watch(query) : one.watch(query));
    if (!got) {
      if (asked.no_wait || !may_do_better(got.error())) return in.fail(got.error());
      in.note(got.error().message());
      in.loop().sleep(BEFORE_NEXT);
      continue;
    }
    query.cursor = got->cursor;
    if (got->missed > 0)
      got->events.insert(got->events.begin(), missed_event(got->missed, in.now()));
    for (const auto& [name, why] : got->silent) in.note(name + ": " + why.message());
    told += got->events.size();
    const bool empty = got->events.empty();
    tell(std::move(got->events), got->cursor, in);
    if (asked.count != 0 && told >= asked.count) return EXIT_DONE;
    if (asked.no_wait && empty && !query.cursor.empty()) return EXIT_DONE;
  }
}

} // namespace engram::client
