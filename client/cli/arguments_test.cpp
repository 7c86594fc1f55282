#include "client/cli/arguments.hpp"
#include "client/cli/exit_code.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {

namespace {

parsed_arguments parse(std::vector<const char*> words) {
  words.insert(words.begin(), "engram");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

template <class Arguments>
Arguments asked(const std::vector<const char*>& words) {
  const parsed_arguments made = parse(words);
  INFO(made.err);
  REQUIRE(made.asked);
  REQUIRE(std::holds_alternative<Arguments>(made.asked->command));
  return std::get<Arguments>(made.asked->command);
}

bool told(const parsed_arguments& made, const std::string& text) {
  INFO(made.err);
  return made.exit_code == EXIT_USAGE && !made.asked && made.err.find(text) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("a command line becomes the values that it names") {
  const auto import =
      asked<import_arguments>({"import", "--format", "jsonl", "--space-field", "set", "--acked",
                               "done", "--durability", "local", "-"});
  CHECK(import.space_field == "set");
  CHECK(import.acked == "done");
  CHECK(import.file == "-");
  CHECK(import.durability == durability::local);

  const auto recall = asked<recall_arguments>(
      {"recall", "--space", "s", "--limit", "3", "--no-spread", "--who", "Ada", "a", "bird"});
  CHECK(recall.query.limit == 3);
  CHECK_FALSE(recall.query.spread);
  CHECK(recall.query.cue.who == std::vector<std::string>{"Ada"});
  CHECK(recall.words == std::vector<std::string>{"a", "bird"});

  const auto forget = asked<forget_arguments>({"forget", "--space", "s", "--delete", "x"});
  CHECK(forget.erase);
  CHECK_FALSE(forget.restore);
  CHECK(
      asked<space_create_arguments>({"space", "create", "n", "--dimension", "4"}).spec.dimension ==
      4);
  CHECK(asked<cluster_placement_arguments>({"cluster", "placement", "--space", "n"}).space == "n");
  CHECK_FALSE(asked<cluster_leave_arguments>({"cluster", "leave"}).yes);
  CHECK(asked<cluster_decommission_arguments>({"cluster", "decommission", "ab"}).member == "ab");
  const auto replace = asked<cluster_replace_arguments>({"cluster", "replace", "a", "--by", "b"});
  CHECK(replace.member == "a");
  CHECK(replace.by == "b");
  CHECK(asked<cluster_plan_arguments>({"cluster", "plan", "--join", "2"}).join == 2);
  CHECK(asked<cluster_plan_arguments>({"cluster", "plan", "--leave", "a"}).leave == "a");
  CHECK_FALSE(parse({"cluster", "plan"}).asked);
  CHECK_FALSE(parse({"cluster", "plan", "--join", "1", "--leave", "a"}).asked);
  CHECK(asked<cluster_repair_arguments>({"cluster", "repair", "n"}).space == "n");
  const auto dev = asked<dev_arguments>({"dev", "--nodes", "5", "--", "--log-level", "debug"});
  CHECK(dev.wanted.nodes == 5);
  CHECK(dev.wanted.flags == std::vector<std::string>{"--log-level", "debug"});
  CHECK(asked<key_create_arguments>({"key", "create", "--scope", "write"}).spec.scope ==
        scope::write);
}

TEST_CASE("every command takes the way to the node and --json") {
  const parsed_arguments made = parse({"status", "--server", "[::1]:99", "--key", "k", "--json"});
  REQUIRE(made.asked);
  CHECK(made.asked->common.connection.server == "[::1]:99");
  CHECK(made.asked->common.connection.key == "k");
  CHECK(made.asked->common.json);
}

TEST_CASE("a flag wins over the environment, which wins over the default") {
  const auto server = [](const std::vector<const char*>& words) {
    return parse(words).asked.value().common.connection.server;
  };
  CHECK(server({"cluster", "status"}) == DEFAULT_SERVER);
  setenv("ENGRAM_SERVER", "a:1,b:2", 1);
  CHECK(server({"cluster", "status"}) == "a:1,b:2");
  CHECK(server({"cluster", "status", "--server", "c:3"}) == "c:3");
  CHECK(server({"status", "--server", "c:3"}) == "c:3");
  unsetenv("ENGRAM_SERVER");
}

TEST_CASE("a slip in a command or an option is told with what was meant") {
  CHECK(told(parse({"recal", "x"}), "did you mean recall?"));
  CHECK(told(parse({"nod"}), "did you mean node?"));
  CHECK(told(parse({"space", "lst"}), "did you mean list?"));
  CHECK(told(parse({"cluster", "member"}), "did you mean members?"));
  CHECK(told(parse({"clutser", "status"}), "did you mean cluster?"));
  CHECK(told(parse({"recall", "--limt", "3", "x"}), "did you mean --limit?"));
  CHECK(told(parse({"whatever"}), "no command \"whatever\"\n"));
  CHECK(told(parse({"space"}), "a command is missing"));
  CHECK(told(parse({"remember", "--space", "s", "two", "words"}), "in quotes"));
  CHECK(told(parse({"recall", "x"}), "--space NAME"));
  CHECK(told(parse({"recall", "x"}), "engram recall --help"));
}

TEST_CASE("an address that is none is wrong usage, told before anything is connected") {
  CHECK(told(parse({"status", "--server", "host:port"}), "not HOST:PORT"));
  CHECK(told(parse({"status", "--server", ""}), "not HOST:PORT"));
  CHECK(told(parse({"status", "--server", "host:70000"}), "not HOST:PORT"));
  CHECK(told(parse({"status", "--server", "a:1,,b:2"}), "not HOST:PORT"));
  CHECK(told(parse({"status", "--server", "a:1,b:2,"}), "not HOST:PORT"));
  CHECK(parse({"status", "--server", "a:1,b,[::1]:2"}).asked);
}

TEST_CASE("flags that contradict each other are refused") {
  CHECK(told(parse({"forget", "--space", "s", "--delete", "--restore", "x"}), "xcludes"));
  CHECK(told(parse({"import", "--space", "s", "--space-field", "set", "-"}), "xcludes"));
  CHECK(told(parse({"recall", "--space-field", "set", "x"}), "--queries"));
}

TEST_CASE("several spaces are named, begin alike, or are all; never beside another choice") {
  const auto named = asked<recall_arguments>({"recall", "--spaces", "a,b", "x", "y"});
  CHECK(named.across.names == std::vector<std::string>{"a", "b"});
  CHECK(named.words == std::vector<std::string>{"x", "y"});
  CHECK(asked<recall_arguments>({"recall", "--prefix", "p-", "x"}).across.prefix == "p-");
  CHECK(asked<recall_arguments>({"recall", "--all-spaces", "x"}).is_across());
  CHECK_FALSE(asked<recall_arguments>({"recall", "--space", "s", "x"}).is_across());
  CHECK_FALSE(parse({"recall", "--space", "s", "--all-spaces", "x"}).asked);
  CHECK_FALSE(parse({"recall", "--prefix", "p", "--all-spaces", "x"}).asked);
  CHECK_FALSE(parse({"recall", "--all-spaces", "--queries", "f"}).asked);
  CHECK(asked<watch_arguments>({"watch", "--prefix", "p-"}).across.prefix == "p-");
  CHECK(asked<watch_arguments>({"watch", "--all-spaces"}).is_across());
  CHECK_FALSE(asked<watch_arguments>({"watch", "--space", "s"}).is_across());
  CHECK_FALSE(parse({"watch", "--space", "s", "--all-spaces"}).asked);
  CHECK(told(parse({"watch"}), "--space"));
}

TEST_CASE("the verbs of the query language are commands with flags of their own") {
  const auto complete = asked<verb_arguments>(
      {"complete", "--space", "s", "--missing", "who", "--missing", "tag", "fix", "build"});
  CHECK(std::string(complete.command->verb) == "COMPLETE");
  CHECK(complete.words == std::vector<std::string>{"fix", "build"});
  CHECK(complete.values.at("--missing") == std::vector<std::string>{"who", "tag"});
  const auto imagine = asked<verb_arguments>({"imagine", "--space", "s", "--based-on", "m", "x"});
  CHECK(std::string(imagine.command->verb) == "IMAGINE");
  const auto query = asked<query_arguments>(
      {"query", "RECALL $c", "--param", "c=x", "--param", "n:=1", "--read", "quorum"});
  CHECK(query.parameters == std::vector<std::string>{"c=x", "n:=1"});
  CHECK(query.read.level == read_level::quorum);
  CHECK(told(parse({"recognize", "x"}), "--space"));
  CHECK(told(parse({"query"}), "STATEMENT"));
  CHECK(told(parse({"recogniz", "x"}), "did you mean recognize?"));
}

TEST_CASE("help is help in both spellings and exits with 0") {
  for (const char* word : {"help", "--help"}) {
    const parsed_arguments made = parse({word});
    CHECK(made.exit_code == EXIT_DONE);
    CHECK(made.out.find("The first minutes") != std::string::npos);
  }
  CHECK(parse({}).exit_code == EXIT_USAGE);
}

TEST_CASE("completion offers every command and its flags") {
  for (const char* shell : {"bash", "zsh"}) {
    const std::string script = completion_script(shell);
    for (const char* each : {"recall", "'space create'", "'cluster leave'", "--based-on", "query",
                             "--no-spread", "--dimension", "node", "cluster|space|key)"})
      CHECK_MESSAGE(script.find(each) != std::string::npos, each);
  }
}

TEST_SUITE_END();

} // namespace engram::client
