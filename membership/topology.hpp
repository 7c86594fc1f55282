#pragma once
// What a change of the members would move, before it happens: placement before and after, compared.
// Pure.

#include "membership/placement.hpp"

namespace engram::membership {

/// One replica that somebody has to make.
struct replica_move {
  base::space_id space;
  base::store_id to;
  base::store_id from; // who gives its place up; zero: nobody, there is one more
};

/// In the order of `spaces`. Requires: wanted >= 1.
std::vector<replica_move> moves_between(std::span<const base::space_id> spaces,
                                        std::span<const member> before,
                                        std::span<const member> after, std::uint32_t wanted);

/// With this one gone for good.
std::vector<member> without(std::span<const member> members, const base::store_id& gone);
/// With new ones, each in the zone that has the fewest. Their ids are drawn at their start, so whom
/// they relieve is a sample; how much comes to them is not.
std::vector<member> with_newcomers(std::span<const member> members, std::uint32_t count);
/// From 1; 0: it is none of these newcomers.
std::uint32_t newcomer_number(const base::store_id& id, std::uint32_t count);

} // namespace engram::membership
