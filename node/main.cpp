// One binary: `engram node` serves, every other subcommand is a client of such a node.
#include "client/cli.hpp"
#include "node/run.hpp"

#include <string_view>

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "node") return engram::node::run(argc - 2, argv + 2);
  return engram::client::run(argc, argv);
}
