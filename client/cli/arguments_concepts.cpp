#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* FOOTER = R"(
A concept is what several memories have in common. Of one space, a replica answers; while none is
reached the node answers coarsely from what the space shares with every node, and says so. With
--all or --prefix: which spaces know about the cue, from what the node holds, at once.

Examples:
  engram concepts --space notes --limit 5
  engram concepts --space notes --cue "herons at the river"
  engram concepts --all --cue "who knows the bridge"
  engram space configure notes share_concepts on)";

} // namespace

void command_line::add_concepts() {
  auto* concepts = add(app_, "concepts", "what memories have in common, and who knows", concepts_);
  concepts->footer(FOOTER);
  concepts->add_option("--space", concepts_.space, "name of the space");
  auto* all = concepts->add_flag("--all", concepts_.all_spaces, "all that the key may read");
  concepts->add_option("--prefix", concepts_.across.prefix, "all whose name begins like this")
      ->excludes(all);
  concepts->add_option("--cue", concepts_.query.cue.text, "words");
  concepts->add_option("--embedding", concepts_.embedding_file, "file with a JSON list of numbers");
  concepts->add_option("--limit", concepts_.query.limit, "concepts or spaces at most")
      ->check(CLI::Range(1u, 1024u))
      ->capture_default_str();
  concepts->add_flag("--strict", concepts_.query.read.strict,
                     "an error instead of a coarse answer");
  concepts->parse_complete_callback([this] {
    if (concepts_.is_across() == !concepts_.space.empty())
      throw CLI::RequiredError("one of --space NAME, --all and --prefix");
    if (concepts_.is_across() && (concepts_.query.cue.text + concepts_.embedding_file).empty())
      throw CLI::RequiredError("--cue or --embedding with several spaces");
  });
  auto* consolidate =
      add(app_, "consolidate", "make the concepts of a space now, and say what came", consolidate_);
  consolidate->add_option("--space", consolidate_.space, "name of the space")->required();
}

} // namespace engram::client
