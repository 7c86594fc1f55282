#pragma once
// For tests: spaces of made-up memories, whole and with something missing, so that an answer can be
// held against the one that full coverage gives. Seeded.

#include "base/random.hpp"
#include "memory/recall/recall_fixture.hpp"

#include <set>
#include <vector>

namespace engram::actors {

/// Some spaces with topics of their own, and words that all of them use.
class made_up_spaces {
public:
  struct shape {
    std::size_t spaces = 4, memories = 200, words_per_topic = 60, topics = 6;
    double common = 0.4; // of a memory's words
  };
  made_up_spaces(shape of, base::random& random) : shape_(of) {
    for (std::size_t s = 0; s < of.spaces; ++s) {
      std::vector<memory::episode> all;
      const auto count = of.memories / 2 + random.below(of.memories);
      const auto first = random.below(of.topics), own = 1 + random.below(3);
      for (std::size_t n = 0; n < count; ++n)
        all.push_back(make(s, n, (first + random.below(own)) % of.topics, random));
      spaces_.push_back(std::move(all));
    }
  }
  std::size_t size() const { return spaces_.size(); }
  const std::vector<memory::episode>& memories(std::size_t space) const { return spaces_[space]; }

  /// The space without the memories in `lost`.
  std::unique_ptr<memory::test_index> without(std::size_t space,
                                              const std::set<std::size_t>& lost) const {
    auto out = std::make_unique<memory::test_index>();
    for (std::size_t n = 0; n < spaces_[space].size(); ++n)
      if (!lost.contains(n)) out->add(spaces_[space][n]);
    return out;
  }

  /// Some words of some memory, and perhaps one that is not its own.
  std::string question(base::random& random) const {
    const auto& in = spaces_[random.below(spaces_.size())];
    const auto& what = in[random.below(in.size())];
    std::string out;
    for (std::size_t at = 0; at < what.text.size();) {
      const auto end = what.text.find(' ', at);
      if (random.chance(0.35)) out += what.text.substr(at, end - at) + " ";
      at = end + 1;
    }
    if (out.empty() || random.chance(0.4)) out += word(0, random);
    return out;
  }

private:
  /// Frequent words are far more frequent than rare ones.
  std::string word(std::size_t topic, base::random& random) const {
    const double u = random.unit();
    const auto rank = static_cast<std::size_t>(u * u * static_cast<double>(shape_.words_per_topic));
    std::string out = "w";
    for (const auto digit : {topic, rank / 26, rank % 26})
      out += static_cast<char>('a' + digit % 26);
    return out + "x";
  }
  memory::episode make(std::size_t space, std::size_t n, std::size_t topic,
                       base::random& random) const {
    memory::episode what;
    what.id = "s" + std::to_string(space) + "m" + std::to_string(n);
    for (std::size_t left = 5 + random.below(10); left > 0; --left)
      what.text += word(random.chance(shape_.common) ? 0 : 1 + topic, random) + " ";
    what.session = std::to_string(n / 15);
    what.order = static_cast<std::int64_t>(n);
    what.confidence = 0.7 + 0.3 * random.unit();
    return what;
  }

  shape shape_;
  std::vector<std::vector<memory::episode>> spaces_;
};

} // namespace engram::actors
