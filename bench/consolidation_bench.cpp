// Consolidation of made-up episodes that fall into topics which come and go: from scratch against
// the bare integer dot products that it needs, one late episode, and what concepts take up.
//   consolidation_bench [episodes] [rounds]

#include "base/random.hpp"
#include "bench/must.hpp"
#include "bench/paired.hpp"
#include "memory/concepts/consolidator.hpp"
#include "memory/prepare.hpp"
#include "memory/space.hpp"
#include "memory/vector/dot_kernel.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace engram::bench {
namespace {

constexpr std::uint32_t TOPICS = 4000;

/// Sum of eight uniform numbers: near enough to a normal one.
float noise(base::random& random) {
  double sum = -4;
  for (int i = 0; i < 8; ++i) sum += random.unit();
  return static_cast<float>(sum);
}

class topics {
public:
  topics(std::uint32_t dimension, base::random& random) : random_(random) {
    for (std::uint32_t t = 0; t < TOPICS; ++t) {
      auto& centre = centres_.emplace_back(dimension);
      for (float& x : centre) x = noise(random);
    }
  }

  /// A dozen topics are talked of at a time, 20 % of the episodes are of none.
  memory::episode draw(std::uint32_t i, std::uint32_t count) {
    // By day ten times as much happens as by night.
    time_ += static_cast<std::int64_t>(
        random_.below(time_ % 86'400'000 < 57'600'000 ? 60'000 : 600'000));
    const auto now = static_cast<std::uint32_t>(std::uint64_t{i} * (TOPICS - 12) / count);
    const auto topic = static_cast<std::uint32_t>(now + random_.below(12));
    const bool lone = random_.chance(0.2);
    memory::episode e;
    e.id = "e" + std::to_string(i);
    for (int w = 0; w < 14; ++w)
      e.text += "word" +
                std::to_string(random_.chance(0.4) && !lone ? topic * 20 + random_.below(20)
                                                            : random_.below(20'000)) +
                " ";
    e.when = base::instant{time_};
    std::vector<float> x(centres_[topic]);
    for (float& value : x) value = (lone ? 0 : value) + 0.4f * noise(random_);
    e.embedding = base::quantise(x).value();
    return e;
  }

private:
  base::random& random_;
  std::int64_t time_ = 0;
  std::vector<std::vector<float>> centres_;
};

/// A space as a node fills it.
class filled {
public:
  filled(std::uint32_t dimension, std::uint32_t count)
      : random_(7), topics_(dimension, random_), count_(count) {
    config_.dimension = dimension;
    space_ = std::make_unique<memory::space>(config_);
    meta_.origin = {{3, 4}};
    for (std::uint32_t i = 0; i < count; ++i) {
      add(topics_.draw(i, count));
      if (i % 4096 == 0) space_->publish();
    }
    while (space_->settle()) {
    }
  }

  void add(memory::episode what) {
    ++meta_.sequence;
    meta_.stamp.value += 1 << 16;
    const auto ready =
        must(memory::prepare(memory::remember_op{std::move(what)}, config_, {}, words_));
    meta_.operation = ready.operation_hash;
    space_->apply(meta_, ready);
    space_->drain();
  }
  /// One that belongs to the middle of what is there.
  std::shared_ptr<const memory::snapshot> late() {
    memory::episode e = topics_.draw(count_ / 2, count_);
    e.id = "late" + std::to_string(meta_.sequence);
    e.when->ms /= 2;
    add(std::move(e));
    return space_->publish()->index;
  }
  std::shared_ptr<const memory::snapshot> view() { return space_->publish()->index; }
  std::uint64_t bytes() { return space_->counts().memory_bytes; }

private:
  base::random random_;
  topics topics_;
  std::uint32_t count_;
  memory::space_config config_;
  memory::entry_meta meta_;
  memory::analyser words_{"english"};
  std::unique_ptr<memory::space> space_;
};

void leaves_of(const memory::tree_node& node, std::vector<const memory::tree_node*>& to) {
  if (node.is_leaf())
    to.push_back(&node);
  else
    for (const auto& child : node.children) leaves_of(*child, to);
}

/// Every pair of every leaf, from rows that already lie side by side.
class bare_dots {
public:
  bare_dots(const memory::snapshot& on, std::uint32_t dimension)
      : stride_(memory::vector_block::stride_of(dimension)) {
    memory::canonical_tree tree;
    for (std::uint32_t i = 0; i < on.size(); ++i) tree.insert(on, i);
    std::vector<const memory::tree_node*> leaves;
    leaves_of(*tree.root(), leaves);
    for (const memory::tree_node* leaf : leaves) {
      std::vector<std::uint32_t> ordinals(leaf->ordinals);
      std::sort(ordinals.begin(), ordinals.end());
      std::vector<memory::embedding> rows;
      for (const std::uint32_t o : ordinals) rows.push_back(*on.embedding_of(o));
      std::vector<memory::vector_block::item> items;
      for (std::size_t i = 0; i < rows.size(); ++i)
        items.push_back({static_cast<std::uint32_t>(i), &rows[i]});
      leaves_.emplace_back(dimension, items);
    }
  }

  std::size_t leaves() const { return leaves_.size(); }
  std::size_t pairs() const {
    std::size_t sum = 0;
    for (const auto& leaf : leaves_) sum += leaf.rows() * (leaf.rows() - 1) / 2;
    return sum;
  }
  void run() const {
    alignas(64) std::int16_t lanes[4096];
    std::int32_t dots[memory::LEAF_MAX];
    for (const auto& leaf : leaves_)
      for (std::size_t i = 0; i + 1 < leaf.rows(); ++i) {
        std::copy_n(leaf.data(i), stride_, lanes);
        memory::dot_rows(lanes, leaf.data(i + 1), stride_, leaf.rows() - i - 1, dots);
        benchmark::DoNotOptimize(dots);
      }
  }

private:
  std::size_t stride_;
  std::vector<memory::vector_block> leaves_;
};

void consolidate(memory::consolidator& with, std::shared_ptr<const memory::snapshot> at) {
  with.aim(std::move(at));
  while (!with.step(64)) {
  }
}

void describe(const memory::concept_set& made) {
  std::size_t members = 0, joined = 0;
  for (const auto& record : made.concepts) {
    members += record->members;
    joined += record->parts.empty() ? 0 : 1;
  }
  std::printf("%zu concepts of %zu members, %zu joined across leaves\n", made.concepts.size(),
              members, joined);
}

void run(report& table, std::uint32_t dimension, std::uint32_t count, int rounds) {
  filled space(dimension, count);
  auto view = space.view();
  const bare_dots bare(*view, dimension);
  std::printf("%u dimensions: %zu leaves, %zu pairs\n", dimension, bare.leaves(), bare.pairs());
  const std::string of = std::to_string(dimension) + " dimensions: ";
  const auto scratch = interleave(
      rounds,
      [&] {
        memory::consolidator fresh;
        return seconds([&] { consolidate(fresh, view); });
      },
      [&] { return seconds([&] { bare.run(); }); });
  const std::string against = of + "from scratch, s, against bare dot products";
  if (dimension >= 768)
    table.limit(against, scratch, report::bound::at_most, 2);
  else
    table.note(against, scratch);

  memory::consolidator kept;
  consolidate(kept, view);
  describe(*kept.concepts());
  const auto sizes = interleave(
      1, [&] { return static_cast<double>(kept.bytes()); },
      [&] { return static_cast<double>(space.bytes()); });
  table.limit(of + "bytes of concepts, of episodes", sizes, report::bound::at_most, 0.05);
  const auto late = interleave(
      std::max(rounds, 20),
      [&] {
        const auto next = space.late();
        return 1e3 * seconds([&] { consolidate(kept, next); });
      },
      [] { return 1.0; });
  table.limit(of + "one late episode, ms", late, report::bound::at_most, 20);
}

} // namespace
} // namespace engram::bench

int main(int argc, char** argv) {
  const std::uint32_t count = argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 100'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  engram::bench::report table("consolidation");
  for (const std::uint32_t dimension : {768u, 256u})
    engram::bench::run(table, dimension, count, rounds);
  return table.exit_code();
}
