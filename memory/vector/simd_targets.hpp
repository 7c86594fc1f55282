#pragma once
// Which SIMD targets the kernels are run on: for tests and benchmarks that compare them.
// Process-wide; one thread.

#include <cstdint>
#include <string>
#include <vector>

namespace engram::memory {

/// Makes one SIMD target the one that dispatch chooses, until the end of the scope.
class only_target {
public:
  explicit only_target(std::int64_t target);
  ~only_target();
  only_target(const only_target&) = delete;
  only_target& operator=(const only_target&) = delete;
};

/// Every target that kernels are compiled for and that this CPU can run.
std::vector<std::int64_t> all_targets();
std::string target_name(std::int64_t target);

} // namespace engram::memory
