#include "client/cli/shell.hpp"

#include "base/text_fault.hpp"

#include <kj/time.h>

#include <ostream>

namespace engram::client {

namespace {

std::string dressed(bool colours, style s, std::string_view text) {
  const char* code = "";
  switch (s) {
  case style::plain:
    break;
  case style::bold:
    code = "\x1b[1m";
    break;
  case style::dim:
    code = "\x1b[2m";
    break;
  case style::good:
    code = "\x1b[32m";
    break;
  case style::warn:
    code = "\x1b[33m";
    break;
  case style::bad:
    code = "\x1b[31m";
    break;
  }
  if (!colours || *code == 0) return std::string{text};
  return std::string{code} + std::string{text} + "\x1b[0m";
}

const char* hint(const base::error& e, const std::string& server) {
  switch (e.code) {
  case base::errc::disconnected:
    return server.empty() ? "" : "is a node running there? (engram node)";
  case base::errc::unauthenticated:
    return "give a key with --key or ENGRAM_KEY";
  case base::errc::unknown_space:
    return "engram space list shows the spaces there are; engram space create NAME makes one";
  case base::errc::invalid_time:
    return "times look like 2024, 2024-05-08, 2024-05-08T14:30:00Z or \"8 May, 2024\"";
  case base::errc::read_failed: // often a file of the caller's own: later is no better
    return "";
  default:
    break;
  }
  if (e.certainty() == base::certainty::indefinite)
    return "it may have happened; trying again with the same id is safe";
  if (e.advice() == base::advice::retry_later) return "nothing was changed; try again later";
  return "";
}

} // namespace

shell::shell(event_loop& loop, common_arguments common, screen out, screen err)
    : loop_(loop), common_(std::move(common)), out_(out), err_(err) {}

base::instant shell::now() const {
  const auto since = kj::systemPreciseCalendarClock().now() - kj::UNIX_EPOCH;
  return base::instant{since / kj::MILLISECONDS};
}

std::string shell::styled(style s, std::string_view text) const {
  return dressed(out_.colours, s, text);
}
std::string shell::styled_err(style s, std::string_view text) const {
  return dressed(err_.colours, s, text);
}

base::result<connection> shell::connect() {
  auto made = connection::open(loop_, common_.connection);
  if (made) return made;
  base::error e = made.error();
  e.context = common_.connection.server + ": " + e.context;
  return e;
}

int shell::fail(const base::error& e) const {
  if (json()) {
    json_writer w;
    w.begin_object().key("error");
    append_error(e, w);
    w.end_object();
    print(w);
  } else {
    err() << styled_err(style::bad, "engram: ") << e.message() << '\n';
    if (const std::string_view advice = hint(e, common_.connection.server); !advice.empty())
      err() << styled_err(style::dim, "  " + std::string{advice}) << '\n';
  }
  return exit_code_of(e);
}

int shell::print(const json_writer& value) const {
  out() << value.text() << '\n';
  return EXIT_DONE;
}

void shell::note(std::string_view text) const { err() << styled_err(style::dim, text) << '\n'; }

void append_error(const base::error& e, json_writer& to) {
  const base::error_info& row = base::info(e.code);
  to.begin_object();
  to.key("code").natural(static_cast<std::uint64_t>(e.code)).field("name", row.name);
  to.field("context", e.context);
  if (e.code == base::errc::invalid_query)
    if (const auto fault = base::read_text_fault(e.context)) {
      to.key("line").natural(fault->line).key("column").natural(fault->column);
      to.field("suggestion", fault->suggestion);
    }
  to.field("certainty", base::to_string(e.certainty()));
  to.field("advice", base::to_string(e.advice())).end_object();
}

} // namespace engram::client
