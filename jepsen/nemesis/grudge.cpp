#include "jepsen/nemesis/grudge.hpp"

#include <algorithm>

namespace engram::jepsen {

namespace {

std::vector<int> shuffled(int nodes, base::random& draw) {
  std::vector<int> order;
  for (int i = 1; i <= nodes; ++i) order.push_back(i);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draw.below(i)]);
  return order;
}

void cut_both(int a, int b, cuts& to) {
  to.insert({a, b});
  to.insert({b, a});
}

/// The first `left` of `order` against the others.
cuts split(const std::vector<int>& order, std::size_t left) {
  cuts found;
  for (std::size_t i = 0; i < left; ++i)
    for (std::size_t j = left; j < order.size(); ++j) cut_both(order[i], order[j], found);
  return found;
}

cuts bridge(const std::vector<int>& order) {
  const std::vector<int> sides(order.begin() + 1, order.end()); // the first reaches all
  return split(sides, sides.size() / 2);
}

cuts ring(const std::vector<int>& order) {
  const auto n = order.size();
  const auto reach = (n / 2 + 1) / 2; // neighbours on each side
  cuts found;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const auto apart = std::min(j - i, n - (j - i));
      if (apart > reach) cut_both(order[i], order[j], found);
    }
  }
  return found;
}

cuts asymmetric(const std::vector<int>& order, bool is_deaf) {
  cuts found;
  for (std::size_t i = 1; i < order.size(); ++i)
    found.insert(is_deaf ? std::pair(order[i], order[0]) : std::pair(order[0], order[i]));
  return found;
}

} // namespace

const std::vector<std::string>& partition_shapes() {
  static const std::vector<std::string> all{"one",    "halves", "minority",
                                            "bridge", "ring",   "asymmetric"};
  return all;
}

base::result<cuts> cut_as(const std::string& shape, int nodes, base::random& draw) {
  const auto order = shuffled(nodes, draw);
  const auto n = order.size();
  if (n < 2) return cuts{};
  if (shape == "one") return split(order, 1);
  if (shape == "halves") return split(order, n / 2);
  if (shape == "minority")
    return split(order, 1 + draw.below(std::max<std::size_t>((n - 1) / 2, 1)));
  if (shape == "bridge") return bridge(order);
  if (shape == "ring") return ring(order);
  if (shape == "asymmetric") return asymmetric(order, draw.chance(0.5));
  return base::error{base::errc::invalid_argument, "partition shape '" + shape + "'"};
}

base::result<std::vector<int>> pick_targets(const std::string& target, int nodes,
                                            base::random& draw) {
  auto order = shuffled(nodes, draw);
  const auto n = order.size();
  std::size_t count = n;
  if (target == "one")
    count = 1;
  else if (target == "minority")
    count = std::max<std::size_t>((n - 1) / 2, 1);
  else if (target == "majority")
    count = n / 2 + 1;
  else if (target != "all")
    return base::error{base::errc::invalid_argument, "target '" + target + "'"};
  order.resize(std::min(count, n));
  std::sort(order.begin(), order.end());
  return order;
}

} // namespace engram::jepsen
