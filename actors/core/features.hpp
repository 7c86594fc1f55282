#pragma once
// Which feature level a member has to know to be asked something. One that knows less would take a
// statement for a mistake, or pass over what it cannot see: it is not asked. Pure.

#include "actors/core/exchange.hpp"

namespace engram::actors {

/// 2: watching, DREAM, REVISE and REVISIONS, BLENDED, primes. 1: the rest.
std::uint32_t needed_level(const decltype(ask::what)& what);

/// For a refusal: nobody who has the space knows the level.
base::error too_old_for(std::uint32_t level);

} // namespace engram::actors
