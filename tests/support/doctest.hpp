#pragma once
// What tests include instead of doctest itself: doctest and base/check.hpp both name a macro CHECK.
// In a test the name is doctest's; what the headers under test wrote with base's is already
// expanded.

#include "base/check.hpp"
#include "base/result.hpp"

#undef CHECK
#include <doctest/doctest.h> // IWYU pragma: export
