#include "memory/index/segment.hpp"

#include <algorithm>

namespace engram::memory {

std::size_t find_hash(const std::vector<std::uint64_t>& hashes, std::uint64_t key) noexcept {
  // A hash's place is nearly proportional to its value: start there and gallop.
  const std::size_t count = hashes.size();
  if (count == 0) return 0;
  __extension__ using wide = unsigned __int128;
  const auto guess = static_cast<std::size_t>(static_cast<wide>(key) * count >> 64);
  std::size_t low = guess, high = guess, step = 8;
  while (low > 0 && hashes[low] > key) {
    low = low > step ? low - step : 0;
    step *= 2;
  }
  step = 8;
  while (high < count && hashes[high] < key) {
    high = std::min(count, high + step);
    step *= 2;
  }
  const auto begin = hashes.begin() + static_cast<std::ptrdiff_t>(low);
  const auto end = hashes.begin() + static_cast<std::ptrdiff_t>(std::min(count, high + 1));
  const auto at = std::lower_bound(begin, end, key);
  return at != hashes.end() && *at == key ? static_cast<std::size_t>(at - hashes.begin()) : count;
}

void find_key(const std::vector<std::shared_ptr<const segment>>& in, const base::memory_key& key,
              std::vector<std::uint32_t>& to) {
  for (const auto& s : in) {
    auto at = std::lower_bound(s->by_key.begin(), s->by_key.end(), key,
                               [&](std::uint32_t local, const base::memory_key& k) {
                                 return s->documents[local].key < k;
                               });
    for (; at != s->by_key.end() && s->documents[*at].key == key; ++at)
      to.push_back(s->first + *at);
  }
}

std::span<const std::uint32_t> session_order::members(std::uint64_t session) const noexcept {
  const std::size_t at = find_hash(keys, session);
  if (at == keys.size()) return {};
  return {locals.data() + offsets[at], locals.data() + offsets[at + 1]};
}

std::size_t session_order::bytes() const noexcept {
  return keys.capacity() * sizeof(keys[0]) +
         (offsets.capacity() + locals.capacity()) * sizeof(std::uint32_t);
}

posting_list segment::postings(std::size_t term) const noexcept {
  const std::uint32_t begin = key_offsets[term], end = key_offsets[term + 1];
  return {{posting_locals.data() + begin, posting_locals.data() + end},
          posting_weights.data() + begin,
          position_offsets.data() + begin,
          positions.data()};
}

posting_list segment::find(std::uint64_t key) const noexcept {
  const std::size_t term = find_term(key);
  return term == keys.size() ? posting_list{} : postings(term);
}

std::span<const mention> segment::mentions_of(std::uint32_t ordinal) const noexcept {
  if (mentions.empty()) return {};
  if (ordinal >= first)
    return {mentions.data() + mention_offsets[ordinal - first],
            mentions.data() + mention_offsets[ordinal - first + 1]};
  const auto [begin, end] = std::equal_range(
      mentions.begin(), mentions.begin() + mention_offsets[0], mention{ordinal, 0, 0, 0, 0, 0},
      [](const mention& a, const mention& b) { return a.ordinal < b.ordinal; });
  return {begin, end};
}

std::span<const std::uint32_t> segment::namings_of(std::uint64_t title_key) const noexcept {
  const std::size_t at = find_hash(named_keys, title_key);
  if (at == named_keys.size()) return {};
  return {namings.data() + naming_offsets[at], namings.data() + naming_offsets[at + 1]};
}

std::span<const std::uint32_t> segment::words_of(std::uint32_t local) const noexcept {
  return {words.data() + word_offsets[local], words.data() + word_offsets[local + 1]};
}

std::span<const std::uint32_t> segment::terms_of(std::uint32_t local) const noexcept {
  return {terms.data() + term_offsets[local], terms.data() + term_offsets[local + 1]};
}

std::string_view segment::id(std::uint32_t local) const noexcept {
  const document& d = documents[local];
  return std::string_view(ids).substr(d.id_begin, d.id_size);
}

std::size_t segment::bytes() const noexcept {
  const auto held = [](const auto& v) { return v.capacity() * sizeof(v[0]); };
  return sizeof(segment) + held(documents) + held(lengths) + ids.capacity() + held(keys) +
         held(global_terms) + held(key_offsets) + held(posting_locals) + held(posting_weights) +
         held(position_offsets) + held(positions) + held(term_offsets) + held(terms) +
         held(word_offsets) + held(words) + held(mentions) + held(mention_offsets) +
         held(named_keys) + held(naming_offsets) + held(namings) + held(by_key) + held(by_when) +
         vectors.memory_bytes();
}

} // namespace engram::memory
