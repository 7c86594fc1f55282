// What a flipped byte in a data file does: found, named, never served; the rest is served.
#include "storage/checksum.hpp"
#include "storage/entry.hpp"
#include "storage/rocks/key_search.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/temporary_folder.hpp"
#include "storage/store_conformance.hpp"

#include <fstream>
#include <set>

namespace engram::storage {
namespace {

constexpr std::uint64_t row_count = 2000;

/// Recognisable, hard to compress, about 300 bytes.
std::string value_of(std::uint64_t i) {
  base::random random{i};
  std::string out;
  for (int n = 0; n < 37; ++n) out += random.hash().hex().substr(0, 8);
  return out;
}

rocks_config in(const std::string& folder) {
  rocks_config config;
  config.folder = folder;
  return config;
}

void fill(const std::string& folder, bool flush) {
  const auto store = rocks_store::open(in(folder));
  REQUIRE(store.has_value());
  for (std::uint64_t i = 1; i <= row_count; i += 50) {
    batch b;
    for (auto n = i; n < i + 50; ++n) b.put(column::payload, entry_key(1, 1, n), value_of(n));
    REQUIRE((*store)->write(b, false).has_value());
  }
  if (flush) REQUIRE((*store)->flush().has_value());
}

std::vector<std::filesystem::path> files_with(const std::string& folder, const std::string& end) {
  std::vector<std::filesystem::path> out;
  for (const auto& file : std::filesystem::directory_iterator{folder})
    if (file.path().extension() == end && file.file_size() > 0) out.push_back(file.path());
  return out;
}

void flip_byte(const std::filesystem::path& path, std::uint64_t at) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(static_cast<std::streamoff>(at));
  const auto changed = static_cast<char>(file.get() ^ 0x20);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(changed);
  INFO(path);
  REQUIRE(file.good());
}

struct outcome {
  std::set<std::uint64_t> read;
  std::vector<base::error> damaged;
};

/// Everything a scan gives; each value is compared with what was written.
outcome read_all(const store& s) {
  outcome out;
  const auto rows = s.scan(column::payload, entry_key(1, 0, 0), entry_key(2, 0, 0));
  for (;;) {
    const auto more = rows->next();
    if (!more) {
      REQUIRE(more.error().code == base::errc::corrupt);
      out.damaged.push_back(more.error());
      continue;
    }
    if (!*more) return out;
    const auto sequence = parse_entry_key(rows->current().key)->sequence;
    CHECK(rows->current().value == value_of(sequence));
    out.read.insert(sequence);
  }
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("a damaged block costs its own rows and no others, and is named") {
  temporary_folder folder;
  fill(folder / "data", true);
  const auto tables = files_with(folder / "data", ".sst");
  REQUIRE(tables.size() == 1);
  flip_byte(tables[0], std::filesystem::file_size(tables[0]) / 3);

  const auto store = rocks_store::open(in(folder / "data"));
  REQUIRE(store.has_value());
  const auto all = read_all(**store);
  REQUIRE(all.damaged.size() == 1);
  CHECK(all.damaged[0].context.find("column=payload keys behind 0000000100000001") !=
        std::string::npos);
  CHECK(all.read.size() < row_count);
  CHECK(all.read.size() > row_count - 200); // one block of 16 KB
  CHECK(all.read.count(1) == 1);
  CHECK(all.read.count(row_count) == 1);

  // A single read of a lost row says corrupt, never "unknown".
  for (std::uint64_t i = 1; i <= row_count; ++i) {
    if (all.read.count(i) > 0) continue;
    CHECK((*store)->get(column::payload, entry_key(1, 1, i)).error().code == base::errc::corrupt);
  }
  const auto scrubbed = (*store)->scrub();
  REQUIRE(scrubbed.has_value());
  CHECK(scrubbed->size() == 2); // the file, and the rows
  CHECK((*scrubbed)[0].context.find(tables[0].filename()) != std::string::npos);

  put_one(**store, column::payload, entry_key(1, 1, row_count + 1), value_of(row_count + 1));
  CHECK(read_all(**store).read.count(row_count + 1) == 1);
}

TEST_CASE("wherever a byte of a table is flipped, nothing wrong is served and the store opens") {
  base::random random{5};
  const std::uint64_t from_end[] = {1, 20, 60, 300, 2000};
  for (int i = 0; i < 25; ++i) {
    temporary_folder folder; // each its own: a compaction may have replaced the damaged file
    fill(folder / "data", true);
    const auto table = files_with(folder / "data", ".sst").at(0);
    const auto size = std::filesystem::file_size(table);
    const auto at = i < 5 ? size - from_end[i] : random.below(size);
    CAPTURE(at);
    flip_byte(table, at);

    const auto store = rocks_store::open(in(folder / "data"));
    INFO((store ? "" : store.error().message()));
    REQUIRE(store.has_value());
    const auto all = read_all(**store);
    const auto scrubbed = (*store)->scrub();
    REQUIRE(scrubbed.has_value());
    if (all.read.size() < row_count) CHECK_FALSE(scrubbed->empty());
    if (all.read.size() < row_count) CHECK_FALSE(all.damaged.empty());
    put_one(**store, column::log, "still", "writable");
  }
}

TEST_CASE("a byte flipped in the write-ahead log costs what follows it, and is named") {
  temporary_folder folder;
  fill(folder / "data", false);
  const auto logs = files_with(folder / "data", ".log");
  REQUIRE(logs.size() == 1);
  flip_byte(logs[0], std::filesystem::file_size(logs[0]) / 2);

  const auto store = rocks_store::open(in(folder / "data"));
  INFO((store ? "" : store.error().message()));
  REQUIRE(store.has_value());
  const auto all = read_all(**store);
  CHECK(all.damaged.empty());
  CHECK(all.read.size() >= row_count / 2 - 100);
  CHECK(all.read.size() < row_count);
  CHECK(*all.read.rbegin() == all.read.size()); // a prefix
  const auto named = (*store)->damage();
  REQUIRE(named.size() == 2);
  CHECK(named[0].code == base::errc::corrupt);
  CHECK(named[1].context.find(".log.damaged") != std::string::npos);
  CHECK_FALSE((*store)->scrub()->empty());
}

TEST_CASE("damage that compaction meets is named and does not end writing") {
  temporary_folder folder;
  fill(folder / "data", true);
  const auto table = files_with(folder / "data", ".sst").at(0);
  flip_byte(table, std::filesystem::file_size(table) / 3);
  const auto store = rocks_store::open(in(folder / "data"));
  REQUIRE(store.has_value());
  for (int i = 0; i < 12; ++i) { // enough overlapping files for a compaction
    put_one(**store, column::payload, entry_key(1, 1, 1), value_of(1));
    put_one(**store, column::payload, entry_key(1, 1, row_count), value_of(row_count));
    REQUIRE((*store)->flush().has_value());
  }
  CHECK(read_all(**store).read.size() > row_count - 200);
}

/// Three tables of level 0; each but the first erases the row of the one before.
void fill_with_erased_ranges(const std::string& folder) {
  const auto store = rocks_store::open(in(folder));
  REQUIRE(store.has_value());
  for (std::uint64_t n = 1; n <= 3; ++n) {
    batch b;
    b.put(column::state, entry_key(1, 1, n), value_of(n));
    b.put(column::payload, entry_key(1, 1, n), value_of(n));
    b.erase_range(column::state, entry_key(1, 1, n - 1), entry_key(1, 1, n));
    b.erase_range(column::payload, entry_key(1, 1, n - 1), entry_key(1, 1, n));
    REQUIRE((*store)->write(b, false).has_value());
    REQUIRE((*store)->flush().has_value());
  }
}

/// RocksDB's iterators free a range twice when the next table of level 0 cannot be opened.
TEST_CASE("a table that cannot be opened, beside erased ranges: what can be read is, and none "
          "comes back") {
  temporary_folder folder;
  fill_with_erased_ranges(folder / "data");
  std::size_t read = 0, refused = 0;
  for (const auto& table : files_with(folder / "data", ".sst")) {
    temporary_folder other;
    std::filesystem::copy(folder / "data", other / "data");
    const auto copy = std::filesystem::path{other / "data"} / table.filename();
    for (auto at = std::filesystem::file_size(copy) / 2; at < std::filesystem::file_size(copy);
         ++at)
      flip_byte(copy, at);
    const auto store = rocks_store::open(in(other / "data"));
    REQUIRE(store.has_value());
    CHECK_FALSE((*store)->has_all_tables());
    for (const auto where : {column::state, column::payload})
      for (int again = 0; again < 20; ++again) {
        const auto all = (*store)->scan(where, entry_key(1, 0, 0), entry_key(9, 0, 0));
        auto more = all->next();
        if (more) {
          REQUIRE(*more);
          CHECK(all->current().value == value_of(3));
          more = all->next();
          REQUIRE(more.has_value());
          CHECK_FALSE(*more);
          ++read;
        } else {
          CHECK(more.error().code == base::errc::corrupt);
          ++refused;
        }
      }
    CHECK((*store)->scrub().has_value());
    (void)(*store)->rewrite(column::state, entry_key(1, 0, 0), entry_key(9, 0, 0));
    put_one(**store, column::log, "still", "writable");
    CHECK((*store)->flush().has_value());
  }
  CHECK(read == refused); // a table holds one column: the other is as it was
}

TEST_CASE("keys add and halve as big numbers") {
  CHECK(key_plus("a", 2, 0) == std::string("a\x01", 2));
  CHECK(key_plus("a\xff", 2, 0) == std::string("b\0", 2));
  CHECK(key_plus("a", 2, 8) == std::string("b\0", 2));
  CHECK_FALSE(key_plus("\xff\xff", 2, 0).has_value());
  CHECK_FALSE(key_plus("a", 2, 16).has_value());
  CHECK(key_middle("ac", "ae") == "ad");
  CHECK(key_middle("ac", "ad") == "ac");
  CHECK(key_middle(std::string("\xff\x00", 2), "\xff\xfe") == "\xff\x7f");
}

TEST_CASE("the search finds the first readable key behind a hole of any size") {
  base::random random{9};
  for (int i = 0; i < 500; ++i) {
    const auto low = entry_key(1, 1, random.next() >> random.below(64));
    const auto hole = entry_key(1, static_cast<std::uint32_t>(1 + random.below(3)),
                                random.next() >> random.below(64));
    const auto last = entry_key(9, 0, 0);
    const auto found =
        first_readable(low, last, [&](const std::string& target) { return target >= hole; });
    REQUIRE(found.has_value());
    CHECK(*found >= std::min(hole, last));
    if (hole > low) CHECK(found->substr(0, entry_key_bytes) == hole);
  }
  const auto never = [](const std::string&) { return false; };
  CHECK_FALSE(first_readable("a", "", never).has_value());
  CHECK(first_readable("a", "b", never)->substr(0, 1) == "b");
}

TEST_SUITE_END();

} // namespace engram::storage
