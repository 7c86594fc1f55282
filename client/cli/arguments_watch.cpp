#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* FOOTER = R"(
Prints a line for each event until it is interrupted: remembered, associated, revised, recalled,
suppressed, restored, deleted, purged, configured, consolidated, concept, dreamt, replayed; and what
answers show of the mind: faded, primed, interfered, evoked, blended, recognized, completed,
predicted, imagined. With --json an object a line; its last field is the cursor to go on behind it,
at any member. Several spaces have one cursor; a space that comes later is told from its beginning.
What was trimmed from the log before it could be told is counted in a line of kind missed.

Examples:
  engram watch --space notes
  engram watch --all-spaces --kind consolidated --kind interfered
  engram watch --space notes --kind remembered --kind revised --who Ada --json
  engram watch --space notes --from-start --no-wait)";

} // namespace

void command_line::add_watch() {
  auto* watch = add(app_, "watch", "what happens in a space, as it happens", watch_);
  watch->footer(FOOTER);
  const auto repeated = [&](const char* name, std::vector<std::string>& bound, const char* help) {
    watch->add_option(name, bound, help)->take_all()->allow_extra_args(false);
  };
  watch->add_option("--space", watch_.space, "name of the space");
  add_across(*watch, watch_.across, watch_.all_spaces);
  repeated("--kind", watch_.query.kinds, "only events of this kind (repeat)");
  repeated("--who", watch_.query.who, "only about memories of this person (repeat)");
  repeated("--tag", watch_.query.tags, "only about memories with this tag (repeat)");
  auto* start = watch->add_flag("--from-start", watch_.query.from_start,
                                "begin with all that the log still holds");
  watch->add_option("--cursor", watch_.cursor, "go on behind this one")->excludes(start);
  watch->add_option("--count", watch_.count, "end after so many events");
  watch->add_flag("--no-wait", watch_.no_wait, "end when nothing more has happened yet");
  watch->parse_complete_callback([this] {
    if (watch_.is_across() == !watch_.space.empty())
      throw CLI::RequiredError("--space NAME, or one of --spaces, --prefix, --all-spaces,");
  });
}

} // namespace engram::client
