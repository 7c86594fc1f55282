#pragma once
// Keys as big binary fractions: how a cursor finds the first readable key behind a block it cannot
// read, without knowing where the block ends. Pure.

#include <functional>
#include <optional>
#include <string>

namespace engram::storage {

/// `key`, padded with zero bytes to `width`, plus 2^bit at its last byte. nullopt: past the
/// largest.
std::optional<std::string> key_plus(std::string key, std::size_t width, std::size_t bit);

/// Halfway between two keys of equal length; equals `low` when they are neighbours.
std::string key_middle(const std::string& low, const std::string& high);

/// The smallest target found from which reading succeeds, searching outwards from `low`
/// (unreadable) and then inwards. Exact when all that is unreadable between is one run. nullopt:
/// `readable` said no up to `last` ("" = no bound).
std::optional<std::string> first_readable(const std::string& low, const std::string& last,
                                          const std::function<bool(const std::string&)>& readable);

} // namespace engram::storage
