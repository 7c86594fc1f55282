// Laws of the directory over random sets of entries: any order, any repetition, any restart in
// between give the same rows, items and hash.
#include "membership/directory.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::membership;

namespace {

struct stamped {
  directory_op op;
  base::hlc stamp;
  base::hash128 operation;
};

directory_op draw_op(base::random& random) {
  const std::string names[] = {"a", "b", "c"};
  const auto& name = names[random.below(3)];
  const space_name what{name, static_cast<std::uint32_t>(1 + random.below(3)),
                        static_cast<std::uint32_t>(random.below(2) * 8),
                        random.chance(0.5) ? "english" : "none"};
  const auto key_id = "key-" + std::to_string(random.below(3));
  switch (random.below(6)) {
  case 0:
  case 1:
    return create_space_op{what};
  case 2:
    return drop_space_op{what.identity(), random.chance(0.9) ? name : names[0]};
  case 3:
    if (random.chance(0.5)) return revoke_key_op{key_id};
    return create_key_op{key_id,
                         "label",
                         key_scope::write,
                         {"a", "b"},
                         random.hash(),
                         random.hash(),
                         base::instant{static_cast<std::int64_t>(random.below(99))}};
  case 4:
    return retire_member_op{base::store_id{base::hash128{1, random.below(3)}}};
  default:
    return raise_level_op{static_cast<std::uint32_t>(random.below(4))};
  }
}

std::vector<stamped> draw_set(base::random& random) {
  std::vector<stamped> out(1 + random.below(24));
  for (auto& e : out) e = {draw_op(random), base::hlc{1 + random.below(8)}, random.hash()};
  return out;
}

struct replica {
  membership::directory state;
  std::map<std::string, std::string> items;

  void apply(const stamped& e) {
    for (auto& item : state.apply(e.op, e.stamp, e.operation)) items[item.key] = item.value;
  }
  void restart() {
    state = {};
    for (const auto& [key, value] : items) REQUIRE(state.load(key, value));
  }
};

std::string describe(const membership::directory& d) {
  std::string out;
  for (const auto& row : d.resolvable())
    out +=
        row.what.name + " " + row.identity.hex() + " " + std::to_string(row.created.value) + "\n";
  for (const auto* name : {"a", "b", "c"}) out += std::to_string(d.next_generation(name)) + " ";
  for (const auto& row : d.keys())
    out += row.what.id + row.what.salt.hex() + (row.revoked ? " revoked\n" : "\n");
  for (std::uint64_t n = 0; n < 3; ++n)
    out += d.retired(base::store_id{base::hash128{1, n}}) ? "retired " : "stays ";
  return out + std::to_string(d.level());
}

void shuffle(base::random& random, std::vector<stamped>& entries) {
  for (std::size_t i = entries.size(); i > 1; --i)
    std::swap(entries[i - 1], entries[random.below(i)]);
}

} // namespace

TEST_CASE("the directory is a function of the set of its entries") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    base::random random(seed);
    auto entries = draw_set(random);
    replica first;
    for (const auto& e : entries) first.apply(e);
    for (int round = 0; round < 4; ++round) {
      shuffle(random, entries);
      replica other;
      for (const auto& e : entries) {
        other.apply(e);
        if (random.chance(0.2)) other.apply(e);
        if (random.chance(0.1)) other.restart();
      }
      CHECK(other.items == first.items);
      CHECK(other.state.state_hash() == first.state.state_hash());
      CHECK(describe(other.state) == describe(first.state));
    }
    replica reopened = first;
    reopened.restart();
    CHECK(reopened.state.state_hash() == first.state.state_hash());
    CHECK(describe(reopened.state) == describe(first.state));
  }
}

TEST_CASE("every operation survives its encoding, and damaged bytes are refused or another value") {
  base::random random(7);
  for (int i = 0; i < 2'000; ++i) {
    const auto op = draw_op(random);
    const auto bytes = encode(op);
    const auto kind = static_cast<std::uint8_t>(kind_of(op));
    const auto back = decode_directory_op(kind, bytes);
    REQUIRE(back);
    CHECK(encode(*back) == bytes);

    auto damaged = bytes;
    if (damaged.empty()) continue;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    if (random.chance(0.3)) damaged.resize(random.below(damaged.size()));
    if (const auto other = decode_directory_op(kind, damaged)) CHECK(encode(*other) == damaged);
  }
}
