#include "memory/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace engram::memory {
namespace {

constexpr double z_90 = 1.6448536269514722; // 95th percentile of the normal distribution
constexpr double hearsay = 0.6;
constexpr double faded_share = 0.5;

double unit(double x) { return x > 0 ? std::min(x, 1.0) : 0.0; } // NaN compares false: 0

interval ordered(double low, double point, double high) {
  const double p = unit(point);
  return {std::min(unit(low), p), p, std::max(unit(high), p)};
}

double or_of(double a, double b) { return a + b - a * b; }

double rebased(double p, double b) {
  const double yes = p * b;
  const double no = (1.0 - p) * (1.0 - b);
  return yes + no > 0 ? yes / (yes + no) : p;
}

} // namespace

interval certain(double point) { return ordered(point, point, point); }

interval with_uncertainty(double point, double uncertainty) {
  const double p = unit(point);
  const double half = std::min({unit(uncertainty) * p, p, 1.0 - p});
  return ordered(p - half, p, p + half);
}

interval both(const interval& a, const interval& b) {
  return ordered(a.low * b.low, a.point * b.point, a.high * b.high);
}

interval either(const interval& a, const interval& b) {
  return ordered(or_of(a.low, b.low), or_of(a.point, b.point), or_of(a.high, b.high));
}

interval opposite(const interval& a) { return ordered(1.0 - a.high, 1.0 - a.point, 1.0 - a.low); }

interval with_base_rate(const interval& a, double base_rate) {
  const double b = unit(base_rate);
  return ordered(rebased(a.low, b), rebased(a.point, b), rebased(a.high, b));
}

double combine(std::span<const evidence> pieces) {
  std::vector<evidence> sorted(pieces.begin(), pieces.end());
  for (auto& piece : sorted) piece.strength = unit(piece.strength);
  std::sort(sorted.begin(), sorted.end(), [](const evidence& a, const evidence& b) {
    return a.source != b.source ? a.source < b.source : a.strength > b.strength;
  });
  double doubt = 1.0;
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (i == 0 || sorted[i].source != sorted[i - 1].source)
      doubt = doubt * (1.0 - sorted[i].strength);
  return 1.0 - doubt;
}

interval wilson(double share, double trials) {
  const double p = unit(share);
  if (!(trials > 0)) return ordered(0.0, p, 1.0);
  const double z2 = z_90 * z_90;
  const double scale = 1.0 + z2 / trials;
  const double centre = p + z2 / (2.0 * trials);
  const double half = z_90 * std::sqrt(p * (1.0 - p) / trials + z2 / (4.0 * trials * trials));
  return ordered((centre - half) / scale, p, (centre + half) / scale);
}

interval hit_confidence(const hit_evidence& e) {
  const double own = std::sqrt(unit(e.first_hand));
  const double told = hearsay * std::sqrt(unit(e.by_association));
  const double kept = 1.0 - (1.0 - unit(e.retention)) * faded_share;
  const double point = unit(e.encoding) * kept * or_of(own, told);

  const double matched = static_cast<double>(std::min(e.cues_matched, e.cues));
  const double total = unit(e.first_hand) + unit(e.by_association);
  const double own_part = total > 0 ? unit(e.first_hand) / total : 0.0;
  return wilson(point, 1.0 + matched * (0.5 + 0.5 * own_part));
}

} // namespace engram::memory
