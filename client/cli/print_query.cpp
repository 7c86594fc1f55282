// What a statement is answered with: one shape, whatever the verb.
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

#include <algorithm>
#include <ostream>

namespace engram::client {

namespace {

constexpr std::size_t CITED_SHOWN = 6;

void append_numbers(const measures& numbers, json_writer& to) {
  to.key("measures").begin_object();
  for (const auto& [name, value] : numbers) to.key(name).number(value);
  to.end_object();
}

void append(const finding& found, json_writer& to) {
  to.begin_object().key("group").natural(found.group);
  to.field("field", found.field).field("value", found.value);
  append_interval("confidence", found.confidence, to);
  if (found.at_full_coverage)
    append_interval("confidence_at_full_coverage", *found.at_full_coverage, to);
  if (!found.source.empty()) to.field("source", found.source);
  to.key("because").strings(found.because);
  append_numbers(found.measures, to);
  if (!found.space.empty()) to.field("space", found.space);
  if (found.what) {
    to.key("memory").begin_object();
    append_episode(*found.what, to);
    to.end_object();
  }
  if (found.why) append_why(*found.why, to);
  if (!found.path.empty()) append_path(found.path, to);
  to.end_object();
}

/// What never happened cannot be sure.
std::string sure_text(const finding& found) {
  const interval& sure = found.confidence;
  std::string out = found.source == "imagined" ? "plausible " : "sure ";
  out.append(fixed_text(sure.point, 2));
  if (sure.high > sure.low)
    out.append(" [" + fixed_text(sure.low, 2) + ", " + fixed_text(sure.high, 2) + "]");
  return out;
}

std::string numbers_text(const measures& numbers) {
  std::string out;
  for (const auto& [name, value] : numbers) {
    const bool whole = value == static_cast<double>(static_cast<std::int64_t>(value));
    out.append(out.empty() ? "" : ", ").append(name + " ");
    out.append(whole ? count_text(static_cast<std::uint64_t>(value)) : fixed_text(value, 3));
  }
  return out;
}

std::string cited_text(const std::vector<std::string>& ids) {
  std::string out;
  for (std::size_t i = 0; i < std::min(CITED_SHOWN, ids.size()); ++i)
    out.append(out.empty() ? "" : ", ").append(ids[i]);
  if (ids.size() > CITED_SHOWN)
    out.append(" and " + count_text(ids.size() - CITED_SHOWN) + " more");
  return out;
}

void print_memory(const finding& found, const shell& to) {
  const std::string name = (found.space.empty() ? "" : found.space + "/") + found.value;
  to.out() << "  " << to.styled(style::bold, name) << "  "
           << to.styled(style::dim, sure_text(found));
  if (const auto numbers = numbers_text(found.measures); !numbers.empty())
    to.out() << "  " << to.styled(style::dim, numbers);
  to.out() << '\n';
  if (found.what) print_episode(*found.what, to);
  if (found.why) print_why(*found.why, to);
  print_path(found.path, to);
}

void print_field(const finding& found, const shell& to) {
  to.out() << "  " << found.field << ": " << to.styled(style::bold, found.value) << "  "
           << to.styled(style::good, sure_text(found));
  if (!found.source.empty()) to.out() << "  " << found.source;
  to.out() << '\n';
  if (const auto numbers = numbers_text(found.measures); !numbers.empty())
    to.out() << "     " << to.styled(style::dim, numbers) << '\n';
  if (!found.because.empty())
    to.out() << "     " << to.styled(style::dim, "because " + cited_text(found.because)) << '\n';
}

} // namespace

void append_answer(const query_answer& answer, json_writer& to) {
  to.begin_object().field("verb", answer.verb).field("verdict", answer.verdict);
  to.key("findings").begin_array();
  for (const finding& found : answer.findings) append(found, to);
  to.end_array();
  append_numbers(answer.measures, to);
  append_coverage(answer.coverage, to);
  to.key("took_us").natural(answer.took_us).end_object();
}

void print_answer(const query_answer& answer, const shell& to) {
  if (!answer.verdict.empty()) to.out() << to.styled(style::bold, answer.verdict) << '\n';
  std::uint32_t group = 0;
  for (const finding& found : answer.findings) {
    if (found.group != group) to.out() << '\n'; // a new chapter, field or episode
    group = found.group;
    if (found.field == "memory")
      print_memory(found, to);
    else
      print_field(found, to);
  }
  if (answer.findings.empty() && answer.verb != "CONSOLIDATE" && answer.verdict.empty())
    to.out() << "Nothing comes to mind.\n";
  const auto numbers = numbers_text(answer.measures);
  print_footer(numbers.empty() ? plural(answer.findings.size(), "finding", "findings") : numbers,
               answer.coverage, answer.took_us, to);
}

} // namespace engram::client
