#pragma once
// Memories and answers as JSON for programs and as text for people.

#include "client/cli/exit_code.hpp"
#include "client/cli/json.hpp"
#include "client/cli/shell.hpp"
#include "client/query_types.hpp"
#include "client/types.hpp"

namespace engram::client {

/// The fields of an episode, as `engram import` reads them, into an object that is open.
void append_episode(const episode& what, json_writer& to);
/// The fields of what a space knows, into an object that is open.
void append_knowledge(const knowledge& known, json_writer& to);
void append_coverage(const coverage& seen, json_writer& to);
void append_space(const space_info& space, json_writer& to);
void append_record(const memory_record& record, json_writer& to);
void append_answer(const recall_answer& answer, json_writer& to);
void append_answer(const spread_answer& answer, json_writer& to);
void append_answer(const query_answer& answer, json_writer& to);
void append_interval(std::string_view name, const interval& value, json_writer& to);
void append_why(const explanation& why, json_writer& to);
void append_path(const std::vector<spread_step>& path, json_writer& to);

void print_answer(const recall_answer& answer, const shell& to);
void print_answer(const spread_answer& answer, const shell& to);
void print_answer(const query_answer& answer, const shell& to);

/// As JSON where that was asked for, else for people. The command's exit code.
template <class Answer>
int show_answer(const Answer& answer, shell& in) {
  if (in.json()) {
    json_writer w;
    append_answer(answer, w);
    return in.print(w);
  }
  print_answer(answer, in);
  return EXIT_DONE;
}
/// Title, text and circumstances, indented.
void print_episode(const episode& what, const shell& to);
void print_why(const explanation& why, const shell& to);
void print_path(const std::vector<spread_step>& path, const shell& to);
/// "FIRST in 3 ms - coverage ...", and what was not seen.
void print_footer(const std::string& first, const coverage& seen, std::uint64_t took_us,
                  const shell& to);
void print_record(const memory_record& record, const shell& to);
/// "knows about this: 0.42, 2 concepts of 12 memories, ..."
std::string knowledge_text(const knowledge& known);
/// "coverage complete: 1 of 1 replicas, 2,760 memories", or what is missing.
std::string coverage_text(const coverage& seen);

} // namespace engram::client
