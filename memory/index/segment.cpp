#include "memory/index/segment.hpp"

#include <algorithm>

namespace engram::memory {

void find_key(const std::vector<std::shared_ptr<const segment>>& in, const base::memory_key& key,
              std::vector<std::uint32_t>& to) {
  for (const auto& s : in) {
    const sorted_hashes& hashes = s->key_hashes;
    for (auto at = hashes.find(key.value.high); at < hashes.size(); ++at) {
      if (hashes[at] != key.value.high) break;
      if (s->documents[s->by_key[at]].key == key) to.push_back(s->first + s->by_key[at]);
    }
  }
}

std::span<const std::uint32_t> session_order::members(std::uint64_t session) const noexcept {
  const std::size_t at = keys.find(session);
  if (at == keys.size()) return {};
  return {locals.data() + offsets[at], locals.data() + offsets[at + 1]};
}

std::size_t session_order::bytes() const noexcept {
  return keys.bytes() + (offsets.capacity() + locals.capacity()) * sizeof(std::uint32_t);
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
  std::uint32_t first_of = 0, last_of = mention_offsets[0];
  if (!older_offsets.empty()) {
    first_of = older_offsets[ordinal / OLDER_STEP];
    last_of = older_offsets[ordinal / OLDER_STEP + 1];
  }
  const auto [begin, end] = std::equal_range(
      mentions.begin() + first_of, mentions.begin() + last_of, mention{ordinal, 0, 0, 0, 0, 0},
      [](const mention& a, const mention& b) { return a.ordinal < b.ordinal; });
  return {begin, end};
}

std::span<const std::uint32_t> segment::namings_of(std::uint64_t title_key) const noexcept {
  const std::size_t at = named_keys.find(title_key);
  return at == named_keys.size() ? std::span<const std::uint32_t>{} : namings_at(at);
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
  return sizeof(segment) + held(documents) + held(lengths) + ids.capacity() + keys.bytes() +
         held(global_terms) + held(key_offsets) + held(posting_locals) + held(posting_weights) +
         few.capacity() / 8 + held(position_offsets) + held(positions) + held(term_offsets) +
         held(terms) + held(word_offsets) + held(words) + held(mentions) + held(mention_offsets) +
         held(older_offsets) + held(named_terms) + named_keys.bytes() + held(naming_offsets) +
         held(namings) + held(by_key) + key_hashes.bytes() + held(by_when) + vectors.memory_bytes();
}

} // namespace engram::memory
