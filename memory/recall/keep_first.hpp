#pragma once
// The first of many by a measure that is quick to compare, and among equals of it by one that is
// slow: ids, say, which lie far apart. The slow one is asked only of those as good as the last
// kept.

#include <algorithm>
#include <cstddef>
#include <vector>

namespace engram::memory {

/// What is kept stands in no order that means anything. `measure` is greatest first.
template <class T, class Measure, class Before>
void keep_first(std::vector<T>& of, std::size_t count, Measure&& measure, Before&& before) {
  if (of.size() <= count) return;
  const auto cut = of.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(of.begin(), cut, of.end(),
                   [&](const T& a, const T& b) { return measure(a) > measure(b); });
  const auto last = measure(*cut);
  const auto first =
      std::partition(of.begin(), cut, [&](const T& one) { return measure(one) > last; });
  const auto end =
      std::partition(cut, of.end(), [&](const T& one) { return measure(one) == last; });
  std::nth_element(first, cut, end, before);
  of.erase(cut, of.end());
}

} // namespace engram::memory
