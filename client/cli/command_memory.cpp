#include "base/bytes.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

#include <iostream>
#include <iterator>

namespace engram::client {

namespace {

base::result<episode> episode_of(const remember_arguments& asked, const shell& in) {
  episode what = asked.what;
  if (what.text == "-")
    what.text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  TRY_ASSIGN(what.when, read_time(asked.when, in));
  TRY_ASSIGN(what.embedding, read_embedding_file(asked.embedding_file));
  return what;
}

/// Prints "ID: said" for each receipt; the exit code tells whether any was refused.
int print_receipts(const std::vector<std::string>& ids, const write_result& written,
                   const char* said, const shell& in) {
  int code = EXIT_DONE;
  json_writer w;
  w.begin_array();
  for (std::size_t i = 0; i < written.items.size() && i < ids.size(); ++i) {
    const auto& item = written.items[i];
    if (!item) code = exit_code_of(item.error());
    if (in.json()) {
      w.begin_object().field("id", ids[i]);
      if (item)
        w.key("known")
            .boolean(item->known)
            .key("copies")
            .natural(item->copies)
            .field("token", base::to_hex(written.token));
      else
        append_error(item.error(), w.key("error"));
      w.end_object();
    } else if (!item) {
      in.err() << in.styled_err(style::bad, ids[i] + ": ") << item.error().message() << '\n';
    } else {
      in.out() << in.styled(style::bold, ids[i]) << "  " << (item->known ? "known already" : said)
               << ", " << plural(item->copies, "copy", "copies") << '\n';
    }
  }
  if (in.json()) in.print(w.end_array());
  return code;
}

} // namespace

int run_command(const remember_arguments& asked, shell& in) {
  auto what = episode_of(asked, in);
  if (!what) return in.fail(what.error());
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  std::vector<std::string> ids;
  auto written = in.loop().wait(
      node->open_space(asked.space).remember({*std::move(what)}, asked.durability, &ids));
  if (!written) return in.fail(written.error());
  return print_receipts(ids, *written, "remembered", in);
}

int run_command(const associate_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  auto written = in.loop().wait(node->open_space(asked.space).associate({asked.what}));
  if (!written) return in.fail(written.error());
  const std::string name = asked.what.source + " -" + asked.what.kind + "-> " + asked.what.target;
  return print_receipts({name}, *written, "associated", in);
}

namespace {

void print(const purge_certificate& made, shell& in) {
  in.out() << "purged " << made.memories << (made.memories == 1 ? " memory" : " memories") << " at "
           << base::format_time(made.at) << '\n';
  for (const auto& each : made.replicas)
    in.out() << "  replica " << each.store
             << (each.confirmed ? ": confirmed, no byte is left"
                                : ": PENDING, purge again when it is back (" + each.why + ")")
             << '\n';
  in.out() << "  not covered: backups and copies of data folders, what clients kept\n";
}

/// A certificate that lacks a replica is a failure: something is left to do.
int purge(const forget_arguments& asked, shell& in) {
  const bool is_source = !asked.source.empty();
  const std::string& name = is_source ? asked.source : asked.person;
  if (name.empty())
    return in.fail({base::errc::invalid_argument, "--purge needs --person or --source"});
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto made = in.loop().wait(node->open_space(asked.space).purge(name, is_source));
  if (!made) return in.fail(made.error());
  if (!in.json()) {
    print(*made, in);
    return made->complete ? EXIT_DONE : EXIT_REFUSED;
  }
  json_writer w;
  w.begin_object().key("memories").natural(made->memories).key("complete").boolean(made->complete);
  w.field("at", base::format_time(made->at)).key("replicas").begin_array();
  for (const auto& each : made->replicas) {
    w.begin_object().field("store", each.store).key("confirmed").boolean(each.confirmed);
    if (!each.confirmed) w.field("why", each.why);
    w.end_object();
  }
  in.print(w.end_array().end_object());
  return made->complete ? EXIT_DONE : EXIT_REFUSED;
}

} // namespace

int run_command(const forget_arguments& asked, shell& in) {
  if (asked.purge) return purge(asked, in);
  if (asked.ids.empty()) return in.fail({base::errc::invalid_argument, "no ids"});
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto mode = asked.erase     ? forget_mode::erase
                    : asked.restore ? forget_mode::restore
                                    : forget_mode::suppress;
  auto written = in.loop().wait(node->open_space(asked.space).forget(asked.ids, mode));
  if (!written) return in.fail(written.error());
  const char* said = asked.erase     ? "deleted for ever"
                     : asked.restore ? "restored"
                                     : "suppressed (--restore brings it back)";
  return print_receipts(asked.ids, *written, said, in);
}

int run_command(const get_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const space where = node->open_space(asked.space);
  auto ids = resolve_ids(where, asked.ids, asked.read, in);
  if (!ids) return in.fail(ids.error());
  auto records = in.loop().wait(where.get(*ids, asked.read));
  if (!records) return in.fail(records.error());
  json_writer w;
  w.begin_array();
  for (const memory_record& record : *records) {
    if (in.json())
      append_record(record, w);
    else
      print_record(record, in);
  }
  if (in.json()) in.print(w.end_array());
  return EXIT_DONE;
}

} // namespace engram::client
