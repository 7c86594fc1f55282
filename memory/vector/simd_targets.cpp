#include "memory/vector/simd_targets.hpp"

#include <hwy/targets.h>

namespace engram::memory {
namespace {

/// 0: whatever the CPU has.
void choose(std::int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

} // namespace

only_target::only_target(std::int64_t target) { choose(target); }

only_target::~only_target() { choose(0); }

std::vector<std::int64_t> all_targets() {
  std::vector<std::int64_t> out;
  for (std::int64_t left = hwy::SupportedTargets() & HWY_TARGETS; left != 0; left &= left - 1)
    out.push_back(left & -left);
  return out;
}

std::string target_name(std::int64_t target) { return hwy::TargetName(target); }

} // namespace engram::memory
