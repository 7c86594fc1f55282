#pragma once
// What several replicas of a space said when their copies were read anew, judged. Pure.

#include "actors/cluster_values.hpp"
#include "actors/core/exchange.hpp"

namespace engram::actors {

struct audited_copy {
  base::store_id store;
  base::result<audit> said = base::error{base::errc::unavailable, {}};
};

/// One verdict each, in order. Those that stand at the vector where most stand are compared;
/// whoever differs from a strict majority of all replicas is called diverged.
std::vector<compared_copy> judge(const std::vector<audited_copy>& copies);

} // namespace engram::actors
