#include "memory/index/index.hpp"

#include "base/check.hpp"
#include "memory/index/edge_table.hpp"
#include "memory/index/keys.hpp"
#include "memory/index/occasions.hpp"
#include "memory/index/segment_writer.hpp"
#include "memory/index/titles.hpp"
#include "memory/key_table.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace engram::memory {
namespace {

/// Segments grow by merging up to this; so no merge, hence no publish, costs more than it.
constexpr std::uint32_t SEGMENT_MAX = 1 << 16;
/// Below, neighbours are merged that differ by more: what single writes bring would else stand in a
/// segment for each doubling, and every recall asks them all.
constexpr std::uint32_t TRICKLE_MAX = 1 << 10;
/// Quiet merging goes up to this; a write that comes in between waits for one such merge.
constexpr std::uint32_t SETTLED_MAX = 1 << 15;

document facts_of(const addition& memory) {
  document facts;
  facts.key = memory.key;
  facts.content = memory.content;
  facts.session = memory.words->session;
  facts.title_key = memory.words->title_key;
  facts.has_when = memory.what->when.has_value();
  facts.when_ms = facts.has_when ? memory.what->when->ms : 0;
  facts.length = memory.words->length;
  facts.confidence = static_cast<std::uint16_t>(memory.what->confidence * 65535 + 0.5);
  facts.flags = memory.words->flags;
  return facts;
}

} // namespace

struct index::state {
  base::space_id identity;
  std::uint32_t dimension = 0;
  std::uint32_t size = 0;
  std::uint32_t visible_count = 0;
  std::uint64_t visible_length = 0;

  std::vector<pending_memory> pending;
  std::uint32_t pending_first = 0;
  std::vector<std::shared_ptr<const segment>> segments;
  std::vector<std::shared_ptr<const session_order>> sessions;
  std::set<std::uint32_t> reordered; // ordinals whose place in their session moved

  std::vector<std::uint64_t> numbered; // keys, by number
  key_table numbers;
  title_table titles;
  bit_pages hidden;
  pages<amendable> amendables;
  access_pages accesses;
  occasion_runs::run pending_marks;
  occasion_runs occasions;
  pages<std::uint32_t> frequencies;
  pages<title_bearers> bearers; // by global term of the title

  edge_table edges;

  std::size_t published_bytes = 0;
  std::size_t pending_bytes = 0;

  std::uint32_t number(std::uint64_t key) {
    const std::uint32_t known =
        numbers.find(key, [&](std::uint32_t each) { return numbered[each] == key; });
    if (known != key_table::none) return known;
    numbers.insert(key, static_cast<std::uint32_t>(numbered.size()));
    numbered.push_back(key);
    frequencies.push_back(0);
    return static_cast<std::uint32_t>(numbered.size() - 1);
  }

  std::shared_ptr<const session_order> order_of(const segment& s) const {
    return sort_by_session(s, [this](std::uint32_t o) { return amendables.at(o).order; });
  }

  bool is_hidden(std::uint32_t ordinal) const { return hidden.test(ordinal); }
  std::size_t slot_of(std::uint32_t ordinal) const;
  void count_terms(std::uint32_t ordinal, bool add);
  void note_bearers(const segment& fresh);
  void count_named(std::uint32_t ordinal, std::span<const mention> mentions, bool add);
  void seal();
  void merge_tail();
  bool settle();
  void reorder();
};

std::size_t index::state::slot_of(std::uint32_t ordinal) const {
  const auto above = std::upper_bound(
      segments.begin(), segments.end(), ordinal,
      [](std::uint32_t o, const std::shared_ptr<const segment>& s) { return o < s->first; });
  return static_cast<std::size_t>(above - segments.begin()) - 1;
}

/// What a visible memory adds to the counts. Requires: sealed.
void index::state::count_terms(std::uint32_t ordinal, bool add) {
  const segment& s = *segments[slot_of(ordinal)];
  const std::uint32_t local = ordinal - s.first;
  for (const std::uint32_t term : s.terms_of(local)) {
    std::uint32_t& count = frequencies.edit(s.global_terms[term]);
    count = add ? count + 1 : count - 1;
  }
  const std::uint32_t length = s.documents[local].length;
  visible_length = add ? visible_length + length : visible_length - length;
  visible_count = add ? visible_count + 1 : visible_count - 1;
}

/// Each title a memory names counts once, however often it is named there.
void index::state::count_named(std::uint32_t ordinal, std::span<const mention> mentions, bool add) {
  std::set<std::uint32_t> titles_named;
  for (const mention& m : mentions)
    if (m.ordinal == ordinal) titles_named.insert(m.named_by);
  for (const std::uint32_t title : titles_named) {
    std::uint32_t& count = frequencies.edit(title);
    count = add ? count + 1 : count - 1;
  }
}

void index::state::note_bearers(const segment& fresh) {
  for (std::uint32_t local = 0; local < fresh.size(); ++local) {
    if (fresh.named_terms[local] == segment::none) continue;
    const std::size_t term = fresh.find_term(fresh.documents[local].title_key);
    const std::uint32_t titled = fresh.global_terms[term];
    if (titled >= bearers.size()) bearers.resize(titled + 1);
    auto& latest = bearers.edit(titled).latest;
    latest = {fresh.first + local, latest[0]};
  }
}

void index::state::seal() {
  if (pending.empty()) return;
  const term_numbering numbering = [this](std::uint64_t key) { return number(key); };
  const auto fresh = build_segment(pending_first, dimension, pending, numbering);
  titles.add(*fresh, pending, segments, numbering);
  note_bearers(*fresh);
  segments.push_back(fresh);
  sessions.push_back(order_of(*fresh));
  edges.arrived(*fresh, segments);
  for (std::uint32_t o = fresh->first; o < fresh->end(); ++o)
    if (!is_hidden(o)) count_terms(o, true);
  const std::vector<mention>& mentions = fresh->mentions;
  for (std::size_t i = 0; i < mentions.size();) {
    std::size_t end = i;
    while (end < mentions.size() && mentions[end].ordinal == mentions[i].ordinal) ++end;
    if (!is_hidden(mentions[i].ordinal))
      count_named(mentions[i].ordinal, {mentions.data() + i, mentions.data() + end}, true);
    i = end;
  }
  pending.clear();
  pending_bytes = 0;
  pending_first = size;
  merge_tail();
}

/// Similar-sized neighbours become one, so each memory is moved a logarithmic number of times.
void index::state::merge_tail() {
  std::size_t keep = segments.size();
  std::shared_ptr<const segment> merged;
  while (keep >= 2) {
    const segment& last = merged ? *merged : *segments[keep - 1];
    const segment& previous = *segments[keep - 2];
    const std::uint32_t together = previous.size() + last.size();
    const std::uint32_t times = together <= TRICKLE_MAX ? 8 : 2;
    if (previous.size() > times * last.size() || together > SEGMENT_MAX) break;
    merged = merge_segments(previous, last);
    --keep;
  }
  if (!merged) return;
  segments.resize(keep - 1);
  sessions.resize(keep - 1);
  segments.push_back(merged);
  sessions.push_back(order_of(*merged));
}

/// One segment per SETTLED_MAX memories, and one more for what trickles in, are left alone.
bool index::state::settle() {
  if (segments.size() <= 2 + size / SETTLED_MAX) return false;
  std::size_t best = segments.size();
  std::uint32_t smallest = SETTLED_MAX + 1;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const std::uint32_t together = segments[i]->size() + segments[i + 1]->size();
    if (together < smallest) smallest = together, best = i;
  }
  if (best == segments.size()) return false;
  const auto merged = merge_segments(*segments[best], *segments[best + 1]);
  const auto at = static_cast<std::ptrdiff_t>(best);
  segments.erase(segments.begin() + at);
  sessions.erase(sessions.begin() + at);
  sessions[best] = order_of(*merged);
  segments[best] = merged;
  return true;
}

void index::state::reorder() {
  std::set<std::size_t> slots;
  for (const std::uint32_t ordinal : reordered) slots.insert(slot_of(ordinal));
  for (const std::size_t slot : slots) sessions[slot] = order_of(*segments[slot]);
  reordered.clear();
}

index::index(const space_config& config) : state_(std::make_unique<state>()) {
  state_->identity = config.identity;
  state_->dimension = config.dimension;
}
index::~index() = default;

void index::add(std::uint32_t ordinal, addition memory) {
  state& s = *state_;
  CHECK(ordinal == s.size, ordinal, s.size);
  s.amendables.push_back({memory.order, memory.stored_at});
  const analysed& words = *memory.words;
  s.pending_bytes += sizeof(pending_memory) + words.terms.size() * sizeof(term_use) +
                     words.words.size() * sizeof(std::uint32_t) + memory.what->id.size();
  std::shared_ptr<const embedding> vector;
  if (s.dimension != 0 && memory.what->embedding) vector = {memory.what, &*memory.what->embedding};
  s.pending.push_back(
      {facts_of(memory), memory.what->id, std::move(memory.words), std::move(vector)});
  ++s.size;
  if (s.pending.size() >= SEGMENT_MAX) s.seal();
}

void index::amend(std::uint32_t ordinal, base::hlc stored_at, std::int64_t order) {
  state& s = *state_;
  CHECK(ordinal < s.size, ordinal, s.size);
  amendable& now = s.amendables.edit(ordinal);
  if (now.order != order && ordinal < s.pending_first) s.reordered.insert(ordinal);
  now = {order, stored_at};
}

void index::set_visible(std::uint32_t ordinal, bool visible) {
  state& s = *state_;
  CHECK(ordinal < s.size, ordinal, s.size);
  if (s.is_hidden(ordinal) == !visible) return;
  s.hidden.set(ordinal, !visible);
  if (ordinal >= s.pending_first) return; // counted when sealed
  s.count_terms(ordinal, visible);
  std::vector<mention> mentions;
  for (std::size_t slot = s.slot_of(ordinal); slot < s.segments.size(); ++slot) {
    const auto here = s.segments[slot]->mentions_of(ordinal);
    mentions.insert(mentions.end(), here.begin(), here.end());
  }
  s.count_named(ordinal, mentions, visible);
}

void index::set_access(std::uint32_t ordinal, std::shared_ptr<const access_record> record) {
  state& s = *state_;
  CHECK(ordinal < s.size, ordinal, s.size);
  if (!record && ordinal >= s.accesses.size()) return;
  if (ordinal >= s.accesses.size()) s.accesses.resize(ordinal + 1);
  if (record)
    for (const access_mark& mark : record->marks())
      if (!holds(s.accesses, ordinal, mark)) s.pending_marks.push_back({mark.operation, ordinal});
  s.accesses.edit(ordinal) = std::move(record);
}

void index::set_edge(const base::memory_key& source, const base::memory_key& target,
                     std::string_view kind, base::q32 weight) {
  state_->edges.set(source, target, kind, weight);
}

std::shared_ptr<const snapshot> index::publish() {
  state& s = *state_;
  s.seal();
  s.reorder();
  s.edges.publish(s.segments, s.size);
  s.occasions.add(std::exchange(s.pending_marks, {}), s.accesses);
  auto out = std::make_shared<snapshot>();
  out->identity_ = s.identity;
  out->size_ = s.size;
  out->visible_count_ = s.visible_count;
  out->visible_length_ = s.visible_length;
  out->has_titles_ = !s.titles.empty();
  out->segments_ = s.segments;
  out->sessions_ = s.sessions;
  out->hidden_ = s.hidden.share();
  out->amendables_ = s.amendables.share();
  out->accesses_ = s.accesses.share();
  out->frequencies_ = s.frequencies.share();
  out->bearers_ = s.bearers.share();
  out->edges_ = s.edges.share();
  out->occasions_ = s.occasions;
  s.published_bytes = out->bytes();
  return out;
}

bool index::settle() {
  state& s = *state_;
  return s.settle() || (s.pending.empty() && s.edges.settle(s.segments, s.size));
}

std::uint32_t index::size() const noexcept { return state_->size; }

std::size_t index::memory_bytes() const noexcept {
  return state_->published_bytes + state_->pending_bytes + state_->numbers.bytes() +
         state_->numbered.capacity() * sizeof(std::uint64_t) + state_->titles.bytes() +
         state_->edges.pending_bytes() + state_->pending_marks.size() * sizeof(occasion_mark);
}

} // namespace engram::memory
