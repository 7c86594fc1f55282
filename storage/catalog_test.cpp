#include "storage/catalog.hpp"

#include "base/bytes.hpp"
#include "storage/entry.hpp"
#include "storage/memory_store.hpp"
#include "storage/meta_store.hpp"
#include "storage/store_conformance.hpp"

#include <fstream>

namespace engram::storage {
namespace {

class counted_entropy final : public base::entropy {
public:
  base::hash128 draw() override { return random_.hash(); }

private:
  base::random random_{99};
};

constexpr base::instant NOW{1'700'000'000'000};
const base::space_id A{{1, 1}}, B{{2, 2}};

struct world {
  memory_store store;
  counted_entropy entropy;

  catalog open(const opening& how = {}) {
    auto opened = catalog::open(store, entropy, NOW, how);
    INFO((opened ? "" : opened.error().message()));
    REQUIRE(opened.has_value());
    return *std::move(opened);
  }
  void write(const batch& changes) { REQUIRE(store.write(changes, true).has_value()); }
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("a folder keeps its identity, and each opening is a run of its own") {
  world w;
  const auto first = w.open();
  const auto second = w.open();
  CHECK(first.folder() == second.folder());
  CHECK_FALSE(first.folder().store.is_zero());
  CHECK(first.self().origin != second.self().origin);
  CHECK(second.self().number == first.self().number + 1);
  CHECK(second.runs().size() == 2);
  CHECK(second.run_number(first.self().origin) == first.self().number);
}

TEST_CASE("the run is durable when opening returns") {
  world w;
  const auto first = w.open();
  w.store.crash();
  const auto second = w.open();
  CHECK(second.run_number(first.self().origin) == first.self().number);
  CHECK(second.folder() == first.folder());
}

TEST_CASE("a new identity changes the store id and nothing else") {
  world w;
  const auto first = w.open();
  opening how;
  how.new_identity = true;
  const auto second = w.open(how);
  CHECK(second.folder().store != first.folder().store);
  CHECK(second.folder().cluster == first.folder().cluster);
  CHECK(second.runs().size() == 2);
}

TEST_CASE("spaces and runs keep their numbers, and a dropped space's is not used again") {
  world w;
  std::uint32_t a = 0, b = 0, peer = 0;
  {
    auto c = w.open();
    batch changes;
    a = c.add_space(A, "spec a", changes);
    b = c.add_space(B, "spec b", changes);
    peer = c.add_run({{5, 5}}, changes);
    CHECK(c.add_space(A, "other", changes) == a);
    CHECK(c.add_run({{5, 5}}, changes) == peer);
    w.write(changes);
    put_one(w.store, column::state, std::string("\0\0\0", 3) + static_cast<char>(b) + "K", "item");
    put_one(w.store, column::log, entry_key(b, 1, 1), "header");
    put_one(w.store, column::log, entry_key(a, 1, 1), "header");
    batch drop;
    c.drop_space(b, drop);
    w.write(drop);
  }
  auto c = w.open();
  CHECK(c.space_number(A) == a);
  CHECK(c.spaces().at(a).spec == "spec a");
  CHECK(c.spaces().at(b).dropped);
  CHECK(c.run_number({{5, 5}}) == peer);
  CHECK_FALSE(c.runs().at(peer).own);
  batch changes;
  CHECK(c.add_space({{3, 3}}, "", changes) > b);
  CHECK(all_rows(w.store, column::log).size() == 1);
  CHECK_FALSE(w.store.get(column::state, std::string("\0\0\0", 3) + static_cast<char>(b) + "K"));
}

TEST_CASE("what a copy is not yet is known again after a restart, each mark by itself") {
  world w;
  std::uint32_t number = 0;
  const auto change = [&](std::string_view what, bool on) {
    auto c = w.open();
    batch changes;
    number = c.add_space(A, {}, changes);
    c.mark(number, what, on, changes);
    w.write(changes);
  };
  const auto marked = [&](std::string_view what) { return w.open().is_marked(number, what); };
  change(catalog::mark_filling, true);
  change(catalog::mark_unexplained, true);
  change(catalog::mark_unexplained, true);
  CHECK((marked(catalog::mark_filling) && marked(catalog::mark_unexplained)));
  change(catalog::mark_filling, false);
  CHECK((!marked(catalog::mark_filling) && marked(catalog::mark_unexplained)));
  change(catalog::mark_unexplained, false);
  CHECK(w.open().spaces().at(number).spec.empty());
  CHECK_FALSE(w.open().is_marked(77, catalog::mark_filling));
}

TEST_CASE("any one damaged meta row is read from its second copy, and named") {
  base::random random{3};
  for (int round = 0; round < 40; ++round) {
    world w;
    auto first = w.open();
    batch changes;
    first.add_space(A, "spec", changes);
    put_meta(changes, meta::clock_key(), meta::encode(base::hlc{77}));
    w.write(changes);
    const auto place = w.store.flip_any(column::meta, random);
    REQUIRE(place.has_value());

    const auto second = w.open();
    CHECK(second.folder() == first.folder());
    CHECK(second.space_number(A) == 1);
    CHECK(second.newest_stamp() == base::hlc{77});
    CHECK(second.run_number(first.self().origin) == first.self().number);
    CHECK_FALSE(second.damage().empty());
  }
}

TEST_CASE("a folder whose identity is lost in both copies is refused, not made anew") {
  world w;
  w.open();
  w.store.flip(column::meta, "F", 3);
  w.store.flip(column::state, std::string("\0\0\0\0F", 5), 3);
  CHECK(catalog::open(w.store, w.entropy, NOW).error().code == base::errc::corrupt);

  world erased;
  erased.open();
  batch changes;
  erase_meta_prefix(changes, "F");
  erased.write(changes);
  CHECK(catalog::open(erased.store, erased.entropy, NOW).error().code == base::errc::corrupt);
}

TEST_CASE("a folder of a later format is refused as unsupported") {
  world w;
  auto folder = w.open().folder();
  folder.format = format_version + 1;
  batch changes;
  put_meta(changes, meta::folder_key(), meta::encode(folder));
  w.write(changes);
  CHECK(catalog::open(w.store, w.entropy, NOW).error().code == base::errc::unsupported_format);
}

TEST_CASE("golden meta rows decode to what was written and encode to the same bytes") {
  std::ifstream in{std::string{ENGRAM_GOLDEN_DIR} + "/meta_rows_v1.hex"};
  const auto next = [&] {
    std::string hex;
    std::getline(in, hex);
    return base::from_hex(hex).value_or("not hex");
  };
  const folder_row folder{1, {{1, 2}}, {3, 4}};
  const run_row run{5, {{6, 7}}, true, base::instant{1'700'000'000'000}};
  const space_row space{8, {{9, 10}}, false, "spec"};
  const vector_row vector{8, 5, 300, {11, 12}};
  const base::hlc stamp{0x0000018f0a0b0c0d};
  INFO(base::to_hex(meta::encode(folder)) << '\n'
                                          << base::to_hex(meta::encode(run)) << '\n'
                                          << base::to_hex(meta::encode(space)) << '\n'
                                          << base::to_hex(meta::encode(vector)) << '\n'
                                          << base::to_hex(meta::encode(stamp)));
  CHECK(next() == meta::encode(folder));
  CHECK(next() == meta::encode(run));
  CHECK(next() == meta::encode(space));
  CHECK(next() == meta::encode(vector));
  CHECK(next() == meta::encode(stamp));
  CHECK(*meta::decode_folder(meta::encode(folder)) == folder);
  CHECK(*meta::decode_run(meta::run_key(5), meta::encode(run)) == run);
  CHECK(*meta::decode_space(meta::space_key(8), meta::encode(space)) == space);
  CHECK(*meta::decode_vector(meta::vector_key(8, 5), meta::encode(vector)) == vector);
  CHECK(*meta::decode_clock(meta::encode(stamp)) == stamp);
  CHECK(base::to_hex(meta::vector_key(8, 5)) == "560000000800000005");
}

TEST_CASE("meta rows never crash on random or cut bytes") {
  base::random random{21};
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random.below(60), '\0');
    for (auto& c : bytes) c = static_cast<char>(random.below(random.chance(0.5) ? 256 : 5));
    if (const auto row = meta::decode_folder(bytes)) CHECK(meta::encode(*row) == bytes);
    if (const auto row = meta::decode_run(meta::run_key(1), bytes))
      CHECK(meta::encode(*row) == bytes);
    if (const auto row = meta::decode_space(meta::space_key(1), bytes))
      CHECK(meta::encode(*row) == bytes);
    (void)meta::decode_vector(bytes, bytes);
    (void)meta::decode_clock(bytes);
    (void)meta::decode_run(bytes, bytes);
  }
}

TEST_SUITE_END();

} // namespace engram::storage
