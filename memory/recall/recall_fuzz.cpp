// The same memories give the same answers, to the last bit, whatever their order of arrival, how
// they were batched, and when they were hidden, amended, accessed or associated.

#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

#include <cstring>
#include <sstream>

namespace engram::memory {
namespace {

constexpr std::uint32_t DIMENSION = 8;

const std::vector<std::string> WORDS{"river",   "bridge", "Paris", "garden",    "window",  "cat",
                                     "runs",    "slowly", "seven", "yesterday", "music",   "old",
                                     "painter", "Anna",   "Karl",  "harbour",   "the",     "of",
                                     "and",     "was",    "storm", "letter",    "green",   "clock",
                                     "tower",   "market", "bread", "snow",      "walking", "sang"};
const std::vector<std::string> TITLES{"Paris", "Old Bridge",  "Clock Tower (Paris)", "river",
                                      "Anna",  "The Painter", "Green Market Letter", "Bridge"};
const std::vector<std::string> PEOPLE{"Anna", "Karl", "Maria Lind"};

std::string pick(base::random& from, const std::vector<std::string>& of) {
  return of[from.below(of.size())];
}

std::string sentence(base::random& from, std::size_t most) {
  std::string text;
  for (std::uint64_t n = 1 + from.below(most); n > 0; --n) {
    if (!text.empty()) text += ' ';
    // Some words are rare, so that few memories share them.
    text += from.chance(0.1) ? "rare" + std::to_string(from.below(40)) : pick(from, WORDS);
  }
  return text + (from.chance(0.2) ? "?" : ".");
}

struct world {
  std::vector<test_memory> memories;
  std::vector<test_edge> edges;
};

test_memory draw_memory(base::random& from, std::size_t number) {
  test_memory m;
  episode& e = m.what;
  e.id = "m" + std::to_string(number);
  e.text = sentence(from, 14);
  if (from.chance(0.3)) e.title = pick(from, TITLES);
  if (from.chance(0.6)) e.speaker = pick(from, PEOPLE);
  if (from.chance(0.2)) e.who = {pick(from, PEOPLE)};
  if (from.chance(0.6)) e.session = "s" + std::to_string(from.below(5));
  if (from.chance(0.2)) e.tags = {"blue"};
  if (from.chance(0.2)) e.place = "Old Harbour";
  if (from.chance(0.8))
    e.when =
        base::instant{1'680'000'000'000 + static_cast<std::int64_t>(from.below(20)) * 86'400'000};
  if (from.chance(0.4)) {
    embedding vector;
    for (std::uint32_t i = 0; i < DIMENSION; ++i)
      vector.values.push_back(static_cast<std::int8_t>(static_cast<int>(from.below(255)) - 127));
    vector.scale = 0.01F;
    e.embedding = vector;
  }
  e.order = static_cast<std::int64_t>(from.below(6));
  m.first_order = e.order + static_cast<std::int64_t>(from.chance(0.3) ? from.below(5) : 0);
  m.hidden = from.chance(0.15);
  m.accesses = from.chance(0.3) ? 1 + from.below(4) : 0;
  return m;
}

world draw_world(std::uint64_t seed, std::size_t count) {
  base::random from(seed);
  world w;
  for (std::size_t i = 0; i < count; ++i) w.memories.push_back(draw_memory(from, i));
  for (std::size_t i = 0; i < count / 2; ++i) {
    const std::string source = "m" + std::to_string(from.below(count + 5)); // some ends never come
    const std::string target = "m" + std::to_string(from.below(count + 5));
    const std::string kind = from.chance(0.5) ? "cause" : "part";
    w.edges.push_back({source, target, kind, 0.1 + 0.9 * from.unit()});
  }
  return w;
}

template <class T>
void shuffle(std::vector<T>& items, base::random& by) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[by.below(i)]);
}

std::shared_ptr<const access_record> accessed(std::uint64_t times) {
  auto record = std::make_shared<access_record>();
  for (std::uint64_t i = 0; i < times; ++i)
    record->add(base::instant{1'000'000'100'000 + static_cast<std::int64_t>(i) * 5000}, {i, i});
  return record;
}

/// Brings the world in, by steps in a drawn order, publishing now and then.
std::shared_ptr<const snapshot> build(test_index& into, const world& w, std::uint64_t seed,
                                      bool without_hidden = false) {
  base::random by(seed);
  struct step {
    enum { memory, settle, relate } what;
    std::size_t at;
  };
  std::vector<step> steps;
  for (std::size_t i = 0; i < w.memories.size(); ++i)
    if (!without_hidden || !w.memories[i].hidden) steps.push_back({step::memory, i});
  for (std::size_t i = 0; i < w.edges.size(); ++i) steps.push_back({step::relate, i});
  shuffle(steps, by);
  std::vector<std::pair<std::uint32_t, std::size_t>> unsettled; // (ordinal, memory)
  const auto settle = [&] {
    for (const auto& [ordinal, at] : unsettled) {
      const test_memory& m = w.memories[at];
      into.memories->amend(ordinal, base::hlc{std::uint64_t{1'000'000'000'000} << 16},
                           m.what.order);
      if (m.accesses) into.memories->set_access(ordinal, accessed(m.accesses));
      if (by.chance(0.5)) into.memories->set_visible(ordinal, m.hidden); // and back
      into.memories->set_visible(ordinal, !m.hidden);
    }
    unsettled.clear();
  };
  for (const step& s : steps) {
    if (s.what == step::relate) {
      into.relate(w.edges[s.at]);
    } else {
      episode e = w.memories[s.at].what;
      e.order = w.memories[s.at].first_order;
      unsettled.emplace_back(into.add(e), s.at);
    }
    if (by.chance(0.1)) into.memories->publish();
    if (by.chance(0.1)) settle();
    if (by.chance(0.05)) into.memories->settle();
  }
  settle();
  if (by.chance(0.5)) {
    into.memories->publish();
    while (into.memories->settle()) {
    }
  }
  return into.memories->publish();
}

// -- answers as text, doubles as their bits --

std::string bits(double value) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, &value, sizeof raw);
  return std::to_string(raw);
}

std::string written(const recall_answer& answer) {
  std::ostringstream out;
  out << answer.considered << '\n';
  for (const hit& h : answer.hits) {
    out << h.id << ' ' << h.score.raw << ' ' << h.activation.raw << ' ' << bits(h.confidence.low)
        << ' ' << bits(h.confidence.point) << ' ' << bits(h.confidence.high);
    if (h.why) {
      out << ' ' << bits(h.why->retention);
      for (const auto& c : h.why->cues)
        out << ' ' << c.cue << bits(c.first_hand) << '/' << bits(c.by_association);
      for (const auto& a : h.why->associations)
        out << ' ' << a.from << a.kind << a.detail << bits(a.weight) << '/' << bits(a.amount);
      for (const auto& [name, factor] : h.why->factors) out << ' ' << name << bits(factor);
    }
    out << '\n';
  }
  return out.str();
}

std::string written(const spread_answer& answer) {
  std::ostringstream out;
  out << answer.rounds << '\n';
  for (const activated& a : answer.memories) {
    out << a.id << ' ' << a.activation.raw;
    for (const spread_step& s : a.best_path)
      out << ' ' << s.from << '>' << s.to << s.kind << bits(s.amount);
    out << '\n';
  }
  return out.str();
}

recall_query draw_query(base::random& from) {
  recall_query q;
  q.cue.text = sentence(from, 7);
  if (from.chance(0.2)) q.cue.text = "When did Anna see the old bridge in April 2023?";
  if (from.chance(0.1)) q.cue.text.clear();
  if (from.chance(0.2)) q.cue.tags = {"blue"};
  if (from.chance(0.2)) q.cue.tags_excluded = {"blue"};
  if (from.chance(0.2)) q.cue.who = {"Maria Lind"};
  if (from.chance(0.2)) q.cue.place = "old harbour";
  if (from.chance(0.2)) q.cue.like = {"m" + std::to_string(from.below(40))};
  if (from.chance(0.2)) q.cue.from = base::instant{1'680'000'000'000 + 3 * 86'400'000};
  if (from.chance(0.3)) {
    embedding vector;
    for (std::uint32_t i = 0; i < DIMENSION; ++i)
      vector.values.push_back(static_cast<std::int8_t>(static_cast<int>(from.below(255)) - 127));
    vector.scale = 1;
    q.cue.vector = vector;
  }
  q.limit = static_cast<std::uint32_t>(1 + from.below(30));
  q.spread = from.chance(0.8);
  q.explain = true;
  q.now = base::instant{1'000'100'000'000};
  return q;
}

std::string all_answers(const snapshot& on, const analyser& words, std::uint64_t seed) {
  base::random from(seed);
  std::string out;
  for (int i = 0; i < 12; ++i) out += written(recall(on, {words}, draw_query(from)));
  for (int i = 0; i < 4; ++i) {
    spread_query q;
    q.from = {"m" + std::to_string(from.below(40)), "m" + std::to_string(from.below(40))};
    if (from.chance(0.5)) q.cue.text = sentence(from, 3);
    if (from.chance(0.3)) q.kinds = {"cause", "inverse-part"};
    q.fan = static_cast<std::uint32_t>(2 + from.below(20));
    q.now = base::instant{1'000'100'000'000};
    out += written(spread(on, {words}, q));
  }
  return out;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("the same memories give the same answers in any order of arrival and batching") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(seed);
      const world w = draw_world(seed, 20 + seed * 12);
      test_index first(DIMENSION);
      const std::string expected = all_answers(*build(first, w, 1), first.words, seed);
      for (std::uint64_t order = 2; order <= 6; ++order) {
        CAPTURE(order);
        test_index other(DIMENSION);
        REQUIRE(all_answers(*build(other, w, order), other.words, seed) == expected);
      }
    }
  }

  TEST_CASE("a hidden memory leaves no trace in any answer") {
    for (std::uint64_t seed = 21; seed <= 28; ++seed) {
      CAPTURE(seed);
      const world w = draw_world(seed, 80);
      test_index with(DIMENSION), without(DIMENSION);
      REQUIRE(all_answers(*build(with, w, 1), with.words, seed) ==
              all_answers(*build(without, w, 2, true), without.words, seed));
    }
  }

  TEST_CASE("a snapshot goes on answering the same while the index moves on") {
    const world w = draw_world(5, 60), later = draw_world(6, 60);
    test_index memories(DIMENSION);
    const auto before = build(memories, w, 1);
    const std::string expected = all_answers(*before, memories.words, 5);
    for (const test_memory& m : later.memories) {
      episode e = m.what;
      e.id += "-later";
      memories.add(e);
      memories.memories->set_visible(memories.memories->size() - 40, false);
      memories.memories->publish();
    }
    CHECK(all_answers(*before, memories.words, 5) == expected);
  }
}

} // namespace engram::memory
