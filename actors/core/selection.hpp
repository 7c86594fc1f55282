#pragma once
// From a selector to the spaces it means now. Pure.

#include "actors/service/spaces.hpp"
#include "membership/directory.hpp"

namespace engram::actors {

constexpr std::size_t spaces_per_query_max = 1024;

/// By name, each once; at most `most` of them. A prefix means what is `readable` (empty: all) of
/// what it matches. Errors, all definite: unknown_space, batch_too_large.
base::result<std::vector<membership::space_row>> select(const membership::directory& known,
                                                        const space_selector& what,
                                                        const std::vector<std::string>& readable,
                                                        std::size_t most = spaces_per_query_max);

} // namespace engram::actors
