#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* IMPORT_FOOTER = R"(
Formats:
  jsonl      a memory a line; FILE, or - for standard input
             {"set":…, "id":…, "text":…, "title":?, "when":?, "speaker":?, "who":?, "place":?,
              "session":?, "tags":?, "embedding":?, "confidence":?, "associations":?}
             Dates in ISO 8601, like "1:56 pm on 8 May, 2023", like changelogs', or in seconds.
             A memory whose date cannot be read is kept without it, and counted.
  wordnet    a folder with WordNet's files; a synset is named like penguin.n.01
  changelog  a Debian changelog, or a folder like /usr/share/doc with many
  git        a repository's folder

Missing spaces are created, for embeddings of the first one's dimension. Importing again is
harmless: what is known is not stored twice. A bad line is told and left out; the exit code is
then 1.

Examples:
  engram import --format jsonl --space notes notes.jsonl
  engram import --format jsonl --space-field set --acked done.txt conversations.jsonl
  engram import --format changelog --space machine /usr/share/doc
  engram import --format git --space history .)";

constexpr const char* REMEMBER_FOOTER = R"(
Without --id the memory gets a fresh one, which is printed.

Examples:
  engram remember --space notes --when 2024-05-08 --who Ada "We saw a heron by the river"
  git diff | engram remember --space notes --id patch-7 --tag draft -)";

constexpr const char* FORGET_FOOTER = R"(
Suppressing hides a memory from recall until --restore. --delete is for ever: nothing written under
that id will be seen again.

Examples:
  engram forget --space notes walk-2
  engram forget --space notes walk-2 --restore
  engram forget --space notes --purge --person "Zoe Quill")";

const std::map<std::string, durability> DURABILITIES = {
    {"local", durability::local}, {"quorum", durability::quorum}, {"all", durability::all}};

void add_durability(CLI::App& command, durability& bound) {
  command.add_option("--durability", bound, "copies before the receipt: local, quorum, all")
      ->transform(CLI::CheckedTransformer(DURABILITIES, CLI::ignore_case).description(""));
}

void add_space(CLI::App& command, std::string& bound) {
  command.add_option("--space", bound, "name of the space")->required();
}

} // namespace

void command_line::add_writing() {
  auto* import_command = add(app_, "import", "remember many from a file or a program", import_);
  import_command->footer(IMPORT_FOOTER);
  import_command->add_option("--format", import_.format, "what the input is")
      ->check(CLI::IsMember({"jsonl", "wordnet", "changelog", "git"}))
      ->capture_default_str();
  auto* space = import_command->add_option("--space", import_.space, "put all into this space");
  auto* field = import_command->add_option("--space-field", import_.space_field,
                                           "jsonl: the field that names the space");
  field->excludes(space);
  import_command->add_option("--acked", import_.acked, "append the id of each durable memory here");
  import_command->add_flag("--quiet", import_.quiet, "no progress bar");
  import_command->add_option("FILE", import_.file, "file, folder, or -")->required();
  add_durability(*import_command, import_.durability);
  import_command->parse_complete_callback([this] {
    if (import_.space.empty() && import_.space_field.empty())
      throw CLI::RequiredError("--space NAME or --space-field FIELD");
    if (!import_.space_field.empty() && import_.format != "jsonl")
      throw CLI::ValidationError("--space-field", "only jsonl names spaces");
  });

  auto* remember = add(app_, "remember", "remember one thing", remember_);
  remember->footer(REMEMBER_FOOTER);
  add_space(*remember, remember_.space);
  remember->add_option("--id", remember_.what.id, "name of the memory");
  remember->add_option("--title", remember_.what.title, "title");
  remember->add_option("--when", remember_.when, "when it happened; \"now\" is a time");
  remember->add_option("--who", remember_.what.who, "person concerned (repeat)")
      ->take_all()
      ->allow_extra_args(false);
  remember->add_option("--speaker", remember_.what.speaker, "who says or did it");
  remember->add_option("--place", remember_.what.place, "where");
  remember->add_option("--session", remember_.what.session, "conversation it belongs to");
  remember->add_option("--tag", remember_.what.tags, "tag (repeat)")
      ->take_all()
      ->allow_extra_args(false);
  remember->add_option("--confidence", remember_.what.confidence, "how sure, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  remember->add_option("--embedding", remember_.embedding_file, "file with a JSON list of numbers");
  remember->add_option("TEXT", remember_.what.text, "what happened; - reads standard input")
      ->required();
  add_durability(*remember, remember_.durability);

  auto* associate = add(app_, "associate", "state how two memories hang together", associate_);
  associate->footer("\nExample:\n  engram associate --space notes walk-1 walk-2 --kind continues");
  add_space(*associate, associate_.space);
  associate->add_option("--kind", associate_.what.kind, "e.g. causes, continues, is-a")->required();
  associate->add_option("--weight", associate_.what.weight, "in (0, 1]")
      ->check(CLI::Range(0.0, 1.0));
  associate->add_option("SOURCE", associate_.what.source, "id")->required();
  associate->add_option("TARGET", associate_.what.target, "id")->required();

  auto* forget = add(app_, "forget", "hide memories, bring them back, or delete them", forget_);
  forget->footer(FORGET_FOOTER);
  add_space(*forget, forget_.space);
  auto* restore = forget->add_flag("--restore", forget_.restore, "bring back what was hidden");
  auto* erase = forget->add_flag("--delete", forget_.erase, "for ever")->excludes(restore);
  auto* purge = forget->add_flag("--purge", forget_.purge, "for ever, with every byte on disk");
  purge->excludes(restore)->excludes(erase);
  forget->add_option("--person", forget_.person, "purge what they said, were at, or are named in")
      ->needs(purge);
  forget->add_option("--source", forget_.source, "purge the session of this name")
      ->needs(purge)
      ->excludes("--person");
  forget->add_option("ID", forget_.ids, "ids")->excludes(purge);
}

} // namespace engram::client
