// Breaks real clusters of the shipped binary, and judges what survived.
#include "jepsen/cli.hpp"

int main(int argc, char** argv) { return engram::jepsen::run_cli(argc, argv); }
