#pragma once
// One line per message, for whoever replays a seed.

#include "storage/replication/messages.hpp"

#include <string>

namespace engram::simulation {

std::string describe(const storage::log_vector& vector);
std::string describe(const storage::message::any& what);

} // namespace engram::simulation
