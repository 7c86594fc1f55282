#include "base/bytes.hpp"
#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* RECALL_FOOTER = R"(
Cues work together: words, a time range, people, tags, a place, memories to start from, an
embedding.

Examples:
  engram recall --space lexicon "a bird that cannot fly"
  engram recall --space machine "heap overflow" --from 2022 --until 2024 --who "Ada Lovelace"
  engram recall --space notes --explain "which bird did we see"
  engram recall --all-spaces "which bird did we see"
  engram recall --prefix project- --strict "who knows the bridge"
  engram recall --queries questions.jsonl --space-field set --limit 50 --out run.jsonl
      reads  {"set":…, "q":…, "question":…}           a line
      writes {"set":…, "q":…, "ranked":[ids, best first]} a line, in the same order)";

constexpr const char* SPREAD_FOOTER = R"(
Starts from memories and follows associations. What is not an id is looked up: the memory whose
title is that word, else the one recalled best by it; the choice is printed.

Examples:
  engram spread --space lexicon penguin
  engram spread --space lexicon penguin.n.01 --kind hypernym --hops 5)";

void add_space(CLI::App& command, std::string& bound) {
  command.add_option("--space", bound, "name of the space")->required();
}

/// A repeated flag takes one value each time, so that it never swallows a positional argument.
CLI::Option* add_repeated(CLI::App& command, const char* name, std::vector<std::string>& bound,
                          const char* help) {
  return command.add_option(name, bound, help)->take_all()->allow_extra_args(false);
}

const std::map<std::string, read_level> LEVELS = {{"any", read_level::any},
                                                  {"quorum", read_level::quorum}};

} // namespace

void command_line::add_read(CLI::App& command, read_options& bound) {
  command
      .add_option("--read", bound.level,
                  "what to see: any (one replica's state), quorum (all that a majority holds)")
      ->transform(CLI::CheckedTransformer(LEVELS, CLI::ignore_case).description(""));
  command
      .add_option(
          "--token",
          [&bound](const CLI::results_t& given) {
            auto bytes = base::from_hex(given.front());
            if (bytes) bound.token = *std::move(bytes);
            return bytes.has_value();
          },
          "see at least what this covers: --json gives one with every write and answer")
      ->type_name("HEX");
}

void command_line::add_across(CLI::App& command, space_selector& bound, bool& all_spaces) {
  auto* names = command.add_option("--spaces", bound.names, "several, with commas")
                    ->delimiter(',')
                    ->allow_extra_args(false);
  auto* prefix = command.add_option("--prefix", bound.prefix, "all whose name begins like this");
  auto* all = command.add_flag("--all-spaces", all_spaces, "all that the key may read");
  names->excludes(prefix, all);
  prefix->excludes(all);
}

void command_line::add_recall() {
  auto* recall = add(app_, "recall", "what comes to mind for these cues", recall_);
  recall->footer(RECALL_FOOTER);
  recall->add_option("--space", recall_.space, "name of the space");
  add_across(*recall, recall_.across, recall_.all_spaces);
  recall->add_option("--limit", recall_.query.limit, "memories at most")
      ->check(CLI::Range(1u, 1000u))
      ->capture_default_str();
  recall->add_flag("!--no-spread", recall_.query.spread, "no associations, only direct evidence");
  recall->add_flag("--explain", recall_.query.explain, "say what brought each memory up");
  recall->add_option("--from", recall_.from, "not before this time");
  recall->add_option("--until", recall_.until, "before this time");
  recall->add_option("--place", recall_.query.cue.place, "where");
  add_repeated(*recall, "--who", recall_.query.cue.who, "person (repeat)");
  add_repeated(*recall, "--tag", recall_.query.cue.tags, "required tag (repeat)");
  add_repeated(*recall, "--not-tag", recall_.query.cue.tags_excluded, "unwanted tag (repeat)");
  add_repeated(*recall, "--like", recall_.query.cue.like, "id to start from (repeat)");
  add_repeated(*recall, "--primed-by", recall_.primed_by, "id of what was met just now (repeat)");
  recall->add_option("--embedding", recall_.embedding_file, "file with a JSON list of numbers");
  recall->add_option("--confidence", recall_.query.confidence_min, "leave out hits below")
      ->check(CLI::Range(0.0, 1.0));
  recall->add_option("--now", recall_.now, "forget as of this time");
  recall->add_flag("--reinforce", recall_.query.reinforce,
                   "count as an access of what is returned");
  recall->add_flag("--strict", recall_.query.read.strict, "an error instead of a partial answer");
  add_read(*recall, recall_.query.read);
  recall->add_option("--queries", recall_.queries,
                     "answer a file of questions; - is standard input");
  recall->add_option("--space-field", recall_.space_field, "with --queries: names the space");
  recall->add_option("--out", recall_.out, "with --queries: file to write");
  recall->add_option("--in-flight", recall_.in_flight, "with --queries: questions at a time")
      ->check(CLI::Range(1u, 1024u))
      ->capture_default_str();
  recall->add_option("TEXT", recall_.words, "words");
  recall->parse_complete_callback([this] {
    if (recall_.is_across() && !(recall_.space + recall_.space_field + recall_.queries).empty())
      throw CLI::ExcludesError("several spaces", "--space, --space-field and --queries");
    if (!recall_.is_across() && recall_.space.empty() == recall_.space_field.empty())
      throw CLI::RequiredError("--space NAME (or --space-field FIELD with --queries)");
    if (!recall_.space_field.empty() && recall_.queries.empty())
      throw CLI::RequiredError("--queries FILE with --space-field");
    if (!recall_.queries.empty() && !recall_.words.empty())
      throw CLI::ExtrasError({"words beside --queries"});
  });
}

void command_line::add_spread() {
  auto* spread = add(app_, "spread", "follow associations from memories", spread_);
  spread->footer(SPREAD_FOOTER);
  add_space(*spread, spread_.space);
  spread->add_option("--hops", spread_.query.hops, "rounds")
      ->check(CLI::Range(1u, 8u))
      ->capture_default_str();
  spread->add_option("--decay", spread_.query.decay, "kept per hop")->capture_default_str();
  spread->add_option("--threshold", spread_.query.threshold, "activation that is passed on")
      ->capture_default_str();
  spread->add_option("--fan", spread_.query.fan, "associations followed per memory")
      ->capture_default_str();
  spread->add_option("--budget", spread_.query.budget, "memories that pass on in one hop")
      ->capture_default_str();
  spread->add_option("--limit", spread_.query.limit, "memories at most")->capture_default_str();
  add_repeated(*spread, "--kind", spread_.query.kinds, "follow only this kind (repeat)");
  spread->add_option("--cue", spread_.query.cue.text, "words to start from as well");
  add_read(*spread, spread_.query.read);
  spread->add_option("ID", spread_.query.from, "ids or words");
  spread->parse_complete_callback([this] {
    if (spread_.query.from.empty() && spread_.query.cue.text.empty())
      throw CLI::RequiredError("an id, a word or --cue");
  });
}

void command_line::add_reading() {
  add_recall();
  add_spread();
  auto* get = add(app_, "get", "show memories by id", get_);
  get->footer("\nWhat is not an id is looked up as for spread.\n\n"
              "Example:\n  engram get --space lexicon penguin.n.01");
  add_space(*get, get_.space);
  add_read(*get, get_.read);
  get->add_option("ID", get_.ids, "ids or words")->required();

  auto* out = add(app_, "export", "write a space as what import reads", export_);
  out->footer("\nExample:\n  engram export --space notes --format jsonl > notes.jsonl");
  add_space(*out, export_.space);
  out->add_option("--format", export_.format, "jsonl")->check(CLI::IsMember({"jsonl"}));
  out->add_option("--space-field", export_.space_field, "write the space's name into this field");
  out->add_option("--out", export_.out, "file to write; - is standard output");
}

} // namespace engram::client
