// Laws of consolidation on made-up spaces. A failure prints its seed.

#include "memory/concepts/concept_fixture.hpp"
#include "memory/concepts/node_concepts.hpp"

#include "tests/support/doctest.hpp"

#include <map>
#include <set>
#include <thread>

namespace engram::memory {

namespace {

template <class T>
void shuffle(std::vector<T>& values, base::random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

/// Each thread takes every fourth piece of work, the last ones first.
void on_four_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&work, count, t] {
      for (std::size_t i = count; i-- > 0;)
        if (i % 4 == t) work(i);
    });
  for (std::thread& thread : threads) thread.join();
}

/// Fills in the order given, with a publish now and then.
std::shared_ptr<const snapshot> arrive(test_index& in, const std::vector<episode>& in_order,
                                       base::random& random) {
  for (const episode& e : in_order) {
    in.add(e);
    if (random.chance(0.02)) in.memories->publish();
  }
  if (random.chance(0.5)) in.memories->settle();
  return in.memories->publish();
}

/// What a set says, member by member, without a local number.
std::map<std::string, std::set<std::string>> meaning(const snapshot& on, const concept_set& of) {
  std::map<std::string, std::set<std::string>> out;
  for (const auto& record : of.concepts) {
    const auto ids = cited_ids(on, *record);
    out[record->name.hex() + record->version.hex()] = {ids.begin(), ids.end()};
  }
  return out;
}

std::vector<tree_entry> members_of(const snapshot& on) {
  std::vector<std::uint32_t> visible;
  for (std::uint32_t i = 0; i < on.size(); ++i)
    if (on.visible(i)) visible.push_back(i);
  return in_tree_order(on, visible);
}

using shape = std::multiset<std::set<std::uint32_t>>;

/// The leaves by definition: halves at the first bit that is not the same in all.
void leaves_by_definition(std::vector<tree_entry> members, int bit, shape& to) {
  if (members.size() <= LEAF_MAX) {
    std::set<std::uint32_t> leaf;
    for (const tree_entry& m : members) leaf.insert(m.ordinal);
    if (!leaf.empty()) to.insert(leaf);
    return;
  }
  std::vector<tree_entry> halves[2];
  for (const tree_entry& m : members) halves[m.key.bit(bit) ? 1 : 0].push_back(m);
  for (auto& half : halves) leaves_by_definition(std::move(half), bit + 1, to);
}

void leaves_of(const tree_node& node, shape& to) {
  if (node.is_leaf()) {
    to.insert({node.ordinals.begin(), node.ordinals.end()});
    return;
  }
  REQUIRE_GT(node.count, LEAF_MAX);
  REQUIRE_EQ(node.count, node.children[0]->count + node.children[1]->count);
  for (const auto& child : node.children) leaves_of(*child, to);
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("the tree is that of its members, however they came and went") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      test_index in;
      const auto view = arrive(in, topical_episodes(seed, 1500, 0), random);
      std::vector<std::uint32_t> ordinals(view->size());
      for (std::uint32_t i = 0; i < view->size(); ++i) ordinals[i] = i;
      shuffle(ordinals, random);
      canonical_tree tree;
      for (const std::uint32_t o : ordinals) tree.insert(*view, o);
      const std::size_t leaving = random.below(ordinals.size());
      for (std::size_t i = 0; i < leaving; ++i) tree.erase(*view, ordinals[i]);
      const std::size_t returning = random.below(leaving + 1);
      for (std::size_t i = 0; i < returning; ++i) tree.insert(*view, ordinals[i]);
      ordinals.erase(ordinals.begin() + static_cast<std::ptrdiff_t>(returning),
                     ordinals.begin() + static_cast<std::ptrdiff_t>(leaving));

      shape expected, found;
      leaves_by_definition(in_tree_order(*view, ordinals), 0, expected);
      if (tree.root()) leaves_of(*tree.root(), found);
      REQUIRE_EQ(tree.size(), ordinals.size());
      REQUIRE(found == expected);
    }
  }

  TEST_CASE("a thousand shuffled arrivals, on one thread and on four, make one set of concepts") {
    const auto episodes = topical_episodes(1, 400, 24);
    base::random random(42);
    base::hash128 signature;
    std::map<std::string, std::set<std::string>> said;
    for (int arrival = 0; arrival < 1000; ++arrival) {
      CAPTURE(arrival);
      auto order = episodes;
      shuffle(order, random);
      test_index in(24);
      const auto view = arrive(in, order, random);
      consolidator fresh;
      const concept_set made = arrival % 2 == 0
                                   ? finished(fresh, view)
                                   : finished(fresh, view, 1 + random.below(5), on_four_threads);
      if (arrival == 0) {
        signature = made.signature;
        said = meaning(*view, made);
        REQUIRE_GT(made.concepts.size(), 8u);
      }
      REQUIRE_EQ(made.signature, signature);
      if (arrival % 50 == 0) REQUIRE(meaning(*view, made) == said);
    }
  }

  TEST_CASE("kept up in small steps, concepts are those made from scratch") {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      const std::uint32_t dimension = seed % 3 == 0 ? 0 : 40;
      auto episodes = topical_episodes(seed, 1200, dimension);
      shuffle(episodes, random);
      test_index in(dimension);
      consolidator kept;
      std::size_t next = 0;
      while (next < episodes.size()) {
        for (std::uint64_t more = random.below(200); more > 0 && next < episodes.size(); --more)
          in.add(episodes[next++]);
        for (std::uint64_t flips = random.below(20); flips > 0 && next > 0; --flips)
          in.memories->set_visible(static_cast<std::uint32_t>(random.below(next)),
                                   random.chance(0.4));
        if (random.chance(0.3)) in.memories->settle();
        const auto view = in.memories->publish();
        kept.aim(view);
        if (random.chance(0.3)) { // overtaken before it was done
          kept.step(random.below(4));
          continue;
        }
        const concept_set made = finished(kept, view, 1 + random.below(20));
        const concept_set scratch = consolidate(*view);
        REQUIRE_EQ(made.signature, scratch.signature);
        REQUIRE(meaning(*view, made) == meaning(*view, scratch));
      }
    }
  }

  TEST_CASE("members are visible, in one concept each, and as many as the concept says") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      test_index in(32);
      for (const episode& e : topical_episodes(seed, 900, 32)) in.add(e);
      for (int i = 0; i < 200; ++i)
        in.memories->set_visible(static_cast<std::uint32_t>(random.below(900)), false);
      const auto view = in.memories->publish();
      const concept_set made = consolidate(*view);
      std::set<std::uint32_t> all;
      REQUIRE_FALSE(made.concepts.empty());
      for (const auto& record : made.concepts) {
        const auto members = cited(*record);
        REQUIRE_EQ(members.size(), record->members);
        bool has_exemplar = false;
        for (const std::uint32_t ordinal : members) {
          REQUIRE(view->visible(ordinal));
          REQUIRE(all.insert(ordinal).second);
          REQUIRE_GE(view->facts(ordinal).key, record->exemplar);
          has_exemplar |= view->facts(ordinal).key == record->exemplar;
        }
        REQUIRE(has_exemplar);
        REQUIRE_LE(record->coherence, 65'536u);
        REQUIRE_LE(record->strength, record->coherence);
      }
    }
  }

  TEST_CASE("of a memory that is hidden or deleted nothing is left in any concept") {
    // The space that never held it is the measure: nothing tells the two apart.
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      const auto episodes = topical_episodes(seed, 700, 32);
      test_index in(32);
      for (const episode& e : episodes) in.add(e);
      const auto before = in.memories->publish();
      consolidator kept;
      const concept_set had = finished(kept, before);
      const auto victims = cited(*had.concepts[random.below(had.concepts.size())]);
      const std::uint32_t victim = victims[random.below(victims.size())];
      in.memories->set_visible(victim, false);
      const auto after = in.memories->publish();

      test_index never(32);
      for (std::uint32_t i = 0; i < episodes.size(); ++i)
        if (i != victim) never.add(episodes[i]);
      const auto without = never.memories->publish();

      const concept_set left = finished(kept, after);
      REQUIRE_NE(left.signature, had.signature);
      REQUIRE_EQ(left.signature, consolidate(*without).signature);
      for (const auto& record : left.concepts) {
        REQUIRE_NE(record->exemplar, before->facts(victim).key);
        for (const std::uint32_t ordinal : cited(*record)) REQUIRE_NE(ordinal, victim);
      }
    }
  }

  TEST_CASE("a step does the units it was given, and a late episode a leaf and its path") {
    test_index in;
    const auto view = [&] {
      for (const episode& e : topical_episodes(9, 3000, 0)) in.add(e);
      return in.memories->publish();
    }();
    consolidator kept;
    kept.aim(view);
    std::size_t steps = 1;
    while (!kept.step(1)) ++steps;
    const auto leaves = [&] {
      shape found;
      leaves_by_definition(members_of(*view), 0, found);
      return found.size();
    }();
    CHECK_EQ(steps, 1 + leaves + (leaves - 1)); // one look, leaves, inner nodes

    in.add("late", "t3w1 t3w2 t3w3");
    kept.aim(in.memories->publish());
    std::size_t again = 1;
    while (!kept.step(1)) ++again;
    CHECK_LE(again, 1 + 64); // a look, and what differs on the way down
    CHECK_LT(again, steps / 2);
  }

} // TEST_SUITE

} // namespace engram::memory
