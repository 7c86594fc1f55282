#pragma once
// The names of what comes on a stream: the same number on the same stream of the same space is the
// same operation, wherever and however often it is sent. Part of the format.

#include "base/id.hpp"

#include <string>
#include <string_view>

namespace engram::base {

/// 32 hex digits.
std::string stream_item_id(const space_id& space, std::string_view stream, std::uint64_t number);

} // namespace engram::base
