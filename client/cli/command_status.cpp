#include "client/cli/cluster_view.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"
#include "client/version.hpp"

#include <ostream>

namespace engram::client {

namespace {

void append_status(const node_status& s, const base::result<cluster_info>& seen, json_writer& w) {
  w.begin_object().field("version", s.version).field("store", s.store);
  w.field("cluster", s.cluster).field("origin", s.origin);
  w.key("uptime_ms").integer(s.uptime.count()).key("ready").boolean(s.ready);
  w.key("accepting_writes").boolean(s.accepting_writes).field("verdict", s.verdict);
  w.key("bytes_on_disk").natural(s.bytes_on_disk).key("bytes_free").natural(s.bytes_free);
  w.key("bytes_resident").natural(s.bytes_resident);
  w.field("now", base::format_time(s.now)).key("spaces").begin_array();
  for (const space_info& space : s.spaces) append_space(space, w);
  w.end_array();
  if (seen) append_members(*seen, w.key("members"));
  w.end_object();
}

void print_status(const node_status& s, const shell& in) {
  const char* serving =
      s.ready ? (s.accepting_writes ? "serving" : "serving reads only") : "not serving yet";
  in.out() << in.styled(s.ready && s.accepting_writes ? style::good : style::warn, serving);
  if (!s.verdict.empty()) in.out() << "  " << s.verdict;
  in.out() << "\n  store " << s.store << ", up " << duration_text(s.uptime) << ", version "
           << s.version << "\n  " << bytes_text(s.bytes_on_disk) << " on disk, "
           << bytes_text(s.bytes_free) << " free, " << bytes_text(s.bytes_resident)
           << " resident\n";
  for (const space_info& space : s.spaces) {
    in.out() << "  " << in.styled(style::bold, space.spec.name) << "  "
             << plural(space.memories, "memory", "memories") << ", "
             << plural(space.associations, "association", "associations") << '\n';
  }
}

} // namespace

int run_command(const status_arguments&, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto status = in.loop().wait(node->status());
  if (!status) return in.fail(status.error());
  // A key that may not administer sees no members, nor is there anything to say of a lone one.
  const auto seen = in.loop().wait(node->cluster());
  json_writer w;
  append_status(*status, seen, w);
  if (in.json())
    in.print(w);
  else
    print_status(*status, in);
  if (!in.json() && seen && seen->members.size() > 1) print_members(*seen, in);
  return status->ready ? EXIT_DONE : EXIT_REFUSED;
}

int run_command(const version_arguments&, shell& in) {
  const auto node = in.connect();
  json_writer w;
  w.begin_object().field("client", VERSION);
  if (node) w.field("node", node->peer().version);
  w.end_object();
  if (in.json()) return in.print(w);
  in.out() << "engram " << VERSION << '\n';
  if (node)
    in.out() << "node   " << node->peer().version << '\n';
  else
    in.note("no node reached");
  return EXIT_DONE;
}

int run_command(const completion_arguments& asked, shell& in) {
  in.out() << completion_script(asked.shell);
  return EXIT_DONE;
}

} // namespace engram::client
