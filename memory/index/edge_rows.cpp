#include "memory/index/edge_rows.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace engram::memory {
namespace {

using segment_list = std::vector<std::shared_ptr<const segment>>;

/// Numbers memories by (key, content): their rank.
class ranking_by_key {
public:
  ranking_by_key(const segment_list& segments, std::uint32_t size) {
    struct named {
      base::memory_key key;
      std::uint32_t ordinal;
    };
    std::vector<named> all;
    all.reserve(size);
    for (const auto& s : segments) {
      const auto middle = static_cast<std::ptrdiff_t>(all.size());
      for (const std::uint32_t local : s->by_key)
        all.push_back({s->documents[local].key, s->first + local});
      std::inplace_merge(all.begin(), all.begin() + middle, all.end(),
                         [](const named& a, const named& b) { return a.key < b.key; });
    }
    keys_.reserve(size);
    ordinals_.reserve(size);
    for (const named& n : all) {
      keys_.push_back(n.key);
      ordinals_.push_back(n.ordinal);
    }
    order_versions(segments);
  }

  /// Ranks [first, last) of the memories that have the key.
  std::pair<std::uint32_t, std::uint32_t> find(const base::memory_key& key) const {
    const auto [first, last] = std::equal_range(keys_.begin(), keys_.end(), key);
    return {static_cast<std::uint32_t>(first - keys_.begin()),
            static_cast<std::uint32_t>(last - keys_.begin())};
  }
  std::uint32_t ordinal(std::uint32_t rank) const { return ordinals_[rank]; }

private:
  /// Versions of one id, which are rare.
  void order_versions(const segment_list& segments) {
    const auto content = [&](std::uint32_t ordinal) -> const base::hash128& {
      const auto above = std::upper_bound(
          segments.begin(), segments.end(), ordinal,
          [](std::uint32_t o, const std::shared_ptr<const segment>& s) { return o < s->first; });
      const segment& s = **(above - 1);
      return s.documents[ordinal - s.first].content;
    };
    for (std::size_t begin = 0, end = 0; begin < keys_.size(); begin = end) {
      while (end < keys_.size() && keys_[end] == keys_[begin]) ++end;
      if (end - begin > 1)
        std::sort(ordinals_.begin() + static_cast<std::ptrdiff_t>(begin),
                  ordinals_.begin() + static_cast<std::ptrdiff_t>(end),
                  [&](std::uint32_t a, std::uint32_t b) { return content(a) < content(b); });
    }
  }

  std::vector<base::memory_key> keys_; // ascending
  std::vector<std::uint32_t> ordinals_;
};

/// What stands: of several words about an association the newest, unless it removes it.
std::vector<const edge*> standing(const edge_runs& from) {
  const auto before = [](const edge* a, const edge* b) {
    return std::tie(a->source, a->kind, a->target) < std::tie(b->source, b->kind, b->target);
  };
  std::vector<const edge*> all, older, both;
  for (auto run = from.runs.rbegin(); run != from.runs.rend(); ++run) {
    older.clear();
    for (const edge& e : (*run)->by_source) older.push_back(&e);
    both.clear();
    std::set_union(all.begin(), all.end(), older.begin(), older.end(), std::back_inserter(both),
                   before); // of equals the newer
    all.swap(both);
  }
  std::erase_if(all, [](const edge* e) { return e->weight.raw <= 0; });
  return all;
}

} // namespace

class row_compiler {
public:
  row_compiler(const edge_runs& from, const segment_list& segments, std::uint32_t size)
      : edges_(standing(from)), ranks_(segments, size), out_(std::make_shared<edge_rows>()) {
    out_->size_ = size;
    number_styles(*from.kinds);
    join();
    fill(out_->out_, false);
    fill(out_->in_, true);
  }
  std::shared_ptr<const edge_rows> take() { return std::move(out_); }

private:
  struct joint {
    std::uint32_t source, target, style; // ends by rank
  };

  /// Styles in the order in which rows list them, so that comparing numbers is enough.
  void number_styles(const kind_names& kinds) {
    const auto before = [&](const edge* a, const edge* b) {
      return a->weight != b->weight ? a->weight > b->weight : kinds[a->kind] < kinds[b->kind];
    };
    std::map<const edge*, std::uint32_t, decltype(before)> numbers(before);
    for (const edge* e : edges_) numbers.try_emplace(e, 0);
    for (auto& [e, number] : numbers) {
      number = static_cast<std::uint32_t>(out_->styles_.size());
      out_->styles_.push_back({e->weight.to_double(), e->kind});
    }
    styles_.reserve(edges_.size());
    for (const edge* e : edges_) styles_.push_back(numbers.find(e)->second);
  }

  void join() {
    std::pair<std::uint32_t, std::uint32_t> sources;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      const edge& e = *edges_[i];
      if (i == 0 || edges_[i - 1]->source != e.source) sources = ranks_.find(e.source);
      if (sources.first == sources.second) continue;
      const auto targets = ranks_.find(e.target);
      for (std::uint32_t s = sources.first; s < sources.second; ++s)
        for (std::uint32_t t = targets.first; t < targets.second; ++t)
          if (s != t) joints_.push_back({s, t, styles_[i]});
    }
  }

  void fill(edge_rows::rows& to, bool by_target) {
    to.offsets.assign(out_->size_ + std::size_t{1}, 0);
    const auto owner = [&](const joint& j) {
      return ranks_.ordinal(by_target ? j.target : j.source);
    };
    for (const joint& j : joints_) ++to.offsets[owner(j) + 1];
    for (std::size_t i = 1; i < to.offsets.size(); ++i) to.offsets[i] += to.offsets[i - 1];
    to.neighbours.resize(joints_.size());
    std::vector<std::uint32_t> next(to.offsets.begin(), to.offsets.end() - 1);
    for (const joint& j : joints_)
      to.neighbours[next[owner(j)]++] = {by_target ? j.source : j.target, j.style};
    for (std::uint32_t o = 0; o < out_->size_; ++o)
      std::sort(to.neighbours.begin() + to.offsets[o], to.neighbours.begin() + to.offsets[o + 1],
                [](const edge_rows::neighbour& a, const edge_rows::neighbour& b) {
                  return a.style != b.style ? a.style < b.style : a.ordinal < b.ordinal;
                });
    for (edge_rows::neighbour& n : to.neighbours) n.ordinal = ranks_.ordinal(n.ordinal);
  }

  std::vector<const edge*> edges_;
  ranking_by_key ranks_;
  std::vector<std::uint32_t> styles_; // of each edge
  std::vector<joint> joints_;
  std::shared_ptr<edge_rows> out_;
};

std::shared_ptr<const edge_rows>
edge_rows::compile(const edge_runs& from,
                   const std::vector<std::shared_ptr<const segment>>& segments,
                   std::uint32_t size) {
  return row_compiler(from, segments, size).take();
}

std::size_t edge_rows::bytes() const noexcept {
  std::size_t sum = styles_.capacity() * sizeof(style);
  for (const rows* r : {&out_, &in_})
    sum += r->offsets.capacity() * sizeof(std::uint32_t) +
           r->neighbours.capacity() * sizeof(neighbour);
  return sum;
}

} // namespace engram::memory
