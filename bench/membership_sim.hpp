#pragma once
// Membership by simulation: what the figures share. Each returns whether its bars were met, having
// printed a line per figure.

#include "membership/swim/swim_world.hpp"

#include <cstdint>
#include <vector>

namespace engram::bench {

// membership_sim.cpp: news and what they cost
bool spread_5(int runs);
bool spread_100(int runs);
bool spread_1000(int runs);
bool measure_traffic(int seconds);

// membership_faults.cpp: crashes, overload, coming back
bool detect_crashes(int runs);
bool overload(int runs);
bool restart_all(int runs);
bool heal_partitions(int runs);

/// Of times in milliseconds, as seconds.
double quantile(std::vector<std::int64_t> ms, double q);
const char* mark(bool met);

} // namespace engram::bench
