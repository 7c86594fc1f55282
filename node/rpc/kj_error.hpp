#pragma once
// KJ's exceptions to our error table: the one function where they stop.

#include "base/error.hpp"

#include <kj/exception.h>

namespace engram::node {

/// After a call has been handed to the service nobody knows how far it came, so every kind maps to
/// an indefinite code, apart from KJ's own refusals.
base::error to_error(const kj::Exception& failure);

} // namespace engram::node
