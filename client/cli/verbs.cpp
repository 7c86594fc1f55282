#include "client/cli/verbs.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace engram::client {

namespace {

using enum flag_kind;

constexpr verb_flag AS_OF{"--as-of", "AS OF", text, "forget as of this time"};
constexpr verb_flag LIMIT{"--limit", "LIMIT", number, "answers at most"};
constexpr verb_flag TITLE{"--title", "title", given, "its title"};
constexpr verb_flag SPEAKER{"--speaker", "speaker", given, "who says it"};
constexpr verb_flag WHO{"--who", "who", given, "person (repeat)"};
constexpr verb_flag PLACE{"--place", "place", given, "where"};
constexpr verb_flag SESSION{"--session", "session", given, "conversation, package, file"};
constexpr verb_flag TAG{"--tag", "tag", given, "tag (repeat)"};
constexpr verb_flag WHEN{"--when", "when", given, "when it happened"};

constexpr verb_flag RECOGNIZE_FLAGS[] = {TITLE, SPEAKER, WHO,   PLACE, SESSION,
                                         TAG,   WHEN,    AS_OF, LIMIT};
constexpr verb_flag COMPLETE_FLAGS[] = {
    TITLE,
    SPEAKER,
    WHO,
    PLACE,
    SESSION,
    TAG,
    WHEN,
    {"--missing", "MISSING", names, "field to fill (repeat); else all that are not given"},
    {"--confidence", "CONFIDENCE >=", number, "leave out what is less sure"},
    AS_OF,
    LIMIT};
constexpr verb_flag PREDICT_FLAGS[] = {
    {"--given", "GIVEN", texts, "id of a memory that led here (repeat)"},
    {"--session", "GIVEN SESSION", text, "what happens in this session"},
    {"--who", "GIVEN WHO", text, "what this person does"},
    {"--horizon", "HORIZON", span, "how soon: \"7 days\""},
    AS_OF,
    LIMIT};
constexpr verb_flag IMAGINE_FLAGS[] = {
    {"--based-on", "BASED ON", texts, "id of a memory (repeat)"},
    {"--novelty", "NOVELTY", number, "0 near to 1 remote; 0.5 if not said"},
    AS_OF,
    LIMIT};
constexpr verb_flag REMINISCE_FLAGS[] = {
    {"--who", "WITH", texts, "person (repeat)"},
    {"--place", "AT", text, "where"},
    {"--around", "AROUND", text, "a time: 2023, 2023-05, 2023-05-08"},
    {"--within", "WITHIN", span, "to each side of that time: \"2 weeks\""},
    AS_OF,
    LIMIT};

constexpr verb_flag INTROSPECT_FLAGS[] = {AS_OF, {"--limit", "LIMIT", number, "sessions at most"}};

constexpr verb_flag DREAM_FLAGS[] = {
    {"--replays", "REPLAYS", number, "memories to begin with, 1 to 100; 10 if not said"}, AS_OF};

constexpr verb_flag REVISE_FLAGS[] = {
    {"--text", "what", given, "what happened"},
    TITLE,
    SPEAKER,
    WHO,
    PLACE,
    SESSION,
    TAG,
    WHEN,
    {"--as", "NAMED", text, "id of the revision; else made from what changes"},
    {"--sure", "SURE", number, "0 to 1; else as sure as before"},
    AS_OF};

constexpr verb_flag REVISIONS_FLAGS[] = {LIMIT};

constexpr verb_command COMMANDS[] = {
    {"recognize", "RECOGNIZE", "what", given, "what is met", "have I met this?",
     R"(
Says how familiar something is, with a 90 % interval, and the memories that it is most like.

Example:
  engram recognize --space machine --who Ada "New upstream release")",
     RECOGNIZE_FLAGS},
    {"complete", "COMPLETE", "what", given, "what is known of what happened",
     "fill the missing fields of something half known",
     R"(
Each field has its best value, how sure it is, where it comes from (recalled, consolidated,
reconstructed) and the memories that speak for it; alternatives follow.

Example:
  engram complete --space machine --session tar --missing who --missing tag "fix build")",
     COMPLETE_FLAGS},
    {"predict", "PREDICT", "", names, "who or session", "what usually comes next",
     R"(
Of a session: who comes next. Of a person: which session. With a horizon: how likely it is to come
within that time.

Examples:
  engram predict --space machine who --session tar --horizon "30 days"
  engram predict --space machine session --who Ada)",
     PREDICT_FLAGS},
    {"imagine", "IMAGINE", "", text, "a topic", "new episodes made of old ones",
     R"(
Every part names the memory that it is from, and all of it is labelled as imagined.

Example:
  engram imagine --space notes --based-on walk-2 --novelty 0.8 "a picnic")",
     IMAGINE_FLAGS},
    {"reminisce", "REMINISCE", "ABOUT", text, "a topic",
     "memories around a time, place, people or topic, as they happened",
     R"(
Example:
  engram reminisce --space notes --around 2023-05 --within "2 weeks" "the move")",
     REMINISCE_FLAGS},
    {"introspect", "INTROSPECT", "", text, "", "what a space's memory is like as a whole",
     R"(
Numbers about all of it, its span of time, its largest sessions.

Example:
  engram introspect --space notes --limit 3)",
     INTROSPECT_FLAGS},
    {"dream", "DREAM", "", text, "", "strengthen and link what is being forgotten",
     R"(
Replays so many memories with what they make think of: counts an access of each, and associates the
first with the strongest that it reached over others only. Writes.

Example:
  engram dream --space notes --replays 20)",
     DREAM_FLAGS},
    {"revise", "REVISE", "", text, "id of the memory", "change a memory that was recalled lately",
     R"(
A memory that is a day old can be revised from one to six hours after a recall that counted
(recall --reinforce); a space may be configured otherwise: reconsolidation.opens_hours and others.
The revision is a memory of its own; the old one stays, hidden if much has changed. Asking again is
safe. Writes.

Example:
  engram revise --space notes walk-2 --text "We walked to the new mill" --sure 0.8)",
     REVISE_FLAGS, " TO"},
    {"revisions", "REVISIONS", "", text, "id of the memory",
     "what a memory was revised to and from",
     R"(
Every version that is not deleted, hidden ones too, in the order in which they were stored.

Example:
  engram revisions --space notes walk-2)",
     REVISIONS_FLAGS},
};

base::error wrong(const std::string& flag, const std::string& typed, const char* wanted) {
  return {base::errc::invalid_argument, flag + " " + typed + ": wanted " + wanted};
}

base::result<double> number_of(const std::string& flag, const std::string& typed) {
  double value = 0;
  const char* end = typed.data() + typed.size();
  const auto [stop, fault] = std::from_chars(typed.data(), end, value);
  if (fault != std::errc{} || stop != end || !std::isfinite(value))
    return wrong(flag, typed, "a number");
  return value;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// "2 weeks" -> "2 weeks"; nothing but a number and a word gets through.
base::result<std::string> span_of(const std::string& flag, const std::string& typed) {
  const auto unit = std::find_if(typed.begin(), typed.end(), is_letter);
  auto end = unit;
  while (end != typed.begin() && *(end - 1) == ' ') --end;
  const std::string count(typed.begin(), end), word(unit, typed.end());
  if (word.empty() || !std::all_of(word.begin(), word.end(), is_letter) || !number_of(flag, count))
    return wrong(flag, typed, "a length of time like \"7 days\"");
  return count + " " + word;
}

class writer {
public:
  writer(const verb_command& command, bool explain)
      : made_{explain ? "EXPLAIN " : "", {}, {}, false, {}, {}}, given_(command.given) {
    made_.text.append(command.verb);
  }

  base::result<void> add(const verb_flag& flag, const std::vector<std::string>& typed) {
    switch (flag.kind) {
    case given:
      made_.text.append(any_given_ ? ", " : given_ + " ").append(flag.words).append(" = ");
      any_given_ = true;
      return add_value(typed);
    case text:
      add_words(flag.words);
      name(typed.back());
      return base::success();
    case texts:
      add_words(flag.words);
      return add_value(typed);
    case number: {
      add_words(flag.words);
      TRY_ASSIGN(const double value, number_of(flag.flag, typed.back()));
      name(value);
      return base::success();
    }
    case span: {
      TRY_ASSIGN(const std::string length, span_of(flag.flag, typed.back()));
      add_words(flag.words);
      made_.text.append(length);
      return base::success();
    }
    case names:
      break;
    }
    return add_names(flag, typed);
  }

  query take() { return std::move(made_); }

private:
  void add_words(const std::string& words) {
    if (!words.empty())
      made_.text.append(" ").append(words).append(" ");
    else
      made_.text.append(" ");
  }
  void name(parameter_value value) {
    const std::string name = "p" + std::to_string(made_.parameters.size() + 1);
    made_.text.append("$" + name);
    made_.parameters.emplace_back(name, std::move(value));
  }
  base::result<void> add_value(const std::vector<std::string>& typed) {
    if (typed.size() == 1)
      name(typed.front());
    else
      name(typed);
    return base::success();
  }
  base::result<void> add_names(const verb_flag& flag, const std::vector<std::string>& typed) {
    add_words(flag.words);
    std::string list;
    for (const std::string& each : typed) {
      if (each.empty() || !std::all_of(each.begin(), each.end(), is_letter))
        return wrong(flag.flag, each, "the name of a field");
      list.append(list.empty() ? "" : ", ").append(each);
    }
    made_.text.append(list);
    return base::success();
  }

  query made_;
  const std::string given_;
  bool any_given_ = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

} // namespace

std::span<const verb_command> verb_commands() noexcept { return COMMANDS; }

base::result<query> statement_of(const verb_command& command, const std::vector<std::string>& words,
                                 const flag_values& values, bool explain) {
  writer out(command, explain);
  if (!words.empty()) {
    const verb_flag subject{command.words_help, command.words, command.words_kind, ""};
    TRY(out.add(subject, {joined(words)}));
  }
  // What is given stands before the clauses; the table has it so.
  for (const verb_flag& flag : command.flags)
    if (const auto typed = values.find(flag.flag); typed != values.end() && !typed->second.empty())
      TRY(out.add(flag, typed->second));
  return out.take();
}

base::result<std::pair<std::string, parameter_value>> read_parameter(const std::string& typed) {
  using named = std::pair<std::string, parameter_value>;
  const auto equals = typed.find('=');
  if (equals == std::string::npos || equals == 0)
    return {base::errc::invalid_argument, "--param " + typed + ": wanted NAME=VALUE"};
  if (typed[equals - 1] != ':') return named{typed.substr(0, equals), typed.substr(equals + 1)};
  const std::string name = typed.substr(0, equals - 1);
  const base::error refusal{base::errc::invalid_argument,
                            "--param " + typed +
                                ": wanted a number, a list of numbers or a list of texts"};
  simdjson::dom::parser parser;
  // As the element of a list: a document that is a bare number is an edge that parsers differ in.
  const auto parsed = parser.parse("[" + typed.substr(equals + 1) + "]");
  simdjson::dom::array whole;
  if (parsed.get(whole) != simdjson::SUCCESS || whole.size() != 1) return refusal;
  const auto value = whole.at(0);
  if (double one = 0; value.get(one) == simdjson::SUCCESS) return named{name, one};
  if (std::string_view one; value.get(one) == simdjson::SUCCESS)
    return named{name, std::string(one)};
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS || list.size() == 0) return refusal;
  std::vector<double> numbers;
  std::vector<std::string> texts_given;
  for (const auto each : list) {
    if (double one = 0; each.get(one) == simdjson::SUCCESS)
      numbers.push_back(one);
    else if (std::string_view text_given; each.get(text_given) == simdjson::SUCCESS)
      texts_given.emplace_back(text_given);
  }
  if (numbers.size() == list.size()) return named{name, std::move(numbers)};
  if (texts_given.size() == list.size()) return named{name, std::move(texts_given)};
  return refusal;
}

} // namespace engram::client
