#pragma once
// Which client this is. It is told to nodes, which never decide by it: feature levels do that.

namespace engram::client {

inline constexpr const char* VERSION = "0.1.0";

} // namespace engram::client
