#include "node/version.hpp"

namespace engram::node {

std::string_view version() noexcept { return ENGRAM_VERSION; }

} // namespace engram::node
