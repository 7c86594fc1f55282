#pragma once
// A folder of a test, gone with it.

#include <cstdlib>
#include <filesystem>
#include <string>

namespace engram::node {

struct temporary_folder {
  std::string path = "/tmp/engram-node-" + std::string(6, 'X');
  temporary_folder() { path = mkdtemp(path.data()); }
  ~temporary_folder() { std::filesystem::remove_all(path); }
  temporary_folder(const temporary_folder&) = delete;
};

} // namespace engram::node
