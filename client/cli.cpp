#include "client/cli.hpp"

#include "client/cli/commands.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace engram::client {

namespace {

/// Colours are for a person at a terminal who did not say no (no-color.org).
shell::screen screen_of(std::ostream& stream, int descriptor) {
  const bool terminal = isatty(descriptor) == 1;
  return {&stream, terminal && std::getenv("NO_COLOR") == nullptr, terminal};
}

} // namespace

int run(int argc, char** argv) {
  const parsed_arguments parsed = parse_arguments(argc, argv);
  std::cout << parsed.out << std::flush;
  std::cerr << parsed.err;
  if (!parsed.asked) return parsed.exit_code;
  std::signal(SIGPIPE, SIG_IGN); // a closed pipe shows as a failed write
  event_loop loop;
  shell in(loop, parsed.asked->common, screen_of(std::cout, STDOUT_FILENO),
           screen_of(std::cerr, STDERR_FILENO));
  try {
    const int code = std::visit([&](const auto& asked) { return run_command(asked, in); },
                                parsed.asked->command);
    std::cout.flush();
    return code;
  } catch (const kj::Exception& e) {
    return in.fail({base::errc::internal, e.getDescription().cStr()});
  }
}

} // namespace engram::client
