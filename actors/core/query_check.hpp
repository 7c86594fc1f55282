#pragma once
// What a query may ask, checked once, where it comes in. Pure. Errors are definite and name the
// part.

#include "memory/types.hpp"

#include "base/result.hpp"

namespace engram::actors {

base::result<void> check_query(const memory::recall_query& query, const memory::space_config& of);
base::result<void> check_query(const memory::spread_query& query, const memory::space_config& of);

} // namespace engram::actors
