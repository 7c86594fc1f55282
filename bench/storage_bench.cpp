// The store against bare RocksDB: the same keys and values in batches of the same size, each
// synced; then everything read back after a restart.

#include "bench/must.hpp"
#include "bench/paired.hpp"
#include "bench/raw_rocks.hpp"
#include "bench/scratch.hpp"
#include "storage/entry.hpp"
#include "storage/rocks/rocks_store.hpp"

#include <cstdlib>
#include <random>

namespace engram::bench {
namespace {

constexpr std::size_t records = 16'384;

/// Text-like bytes: a few thousand words, so that compression finds what it finds in real text.
std::string text(std::mt19937_64& random, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) {
    const std::uint64_t word = random() % 4096;
    for (std::uint64_t i = 0, left = word * 2654435761u; i < 3 + word % 6; ++i, left >>= 4)
      out.push_back(static_cast<char>('a' + left % 16));
    out.push_back(' ');
  }
  return out;
}

/// What one memory leaves behind: header, payload and state item, as the log writer writes them.
std::vector<storage::batch> make_batches(std::size_t per_batch) {
  std::mt19937_64 random(per_batch);
  std::vector<storage::batch> out;
  for (std::size_t i = 0; i < records; ++i) {
    if (i % per_batch == 0) out.emplace_back();
    storage::entry_header header;
    header.sequence = i + 1;
    header.operation = header.payload_hash = header.running = {random(), random()};
    const storage::entry_payload payload{{random(), random()}, text(random, 200)};
    const std::string key = storage::entry_key(1, 1, i + 1);
    out.back().put(storage::column::log, key, storage::encode_header(header));
    out.back().put(storage::column::payload, key, storage::encode_payload(payload));
    out.back().put(storage::column::state, "E" + key, text(random, 60));
  }
  return out;
}

raw_batch raw_of(const storage::batch& from) {
  raw_batch out;
  for (const auto& change : from.changes())
    out.emplace_back(static_cast<char>('0' + static_cast<int>(change.where)) + change.key,
                     change.value);
  return out;
}

std::unique_ptr<storage::rocks_store> open(const std::string& folder) {
  storage::rocks_config config;
  config.folder = folder;
  return must(storage::rocks_store::open(config));
}

void measure_writes(report& table, scratch& disk, std::size_t per_batch) {
  const std::vector<storage::batch> batches = make_batches(per_batch);
  std::vector<raw_batch> raw;
  for (const storage::batch& one : batches) raw.push_back(raw_of(one));
  table.limit("synced writes, memories/s, batches of " + std::to_string(per_batch),
              interleave(
                  9,
                  [&] {
                    const auto store = open(disk.fresh("store"));
                    return records / seconds([&] {
                             for (const storage::batch& one : batches)
                               must(store->write(one, true));
                           });
                  },
                  [&] {
                    raw_rocks peer(disk.fresh("raw"));
                    return records / seconds([&] {
                             for (const raw_batch& one : raw) peer.write(one);
                           });
                  }),
              report::bound::at_least, 0.5);
}

std::size_t read_back(const storage::rocks_store& store) {
  std::size_t count = 0;
  for (const auto where :
       {storage::column::log, storage::column::payload, storage::column::state}) {
    const auto all = store.scan(where, "", std::string(64, '\xFF'));
    while (must(all->next())) ++count;
  }
  return count;
}

void measure_restart(report& table, scratch& disk) {
  const std::string ours = disk.fresh("store"), raw = disk.fresh("raw");
  {
    const auto store = open(ours);
    raw_rocks peer(raw);
    for (const storage::batch& one : make_batches(256)) {
      must(store->write(one, true));
      peer.write(raw_of(one));
    }
  }
  table.note("open and read all back, memories/s",
             interleave(
                 9,
                 [&] {
                   return records / seconds([&] {
                            if (read_back(*open(ours)) != 3 * records) std::abort();
                          });
                 },
                 [&] {
                   return records / seconds([&] {
                            if (raw_rocks(raw).read_all() != 3 * records) std::abort();
                          });
                 }));
}

} // namespace
} // namespace engram::bench

int main() {
  using namespace engram::bench;
  scratch disk;
  report table("the store against bare RocksDB, same keys, values, batches and syncs");
  for (const std::size_t per_batch : {64u, 256u, 1024u}) measure_writes(table, disk, per_batch);
  measure_restart(table, disk);
  return table.exit_code();
}
