#pragma once
// A folder of its own for what a benchmark writes, gone at the end. It lies in $ENGRAM_BENCH_DIR or
// else in the current folder, not in /tmp, which may be memory and then makes every sync free.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace engram::bench {

class scratch {
public:
  scratch() {
    const char* given = std::getenv("ENGRAM_BENCH_DIR");
    const std::filesystem::path parent =
        given ? std::filesystem::path(given) : std::filesystem::current_path();
    folder_ = parent / ("bench-scratch-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  /// A path inside, unused so far.
  std::string fresh(const std::string& name) {
    return (folder_ / (name + "-" + std::to_string(next_++))).string();
  }

private:
  std::filesystem::path folder_;
  int next_ = 0;
};

} // namespace engram::bench
