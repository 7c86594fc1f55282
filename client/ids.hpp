#pragma once
// Names that a client makes itself. Pure: time and randomness are given.

#include "base/hash.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace engram::client {

/// RFC 9562 version 7: 48 bits of milliseconds, then 74 of the given random bits, in the usual
/// 8-4-4-4-12 form. Ids drawn later sort later.
std::string uuid7(base::instant now, const base::hash128& random_bits);

/// uuid7 of this moment with bits from the operating system.
std::string draw_id();

/// [a-z0-9][a-z0-9_-]{0,63}
bool is_space_name(std::string_view name) noexcept;

/// The space that a set of that name is kept in: `name` itself when it is a space's name, else in
/// lower case, with '-' for every run of other characters, and cut with a hash of the whole when
/// too long. errc::invalid_name when nothing is left.
base::result<std::string> space_name_of(std::string_view name);

} // namespace engram::client
