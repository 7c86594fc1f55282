#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/progress.hpp"
#include "client/cli/words.hpp"

#include <fstream>
#include <ostream>

namespace engram::client {

namespace {

constexpr std::uint32_t PAGE = 500;

std::string line_of(const memory_record& record, const export_arguments& asked) {
  json_writer w;
  w.begin_object();
  if (!asked.space_field.empty()) w.field(asked.space_field, asked.space);
  append_episode(record.what, w);
  if (record.what.order == 0) w.key("order").integer(0); // else an import takes the line's number
  if (!record.associations.empty()) {
    w.key("associations").begin_array();
    for (const association& each : record.associations)
      w.begin_object()
          .field("target", each.target)
          .field("kind", each.kind)
          .key("weight")
          .number(each.weight)
          .end_object();
    w.end_array();
  }
  w.end_object();
  return std::move(w).take();
}

} // namespace

int run_command(const export_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  std::ofstream file;
  if (asked.out != "-") {
    file.open(asked.out, std::ios::binary | std::ios::trunc);
    if (!file) return in.fail({base::errc::write_failed, asked.out});
  }
  std::ostream& out = asked.out == "-" ? in.out() : file;
  const space where = node->open_space(asked.space);
  progress_bar bar(in, in.watched() && asked.out != "-");
  std::uint64_t count = 0;
  std::string cursor;
  do {
    auto page = in.loop().wait(where.scan(cursor, PAGE));
    if (!page) return in.fail(page.error());
    for (const memory_record& record : page->records) out << line_of(record, asked) << '\n';
    count += page->records.size();
    bar.show(plural(count, "memory", "memories"), count, -1);
    cursor = std::move(page->cursor);
  } while (!cursor.empty() && out);
  bar.clear();
  if (!out.flush()) return in.fail({base::errc::write_failed, asked.out});
  if (asked.out != "-") in.note(plural(count, "memory", "memories") + " written to " + asked.out);
  return EXIT_DONE;
}

} // namespace engram::client
