#include "memory/codec.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

std::string random_bytes(base::random& random, std::size_t most) {
  std::string out(random.below(most + 1), '\0');
  for (auto& c : out) c = static_cast<char>(random.below(256));
  return out;
}

std::vector<std::string> random_list(base::random& random) {
  std::vector<std::string> out(random.below(4));
  for (auto& item : out) item = random_bytes(random, 5);
  return out;
}

operation random_remember(base::random& random) {
  episode e;
  e.id = random_bytes(random, 8);
  e.text = random_bytes(random, 300);
  e.title = random_bytes(random, 3);
  e.who = random_list(random);
  e.tags = random_list(random);
  e.session = random_bytes(random, 2);
  if (random.chance(0.5)) e.when = base::instant{static_cast<std::int64_t>(random.next())};
  if (random.chance(0.5)) {
    e.embedding.emplace().scale = static_cast<float>(random.unit());
    for (const char c : random_bytes(random, 20))
      e.embedding->values.push_back(static_cast<std::int8_t>(c));
  }
  e.confidence = random.unit();
  e.order = static_cast<std::int64_t>(random.below(5)) - 2;
  return remember_op{std::move(e)};
}

operation random_operation(base::random& random) {
  switch (random.below(6)) {
  case 0:
    return random_remember(random);
  case 1: {
    association a;
    a.source = random_bytes(random, 8);
    a.target = random_bytes(random, 8);
    a.kind = random_bytes(random, 8);
    a.weight = random.unit();
    return associate_op{std::move(a)};
  }
  case 2:
    return forget_op{random_bytes(random, 8), static_cast<forget_mode>(1 + random.below(3))};
  case 3: {
    access_op op;
    for (auto n = random.below(4); n > 0; --n) op.keys.push_back({random.hash()});
    op.at.ms = static_cast<std::int64_t>(random.below(4'000'000'000'000)) - 2'000'000'000'000;
    return op;
  }
  case 4: {
    purge_op op;
    for (auto n = random.below(4); n > 0; --n) op.keys.push_back({random.hash()});
    return op;
  }
  default: {
    std::string name = random_bytes(random, 8);
    return configure_op{std::move(name), random_bytes(random, 8)};
  }
  }
}

/// Whatever is accepted has one encoding: the bytes it came from.
void check_decoding(entry_kind kind, const std::string& bytes) {
  const auto what = decode(kind, bytes);
  if (what && encode(*what).payload != bytes) FAIL_CHECK("two encodings of one value");
}

TEST_SUITE("memory") {

  TEST_CASE("any operation comes back from its bytes, and canonical form is a fixed point") {
    constexpr std::uint64_t seed = 4711;
    base::random random(seed);
    for (int round = 0; round < 3000; ++round) {
      CAPTURE(seed);
      CAPTURE(round);
      operation what = random_operation(random);
      canonicalise(what);
      const std::string bytes = encode(what).payload;
      const auto back = decode(kind_of(what), bytes);
      REQUIRE(back);
      operation again = *back;
      canonicalise(again);
      CHECK(encode(again).payload == bytes);
    }
  }

  TEST_CASE("cut at any position or with any byte changed, decoding answers and never crashes") {
    constexpr std::uint64_t seed = 815;
    base::random random(seed);
    for (int round = 0; round < 200; ++round) {
      operation what = random_operation(random);
      canonicalise(what);
      const entry_kind kind = kind_of(what);
      const std::string bytes = encode(what).payload;
      for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        check_decoding(kind, bytes.substr(0, cut));
      for (int flips = 0; flips < 50; ++flips) {
        std::string changed = bytes;
        changed[random.below(changed.size())] = static_cast<char>(random.below(256));
        check_decoding(kind, changed);
      }
    }
  }

  TEST_CASE("random bytes are decoded or refused") {
    constexpr std::uint64_t seed = 99;
    base::random random(seed);
    for (int round = 0; round < 20'000; ++round) {
      const auto kind = static_cast<entry_kind>(random.below(8));
      std::string bytes = random_bytes(random, 40);
      if (!bytes.empty() && random.chance(0.9)) bytes[0] = static_cast<char>(kind);
      if (bytes.size() > 2 && random.chance(0.5)) bytes[1] = static_cast<char>(random.below(13));
      check_decoding(kind, bytes);
    }
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
