#include "memory/index/segment_writer.hpp"

#include "base/check.hpp"
#include "memory/index/keys.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <tuple>

namespace engram::memory {
namespace {

/// One posting on its way: sorted by (key, local), it is the segment's layout.
struct loose_posting {
  std::uint64_t key;
  std::uint32_t local;
  std::uint16_t weight;
  std::uint16_t positions;
  const std::uint16_t* from;
};

/// Stable least-significant-digit radix sort: postings come ascending by local, keys are hashes.
void sort_by_key(std::vector<loose_posting>& postings) {
  if (postings.size() < 512) {
    std::stable_sort(postings.begin(), postings.end(),
                     [](const loose_posting& a, const loose_posting& b) { return a.key < b.key; });
    return;
  }
  // The upper 33 bits almost decide; what they leave equal is finished by insertion.
  std::vector<loose_posting> other(postings.size());
  for (const int shift : {31, 42, 53}) {
    std::vector<std::uint32_t> counts(2049);
    for (const loose_posting& p : postings) ++counts[(p.key >> shift & 2047) + 1];
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    for (const loose_posting& p : postings) other[counts[p.key >> shift & 2047]++] = p;
    postings.swap(other);
  }
  for (std::size_t i = 1; i < postings.size(); ++i) {
    const loose_posting moved = postings[i];
    std::size_t at = i;
    for (; at > 0 && postings[at - 1].key > moved.key; --at) postings[at] = postings[at - 1];
    postings[at] = moved;
  }
}

std::vector<loose_posting> gather(std::span<const pending_memory> memories) {
  std::vector<loose_posting> all;
  std::size_t count = 0;
  for (const pending_memory& m : memories)
    count += m.words->terms.size() + m.words->labels.size() + 1;
  all.reserve(count);
  for (std::uint32_t local = 0; local < memories.size(); ++local) {
    const analysed& words = *memories[local].words;
    const std::uint16_t* from = words.positions.data();
    for (const term_use& term : words.terms) {
      all.push_back({term.key, local, term.weight, term.positions, from});
      from += term.positions;
    }
    for (const std::uint64_t label : words.labels) all.push_back({label, local, 0, 0, from});
    if (words.title_key != 0) all.push_back({words.title_key, local, 0, 0, from});
  }
  return all;
}

/// When all postings are there.
void seal_keys(segment& of) {
  of.keys.seal();
  of.key_offsets.push_back(static_cast<std::uint32_t>(of.posting_locals.size()));
  of.few.resize(of.keys.size());
  for (std::size_t i = 0; i < of.keys.size(); ++i)
    of.few[i] = of.key_offsets[i + 1] - of.key_offsets[i] <= segment::FEW;
}

void append_postings(segment& to, const std::vector<loose_posting>& postings,
                     const term_numbering& number) {
  to.posting_locals.reserve(postings.size());
  to.posting_weights.reserve(postings.size());
  to.position_offsets.reserve(postings.size() + 1);
  to.position_offsets.push_back(0);
  for (std::size_t i = 0; i < postings.size(); ++i) {
    const loose_posting& p = postings[i];
    if (i == 0 || p.key != postings[i - 1].key) {
      to.keys.push_back(p.key);
      to.global_terms.push_back(number(p.key));
      to.key_offsets.push_back(static_cast<std::uint32_t>(i));
    }
    to.posting_locals.push_back(p.local);
    to.posting_weights.push_back(p.weight);
    to.positions.insert(to.positions.end(), p.from, p.from + p.positions);
    to.position_offsets.push_back(static_cast<std::uint32_t>(to.positions.size()));
  }
  seal_keys(to);
}

/// Terms of each memory from the postings: they come ascending because keys do.
void fill_terms(segment& s) {
  s.term_offsets.assign(s.documents.size() + 1, 0);
  for (const std::uint32_t local : s.posting_locals) ++s.term_offsets[local + 1];
  std::partial_sum(s.term_offsets.begin(), s.term_offsets.end(), s.term_offsets.begin());
  s.terms.resize(s.posting_locals.size());
  std::vector<std::uint32_t> next(s.term_offsets.begin(), s.term_offsets.end() - 1);
  for (std::uint32_t term = 0; term < s.keys.size(); ++term)
    for (std::uint32_t i = s.key_offsets[term]; i < s.key_offsets[term + 1]; ++i)
      s.terms[next[s.posting_locals[i]]++] = term;
}

void fill_key_hashes(segment& s) {
  s.key_hashes.reserve(s.by_key.size());
  for (const std::uint32_t local : s.by_key)
    s.key_hashes.push_back(s.documents[local].key.value.high);
  s.key_hashes.seal();
}

void fill_orders(segment& s) {
  s.by_key.resize(s.documents.size());
  std::iota(s.by_key.begin(), s.by_key.end(), 0u);
  std::sort(s.by_key.begin(), s.by_key.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(s.documents[a].key, s.documents[a].content) <
           std::tie(s.documents[b].key, s.documents[b].content);
  });
  fill_key_hashes(s);
  for (std::uint32_t local = 0; local < s.documents.size(); ++local)
    if (s.documents[local].has_when) s.by_when.push_back(local);
  std::sort(s.by_when.begin(), s.by_when.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (s.documents[a].when_ms != s.documents[b].when_ms)
      return s.documents[a].when_ms < s.documents[b].when_ms;
    return s.id(a) < s.id(b);
  });
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Offsets that count on from `base`; `from` begins with 0, which is already there.
void append_offsets(std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from) {
  const std::uint32_t base = to.back();
  for (std::size_t i = 1; i < from.size(); ++i) to.push_back(base + from[i]);
}

void append_list(segment& to, const segment& from, std::size_t term, std::uint32_t shift) {
  const std::uint32_t begin = from.key_offsets[term], end = from.key_offsets[term + 1];
  for (std::uint32_t i = begin; i < end; ++i) {
    to.posting_locals.push_back(from.posting_locals[i] + shift);
    const std::uint32_t used = from.position_offsets[i + 1] - from.position_offsets[i];
    to.position_offsets.push_back(to.position_offsets.back() + used);
  }
  to.posting_weights.insert(to.posting_weights.end(), from.posting_weights.begin() + begin,
                            from.posting_weights.begin() + end);
  to.positions.insert(to.positions.end(), from.positions.begin() + from.position_offsets[begin],
                      from.positions.begin() + from.position_offsets[end]);
}

void merge_postings(segment& to, const segment& a, const segment& b) {
  const std::size_t count = a.posting_locals.size() + b.posting_locals.size();
  to.posting_locals.reserve(count);
  to.posting_weights.reserve(count);
  to.position_offsets.reserve(count + 1);
  to.positions.reserve(a.positions.size() + b.positions.size());
  to.position_offsets.push_back(0);
  std::size_t i = 0, j = 0;
  while (i < a.keys.size() || j < b.keys.size()) {
    const bool from_a = j == b.keys.size() || (i < a.keys.size() && a.keys[i] <= b.keys[j]);
    const bool from_b = i == a.keys.size() || (j < b.keys.size() && b.keys[j] <= a.keys[i]);
    to.keys.push_back(from_a ? a.keys[i] : b.keys[j]);
    to.global_terms.push_back(from_a ? a.global_terms[i] : b.global_terms[j]);
    to.key_offsets.push_back(static_cast<std::uint32_t>(to.posting_locals.size()));
    if (from_a) append_list(to, a, i++, 0);
    if (from_b) append_list(to, b, j++, a.size());
  }
  seal_keys(to);
}

bool before(const mention& x, const mention& y) {
  return std::tie(x.ordinal, x.begin, x.length, x.title_key) <
         std::tie(y.ordinal, y.begin, y.length, y.title_key);
}

/// Where mentions of every `step`-th ordinal of [from, to) begin.
std::vector<std::uint32_t> offsets_of(const std::vector<mention>& mentions, std::uint32_t from,
                                      std::uint32_t to, std::uint32_t step) {
  std::vector<std::uint32_t> offsets;
  offsets.reserve((to - from) / step + 2);
  std::uint32_t at = 0;
  for (std::uint32_t ordinal = from; ordinal < to; ordinal += step) {
    while (at < mentions.size() && mentions[at].ordinal < ordinal) ++at;
    offsets.push_back(at);
  }
  return offsets;
}

void fill_mention_offsets(segment& of) {
  of.mention_offsets = offsets_of(of.mentions, of.first, of.end() + 1, 1);
  of.older_offsets.clear();
  // Few are searched as they are: what one write brings must not cost as much as there are
  // memories.
  const std::uint32_t older = of.mention_offsets.front();
  if (older < of.first / segment::OLDER_STEP) return;
  of.older_offsets = offsets_of(of.mentions, 0, of.first, segment::OLDER_STEP);
  of.older_offsets.push_back(older);
}

/// Title by title; where each has them, by ordinal.
void merge_namings(segment& to, const segment& a, const segment& b) {
  to.namings.reserve(a.namings.size() + b.namings.size());
  for (std::size_t i = 0, j = 0; i < a.named_keys.size() || j < b.named_keys.size();) {
    const bool from_a =
        j == b.named_keys.size() || (i < a.named_keys.size() && a.named_keys[i] <= b.named_keys[j]);
    const bool from_b =
        i == a.named_keys.size() || (j < b.named_keys.size() && b.named_keys[j] <= a.named_keys[i]);
    to.named_keys.push_back(from_a ? a.named_keys[i] : b.named_keys[j]);
    to.naming_offsets.push_back(static_cast<std::uint32_t>(to.namings.size()));
    const auto of_a = from_a ? a.namings_at(i++) : std::span<const std::uint32_t>{};
    const auto of_b = from_b ? b.namings_at(j++) : std::span<const std::uint32_t>{};
    std::set_union(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                   std::back_inserter(to.namings));
  }
  to.named_keys.seal();
  to.naming_offsets.push_back(static_cast<std::uint32_t>(to.namings.size()));
}

/// Both lists are sorted: so is the result, without sorting again.
void merge_mentions(segment& to, const segment& a, const segment& b) {
  to.mentions.resize(a.mentions.size() + b.mentions.size());
  std::merge(a.mentions.begin(), a.mentions.end(), b.mentions.begin(), b.mentions.end(),
             to.mentions.begin(), before);
  fill_mention_offsets(to);
  merge_namings(to, a, b);
}

void merge_order(std::vector<std::uint32_t>& to, const segment& merged,
                 const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b,
                 std::uint32_t shift, bool (*less)(const segment&, std::uint32_t, std::uint32_t)) {
  to = a;
  for (const std::uint32_t local : b) to.push_back(local + shift);
  std::inplace_merge(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(a.size()), to.end(),
                     [&](std::uint32_t x, std::uint32_t y) { return less(merged, x, y); });
}

} // namespace

std::shared_ptr<segment> build_segment(std::uint32_t first, std::uint32_t dimension,
                                       std::span<const pending_memory> memories,
                                       const term_numbering& number) {
  auto s = std::make_shared<segment>();
  s->first = first;
  s->word_offsets.push_back(0);
  for (const pending_memory& m : memories) {
    s->documents.push_back(m.facts);
    s->lengths.push_back(m.facts.length);
    s->documents.back().id_begin = static_cast<std::uint32_t>(s->ids.size());
    s->documents.back().id_size = static_cast<std::uint16_t>(m.id.size());
    s->ids += m.id;
    append(s->words, m.words->words);
    s->word_offsets.push_back(static_cast<std::uint32_t>(s->words.size()));
  }
  std::vector<vector_block::item> vectors;
  for (std::uint32_t local = 0; local < memories.size(); ++local)
    if (memories[local].vector) vectors.push_back({first + local, memories[local].vector.get()});
  s->vectors = vector_block(dimension, vectors);
  std::vector<loose_posting> postings = gather(memories);
  sort_by_key(postings);
  append_postings(*s, postings, number);
  fill_terms(*s);
  fill_orders(*s);
  return s;
}

std::shared_ptr<segment> merge_segments(const segment& a, const segment& b) {
  CHECK(a.end() == b.first, a.end(), b.first);
  auto s = std::make_shared<segment>();
  s->first = a.first;
  s->documents.reserve(a.documents.size() + b.documents.size());
  append(s->documents, a.documents);
  append(s->documents, b.documents);
  s->lengths = a.lengths;
  append(s->lengths, b.lengths);
  s->named_terms = a.named_terms;
  append(s->named_terms, b.named_terms);
  for (std::size_t i = a.size(); i < s->documents.size(); ++i)
    s->documents[i].id_begin += static_cast<std::uint32_t>(a.ids.size());
  s->ids = a.ids + b.ids;
  s->words.reserve(a.words.size() + b.words.size());
  append(s->words, a.words);
  append(s->words, b.words);
  s->word_offsets = a.word_offsets;
  append_offsets(s->word_offsets, b.word_offsets);
  merge_postings(*s, a, b);
  const std::array<const vector_block*, 2> blocks{&a.vectors, &b.vectors};
  s->vectors = vector_block::concatenate(blocks);
  fill_terms(*s);
  merge_mentions(*s, a, b);
  merge_order(s->by_key, *s, a.by_key, b.by_key, a.size(),
              [](const segment& m, std::uint32_t x, std::uint32_t y) {
                return std::tie(m.documents[x].key, m.documents[x].content) <
                       std::tie(m.documents[y].key, m.documents[y].content);
              });
  fill_key_hashes(*s);
  merge_order(s->by_when, *s, a.by_when, b.by_when, a.size(),
              [](const segment& m, std::uint32_t x, std::uint32_t y) {
                const document &dx = m.documents[x], &dy = m.documents[y];
                return dx.when_ms != dy.when_ms ? dx.when_ms < dy.when_ms : m.id(x) < m.id(y);
              });
  return s;
}

void sort_namings(segment& of) {
  std::vector<std::uint32_t> order(of.mentions.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return of.mentions[a].title_key < of.mentions[b].title_key;
  });
  for (const std::uint32_t at : order) {
    const mention& m = of.mentions[at];
    if (of.named_keys.empty() || of.named_keys.back() != m.title_key) {
      of.named_keys.push_back(m.title_key);
      of.naming_offsets.push_back(static_cast<std::uint32_t>(of.namings.size()));
    } else if (of.namings.back() == m.ordinal) {
      continue;
    }
    of.namings.push_back(m.ordinal);
  }
  of.named_keys.seal();
  of.naming_offsets.push_back(static_cast<std::uint32_t>(of.namings.size()));
  fill_mention_offsets(of);
}

std::shared_ptr<const session_order> sort_by_session(const segment& of, const order_lookup& order) {
  auto sorted = std::make_shared<session_order>();
  std::vector<std::int64_t> orders(of.size());
  for (std::uint32_t local = 0; local < of.size(); ++local) {
    if (of.documents[local].session == 0) continue;
    orders[local] = order(of.first + local);
    sorted->locals.push_back(local);
  }
  std::sort(sorted->locals.begin(), sorted->locals.end(), [&](std::uint32_t a, std::uint32_t b) {
    const document &x = of.documents[a], &y = of.documents[b];
    if (x.session != y.session) return x.session < y.session;
    if (x.has_when != y.has_when) return y.has_when;
    if (x.has_when && x.when_ms != y.when_ms) return x.when_ms < y.when_ms;
    if (orders[a] != orders[b]) return orders[a] < orders[b];
    const std::string_view id_a = of.id(a), id_b = of.id(b);
    return id_a != id_b ? id_a < id_b : x.content < y.content;
  });
  for (std::uint32_t i = 0; i < sorted->locals.size(); ++i) {
    const std::uint64_t session = of.documents[sorted->locals[i]].session;
    if (!sorted->keys.empty() && sorted->keys.back() == session) continue;
    sorted->keys.push_back(session);
    sorted->offsets.push_back(i);
  }
  sorted->keys.seal();
  sorted->offsets.push_back(static_cast<std::uint32_t>(sorted->locals.size()));
  return sorted;
}

} // namespace engram::memory
