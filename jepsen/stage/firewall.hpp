#pragma once
// Links between nodes, cut and degraded with nftables in the run's own network namespace. Each node
// has its own loopback address and calls from it; clients call from 127.0.0.1 and are never cut.
// The ruleset is a pure function of the links; applying replaces the old one at once.

#include "base/result.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace engram::jepsen {

/// Node numbers, 1 ...
using one_way = std::pair<int, int>; // from, to

struct links {
  std::set<one_way> cut;
  std::map<one_way, int> loss_permille;

  friend bool operator==(const links&, const links&) = default;
};

/// "127.0.3.1"
std::string address_of(int node);

/// Every node is cut off from every other.
links all_cut(int nodes);

std::string ruleset(const links& of);

base::result<void> apply(const links& of);

/// Empty: everything works here; else what does not and why, for the report.
std::string firewall_fault();

} // namespace engram::jepsen
