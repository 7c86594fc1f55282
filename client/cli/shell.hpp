#pragma once
// What every command is given: where to print, whether in colours or as JSON, the way to the node,
// and how to fail. Owner: run(), for one command. Thread: the event loop's.

#include "client/cli/arguments.hpp"
#include "client/cli/exit_code.hpp"
#include "client/cli/json.hpp"

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace engram::client {

enum class style { plain, bold, dim, good, warn, bad };

class shell {
public:
  struct screen {
    std::ostream* stream;
    bool colours = false;
    bool terminal = false; // a person watches
  };

  shell(event_loop& loop, common_arguments common, screen out, screen err);

  std::ostream& out() const noexcept { return *out_.stream; }
  std::ostream& err() const noexcept { return *err_.stream; }
  bool json() const noexcept { return common_.json; }
  void set_json(bool on) noexcept { common_.json = on; }
  bool colours() const noexcept { return out_.colours; }
  bool watched() const noexcept { return err_.terminal; }
  event_loop& loop() noexcept { return loop_; }
  const std::string& server() const noexcept { return common_.connection.server; }
  base::instant now() const;

  /// `text` in a style, if the screen shows styles.
  std::string styled(style s, std::string_view text) const;
  std::string styled_err(style s, std::string_view text) const;

  base::result<connection> connect();

  /// Prints the error, as JSON on `out` when asked for, and returns the exit code.
  int fail(const base::error& e) const;
  /// Prints a value and a line end, and returns 0.
  int print(const json_writer& value) const;
  /// A remark for a person, on `err`.
  void note(std::string_view text) const;

private:
  event_loop& loop_;
  common_arguments common_;
  screen out_, err_;
};

/// Appends {"code":…, "name":…, …}.
void append_error(const base::error& e, json_writer& to);

} // namespace engram::client
