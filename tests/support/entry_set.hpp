#pragma once
// For property tests: a random set of log entries from several origins, as replicas that did not
// see each other would write them: duplicates, versions of one id, deletes that race with writes,
// associations and accesses whose memory comes later or never.

#include "base/random.hpp"
#include "tests/support/space_fixture.hpp"

#include <array>
#include <string>
#include <vector>

namespace engram::memory {

struct log_entry {
  entry_meta meta; // origin_number is set by the replica that applies it
  prepared what;
};

/// One log per origin, each in its own order.
using entry_set = std::vector<std::vector<log_entry>>;

class entry_source {
public:
  entry_source(std::uint64_t seed, const space_config& config, const analyser& words)
      : random_(seed), config_(config), words_(words) {}

  entry_set draw(std::size_t origins, std::size_t entries_each) {
    entry_set out(origins);
    for (std::size_t o = 0; o < origins; ++o) {
      std::uint64_t time = 1'700'000'000'000 + random_.below(1000);
      for (std::size_t i = 1; i <= entries_each; ++i) {
        time += random_.below(60'000);
        out[o].push_back(entry_of(o, i, time));
      }
    }
    return out;
  }

private:
  static constexpr std::size_t ids = 40;

  log_entry entry_of(std::size_t origin, std::size_t sequence, std::uint64_t time) {
    auto p = prepare(draw_operation(), config_, bounds_, words_);
    REQUIRE(p);
    log_entry e{{}, *std::move(p)};
    e.meta.origin = {{origin + 1, 77}};
    e.meta.sequence = sequence;
    e.meta.stamp = {time << 16};
    e.meta.operation = e.what.operation_hash;
    return e;
  }

  std::string id() { return "memory-" + std::to_string(random_.below(ids)); }
  std::string word() {
    static constexpr std::array<const char*, 24> words{
        "kiwi",   "penguin", "ostrich", "flies",  "cannot",      "bird",   "Ada",    "harbour",
        "repair", "engine",  "summer",  "letter", "certificate", "parser", "heap",   "overflow",
        "garden", "roses",   "concert", "violin", "mountain",    "bridge", "colour", "three"};
    return words[random_.below(words.size())];
  }
  std::string text() {
    std::string out = word();
    for (auto n = 2 + random_.below(9); n > 0; --n) out += ' ' + word();
    return out + (random_.chance(0.2) ? "?" : ".");
  }
  std::vector<std::string> some(const char* prefix, std::uint64_t most) {
    std::vector<std::string> out;
    for (auto n = random_.below(most); n > 0; --n)
      out.push_back(prefix + std::to_string(random_.below(5)));
    return out;
  }

  /// Contents are drawn per id from few variants, so that the same one comes from several origins.
  operation draw_remember() {
    const std::string name = id();
    base::random variant(base::fast_hash64(name) + (random_.chance(0.15) ? 1 : 0));
    std::swap(variant, random_);
    episode e = episode_of(name, text());
    if (random_.chance(0.3)) {
      e.title = word(); // one statement a draw: operands of + have no order
      e.title += ' ' + word();
    }
    e.speaker = "Person" + std::to_string(random_.below(4));
    e.who = some("Person", 3);
    e.tags = some("tag", 3);
    e.session = "session-" + std::to_string(random_.below(6));
    if (random_.chance(0.7))
      e.when = base::instant{1'690'000'000'000 +
                             static_cast<std::int64_t>(random_.below(20)) * 86'400'000};
    if (config_.dimension > 0 && random_.chance(0.7)) e.embedding = draw_embedding();
    e.confidence = random_.unit();
    std::swap(variant, random_);
    e.order = static_cast<std::int64_t>(random_.below(100));
    return remember_op{std::move(e)};
  }
  embedding draw_embedding() {
    embedding out;
    for (std::uint32_t i = 0; i < config_.dimension; ++i)
      out.values.push_back(static_cast<std::int8_t>(static_cast<int>(random_.below(255)) - 127));
    out.scale = 0.0078125f;
    return out;
  }

  operation draw_operation() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 55) return draw_remember();
    if (dice < 72) {
      const std::uint64_t a = random_.below(ids / 2);
      const std::uint64_t b = (a + 1 + random_.below(3)) % ids; // few pairs, so registers meet
      association link = associated("memory-" + std::to_string(a), "memory-" + std::to_string(b),
                                    0.1 + random_.unit() * 0.9);
      link.kind = random_.chance(0.5) ? "related" : "part-of";
      return associate_op{std::move(link)};
    }
    if (dice < 82) {
      const bool hide = random_.chance(0.6);
      return forget_op{id(), hide ? forget_mode::suppress : forget_mode::restore};
    }
    if (dice < 85) return forget_op{id(), forget_mode::erase};
    if (dice < 86) return purge_op{{key(), key()}};
    if (dice < 97) return draw_access();
    if (random_.chance(0.3)) return configure_op{"decay.function", "two_component"};
    return configure_op{"decay.power_exponent", random_.chance(0.5) ? "0.3" : "0.2"};
  }
  base::memory_key key() { return memory_key_of(config_.identity, id()); }
  operation draw_access() {
    access_op op;
    for (auto n = 1 + random_.below(4); n > 0; --n) op.keys.push_back(key());
    op.at.ms = 1'700'000'000'000 + static_cast<std::int64_t>(random_.below(8)) * 60'000;
    return op;
  }

  base::random random_;
  const space_config& config_;
  const analyser& words_;
  limits bounds_;
};

} // namespace engram::memory
