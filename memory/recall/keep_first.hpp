#pragma once
// The first of many by a measure that is quick to compare, and among equals of it by their names,
// which lie far apart: they are fetched once, and only of those as good as the last kept.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace engram::memory {

/// What is kept stands in no order that means anything. `measure` is greatest first, `name_of` a
/// string_view, ascending; `before` decides between those of one name.
template <class T, class Measure, class NameOf, class Before>
void keep_first(std::vector<T>& of, std::size_t count, Measure&& measure, NameOf&& name_of,
                Before&& before) {
  if (of.size() <= count) return;
  const auto cut = of.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(of.begin(), cut, of.end(),
                   [&](const T& a, const T& b) { return measure(a) > measure(b); });
  const auto last = measure(*cut);
  const auto first =
      std::partition(of.begin(), cut, [&](const T& one) { return measure(one) > last; });
  const auto end =
      std::partition(cut, of.end(), [&](const T& one) { return measure(one) == last; });
  std::vector<std::pair<std::string_view, T>> equals;
  equals.reserve(static_cast<std::size_t>(end - first));
  for (auto one = first; one != end; ++one) equals.emplace_back(name_of(*one), *one);
  std::nth_element(equals.begin(), equals.begin() + (cut - first), equals.end(),
                   [&](const auto& a, const auto& b) {
                     const int order = a.first.compare(b.first);
                     return order != 0 ? order < 0 : before(a.second, b.second);
                   });
  std::transform(equals.begin(), equals.begin() + (cut - first), first,
                 [](const auto& one) { return one.second; });
  of.erase(cut, of.end());
}

} // namespace engram::memory
