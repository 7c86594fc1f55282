#pragma once
// Reading a space back: its state items, each episode's with the payload it refers to, and the log
// entries above the applied vector. Streams: nobody holds the space twice. What is damaged is named
// item by item and left out; the rest is read.
//
// Thread: one per reader; readers of different spaces, and of disjoint halves, run side by side.

#include "storage/entry.hpp"
#include "storage/meta_rows.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace engram::storage {

/// State items of this kind are followed by origin u32 and sequence u64, big endian: the entry
/// whose payload holds the episode.
inline constexpr char episode_item = 'E';

struct recovered_item {
  std::string key, value;             // key relative to the space
  std::optional<std::string> payload; // without its salt; nullopt: none needed, erased, or damaged
};

struct recovered_items {
  std::vector<recovered_item> items;
  std::vector<base::error> damage;
};

class state_reader {
public:
  state_reader(const store& from, std::uint32_t space);
  ~state_reader();

  /// The next items, at most `max` of them; empty at the end. An error means that reading cannot go
  /// on; damage does not.
  base::result<recovered_items> next(std::size_t max);

private:
  void attach_payload(recovered_item& item, std::vector<base::error>& damage);
  base::result<void> advance_payloads(const std::string& key, std::vector<base::error>& damage);

  const store& from_;
  std::uint32_t space_;
  std::unique_ptr<cursor> state_, payloads_;
  std::string payload_key_; // where payloads_ stands; "" before its first step
  bool payloads_end_ = false;
  std::optional<base::error> failed_; // of payloads_
};

/// How far each origin is applied. No row but damage: unknown, so the log cannot be applied again
/// over a state that may hold it already.
struct recovered_vector {
  std::vector<vector_row> rows; // by origin number
  std::vector<base::error> damage;
  bool is_complete = true; // in spite of damage: every row has a second copy
};
base::result<recovered_vector> read_vector(const store& from, std::uint32_t space);

struct tail_entry {
  std::uint32_t origin = 0;
  entry_header header;
  std::optional<std::string> payload; // without its salt; nullopt: erased, or damaged
  /// The entry before it could not be read: the log does not prove that this one follows.
  bool after_gap = false;
};
/// `stored`: as its payload lies in the store; empty: erased.
tail_entry tail_of(std::uint32_t origin, const entry_header& header, std::string_view stored);

/// The entries above the vector, origin by origin in their order: to be applied again before the
/// space serves. An origin ends where its running hash does not fit, and where entries are missing
/// that nothing damaged: others hold them, and give what follows again. Returns what is damaged.
base::result<std::vector<base::error>> read_tail(const store& from, std::uint32_t space,
                                                 const std::vector<std::uint32_t>& origins,
                                                 const std::vector<vector_row>& applied,
                                                 const std::function<void(tail_entry)>& visit);

} // namespace engram::storage
