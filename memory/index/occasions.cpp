#include "memory/index/occasions.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr std::size_t RUN_MAX = 1 << 18; // a merge moves no more at once

const access_record* record_of(const access_pages& records, std::uint32_t ordinal) {
  return ordinal < records.size() ? records.at(ordinal).get() : nullptr;
}

} // namespace

bool holds(const access_pages& records, std::uint32_t ordinal, const access_mark& mark) {
  const auto* record = record_of(records, ordinal);
  if (record == nullptr) return false;
  const auto marks = record->marks();
  return std::find(marks.begin(), marks.end(), mark) != marks.end();
}

void occasion_runs::add(run fresh, const access_pages& records) {
  if (fresh.empty()) return;
  std::sort(fresh.begin(), fresh.end());
  while (!runs_.empty() && runs_.back()->size() <= 2 * fresh.size() &&
         runs_.back()->size() + fresh.size() <= RUN_MAX) {
    run merged;
    std::merge(runs_.back()->begin(), runs_.back()->end(), fresh.begin(), fresh.end(),
               std::back_inserter(merged));
    merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
    std::erase_if(merged, [&](const occasion_mark& mark) {
      const auto* record = record_of(records, mark.ordinal);
      if (record == nullptr) return true;
      const auto marks = record->marks();
      return std::none_of(marks.begin(), marks.end(), [&](const access_mark& held) {
        return held.operation == mark.operation;
      });
    });
    fresh = std::move(merged);
    runs_.pop_back();
  }
  if (!fresh.empty()) runs_.push_back(std::make_shared<const run>(std::move(fresh)));
}

std::size_t occasion_runs::bytes() const noexcept {
  std::size_t sum = 0;
  for (const auto& each : runs_) sum += each->capacity() * sizeof(occasion_mark);
  return sum;
}

} // namespace engram::memory
