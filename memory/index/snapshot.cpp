#include "memory/index/snapshot.hpp"

#include "memory/index/keys.hpp"

#include <algorithm>
#include <tuple>

namespace engram::memory {

std::size_t snapshot::slot_of(std::uint32_t ordinal) const noexcept {
  const auto above = std::upper_bound(
      segments_.begin(), segments_.end(), ordinal,
      [](std::uint32_t o, const std::shared_ptr<const segment>& s) { return o < s->first; });
  return static_cast<std::size_t>(above - segments_.begin()) - 1;
}

const document& snapshot::facts(std::uint32_t ordinal) const noexcept {
  const segment& s = segment_of(ordinal);
  return s.documents[ordinal - s.first];
}

std::string_view snapshot::id(std::uint32_t ordinal) const noexcept {
  const segment& s = segment_of(ordinal);
  return s.id(ordinal - s.first);
}

void snapshot::expect(std::uint32_t ordinal) const noexcept {
  const segment& s = segment_of(ordinal);
  const std::uint32_t local = ordinal - s.first;
  __builtin_prefetch(&s.documents[local]);
  __builtin_prefetch(&s.documents[local].title_key);
  __builtin_prefetch(&s.term_offsets[local]);
  if (!s.mentions.empty()) __builtin_prefetch(&s.mention_offsets[local]);
}

void snapshot::expect_lists(std::uint32_t ordinal) const noexcept {
  const segment& s = segment_of(ordinal);
  const std::uint32_t local = ordinal - s.first;
  __builtin_prefetch(s.terms.data() + s.term_offsets[local]);
  if (!s.mentions.empty()) __builtin_prefetch(s.mentions.data() + s.mention_offsets[local]);
}

std::optional<embedding> snapshot::embedding_of(std::uint32_t ordinal) const {
  const vector_block& vectors = segment_of(ordinal).vectors;
  const auto row = vectors.row_of(ordinal);
  if (!row) return std::nullopt;
  const auto values = vectors.values(*row);
  return embedding{{values.begin(), values.end()}, 1};
}

const access_record* snapshot::access(std::uint32_t ordinal) const noexcept {
  return ordinal < accesses_.size() ? accesses_.at(ordinal).get() : nullptr;
}

void snapshot::recalled_with(std::uint32_t ordinal, const access_mark& mark, std::size_t most,
                             std::vector<std::uint32_t>& to) const {
  const auto admits = [&](std::uint32_t o) { return o != ordinal && visible(o); };
  occasions_.find(mark, accesses_, most, admits, to);
}

std::vector<std::uint32_t> snapshot::find(const base::memory_key& key) const {
  std::vector<std::uint32_t> found;
  find_key(segments_, key, found);
  std::sort(found.begin(), found.end(),
            [&](std::uint32_t a, std::uint32_t b) { return facts(a).content < facts(b).content; });
  return found;
}

std::vector<std::uint32_t> snapshot::find_id(std::string_view id) const {
  return find(memory_key_of(identity_, id));
}

void snapshot::following(const base::memory_key& key, const base::hash128& content,
                         std::size_t most, std::vector<std::uint32_t>& to) const {
  const auto place = [](const document& d) { return std::tie(d.key, d.content); };
  const auto begin = static_cast<std::ptrdiff_t>(to.size());
  for (const auto& s : segments_) {
    auto at = std::upper_bound(s->by_key.begin(), s->by_key.end(), std::tie(key, content),
                               [&](const auto& behind, std::uint32_t local) {
                                 return behind < place(s->documents[local]);
                               });
    for (std::size_t left = most; left > 0 && at != s->by_key.end(); ++at) {
      if (!visible(s->first + *at)) continue;
      to.push_back(s->first + *at);
      --left;
    }
  }
  std::sort(to.begin() + begin, to.end(),
            [&](std::uint32_t a, std::uint32_t b) { return place(facts(a)) < place(facts(b)); });
  to.resize(std::min(to.size(), static_cast<std::size_t>(begin) + most));
}

bool snapshot::before(std::uint32_t a, std::uint32_t b) const noexcept {
  const int order = id(a).compare(id(b));
  return order != 0 ? order < 0 : facts(a).content < facts(b).content;
}

std::uint32_t snapshot::frequency(std::uint64_t key) const noexcept {
  for (const auto& s : segments_)
    if (const std::size_t term = s->find_term(key); term != s->keys.size())
      return frequency_of(s->global_terms[term]);
  return 0;
}

// -- sessions --

bool snapshot::earlier(std::uint32_t a, std::uint32_t b) const noexcept {
  const document &x = facts(a), &y = facts(b);
  if (x.has_when != y.has_when) return y.has_when;
  if (x.has_when && x.when_ms != y.when_ms) return x.when_ms < y.when_ms;
  if (order(a) != order(b)) return order(a) < order(b);
  return before(a, b);
}

std::uint32_t snapshot::session_size(std::uint64_t session, std::uint32_t limit) const {
  std::uint32_t count = 0;
  for (std::size_t slot = 0; slot < segments_.size() && count < limit; ++slot) {
    const auto members = sessions_[slot]->members(session);
    if (visible_count_ == size_) {
      count += static_cast<std::uint32_t>(members.size());
      continue;
    }
    for (const std::uint32_t local : members)
      if (visible(segments_[slot]->first + local) && ++count >= limit) break;
  }
  return std::min(count, limit);
}

void snapshot::session_members(std::uint64_t session, std::vector<std::uint32_t>& to) const {
  for (std::size_t slot = 0; slot < segments_.size(); ++slot)
    for (const std::uint32_t local : sessions_[slot]->members(session))
      if (visible(segments_[slot]->first + local)) to.push_back(segments_[slot]->first + local);
}

snapshot::session_window snapshot::around(std::uint32_t ordinal) const {
  session_window window;
  const std::uint64_t session = facts(ordinal).session;
  if (session == 0) return window;
  // The two nearest of what all segments offer on one side.
  const auto offer = [&](std::array<std::uint32_t, 2>& side, std::uint32_t candidate, bool after) {
    const auto nearer = [&](std::uint32_t a, std::uint32_t b) {
      return b == none || (after ? earlier(a, b) : earlier(b, a));
    };
    if (nearer(candidate, side[0])) {
      side[1] = side[0];
      side[0] = candidate;
    } else if (nearer(candidate, side[1])) {
      side[1] = candidate;
    }
  };
  for (std::size_t slot = 0; slot < segments_.size(); ++slot) {
    const auto members = sessions_[slot]->members(session);
    const std::uint32_t first = segments_[slot]->first;
    const auto here = std::lower_bound(
        members.begin(), members.end(), ordinal,
        [&](std::uint32_t local, std::uint32_t o) { return earlier(first + local, o); });
    int wanted = 2;
    for (auto at = here; at != members.end() && wanted > 0; ++at) {
      if (first + *at == ordinal || !visible(first + *at)) continue;
      offer(window.after, first + *at, true);
      --wanted;
    }
    wanted = 2;
    for (auto at = here; at != members.begin() && wanted > 0;) {
      if (--at; !visible(first + *at)) continue;
      offer(window.before, first + *at, false);
      --wanted;
    }
  }
  return window;
}

// -- titles --

namespace {

/// Removes mentions that lie in words a longer (or, of equals, an earlier) one has taken.
void keep_longest(std::vector<mention>& mentions, std::size_t begin) {
  std::sort(mentions.begin() + static_cast<std::ptrdiff_t>(begin), mentions.end(),
            [](const mention& a, const mention& b) {
              if (a.length != b.length) return a.length > b.length;
              return a.begin != b.begin ? a.begin < b.begin : a.title_key < b.title_key;
            });
  if (mentions.size() < begin + 2) return;
  std::size_t words = 0, kept = begin;
  for (std::size_t i = begin; i < mentions.size(); ++i)
    words = std::max<std::size_t>(words, mentions[i].begin + mentions[i].length);
  std::vector<bool> taken(words);
  for (std::size_t i = begin; i < mentions.size(); ++i) {
    const mention m = mentions[i];
    const std::size_t end = m.begin + m.length;
    // None before is shorter, so what overlaps this one covers one of its ends.
    if (taken[m.begin] || taken[end - 1]) continue;
    std::fill(taken.begin() + m.begin, taken.begin() + static_cast<std::ptrdiff_t>(end), true);
    mentions[kept++] = m;
  }
  mentions.resize(kept);
}

} // namespace

void snapshot::titles_named_by(std::uint32_t ordinal, std::vector<mention>& to) const {
  if (!has_titles_) return;
  const std::size_t begin = to.size(), own_slot = slot_of(ordinal);
  const std::uint64_t own = facts(ordinal).title_key;
  for (std::size_t slot = own_slot; slot < segments_.size(); ++slot)
    for (const mention& m : segments_[slot]->mentions_of(ordinal))
      if (frequency_of(m.titled) > 0) to.push_back(m);
  keep_longest(to, begin);
  to.erase(std::remove_if(to.begin() + static_cast<std::ptrdiff_t>(begin), to.end(),
                          [&](const mention& m) { return m.title_key == own; }),
           to.end());
}

void snapshot::who_names(std::uint32_t ordinal, std::size_t most,
                         std::vector<std::uint32_t>& to) const {
  const segment& own = segment_of(ordinal);
  const std::uint32_t count = frequency_of(own.named_terms[ordinal - own.first]);
  if (count == 0 || count > most) return;
  const std::uint64_t title = own.documents[ordinal - own.first].title_key;
  const std::size_t begin = to.size();
  // Where all were found the search ends: a text meets a title once, in the segment of whichever
  // came later.
  for (auto s = segments_.begin(); s != segments_.end() && to.size() - begin < count; ++s)
    for (const std::uint32_t namer : (*s)->namings_of(title))
      if (visible(namer)) to.push_back(namer);
  std::sort(to.begin() + static_cast<std::ptrdiff_t>(begin), to.end());
}

std::size_t snapshot::bytes() const noexcept {
  std::size_t sum = hidden_.bytes() + amendables_.bytes() + accesses_.bytes() +
                    frequencies_.bytes() + bearers_.bytes() + edges_.bytes() + occasions_.bytes();
  for (const auto& s : segments_) sum += s->bytes();
  for (const auto& s : sessions_) sum += s->bytes();
  return sum;
}

} // namespace engram::memory
