#include "membership/swim/gossip_queue.hpp"

#include <algorithm>

namespace engram::membership {

void gossip_queue::push(update what) {
  const base::store_id about = what.about.id;
  slots_[about] = slot{std::move(what), 0, ++births_};
}

std::vector<update> gossip_queue::take(std::size_t count, std::uint32_t transmissions) {
  std::vector<slot*> order;
  order.reserve(slots_.size());
  for (auto& [id, s] : slots_) order.push_back(&s);
  const auto urgent = [](const slot* a, const slot* b) {
    return a->sent != b->sent ? a->sent < b->sent : a->born > b->born;
  };
  const std::size_t taken = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(taken), order.end(),
                    urgent);
  std::vector<update> out;
  out.reserve(taken);
  for (std::size_t i = 0; i < taken; ++i) {
    out.push_back(order[i]->what);
    ++order[i]->sent;
  }
  std::erase_if(slots_, [&](const auto& row) { return row.second.sent >= transmissions; });
  return out;
}

std::uint32_t transmissions_of(std::uint32_t multiplier, std::uint32_t floor, std::size_t members) {
  std::uint32_t digits = 0; // ceil(log10(N + 1)) = decimal digits of N
  for (std::size_t n = members; n > 0; n /= 10) ++digits;
  return std::max(floor, multiplier * digits);
}

} // namespace engram::membership
