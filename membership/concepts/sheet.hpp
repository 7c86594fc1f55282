#pragma once
// A space's sheet: its strongest concepts as one value, as its replicas made it and as every member
// may hold it. The records are opaque here. Replicas with equal vectors make the same sheet, byte
// for byte; which of two is kept is decided by is_newer() alone, a total order, so the merge of any
// sheets in any order, any number of times, is the newest of them.

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace engram::membership {

/// One concept. Bytes hold no client text.
struct sheet_record {
  base::hash128 name, version;
  std::string bytes;
  friend bool operator==(const sheet_record&, const sheet_record&) = default;
};

/// Grows with what the replica that made it had seen; equal counts of different entries are told
/// apart by the content and end when replicas have exchanged them.
struct sheet_version {
  std::uint64_t covered = 0; // entries under the vector
  base::hash128 content;     // of the records, in order
  friend auto operator<=>(const sheet_version&, const sheet_version&) = default;
};

struct sheet_head {
  base::space_id space;
  sheet_version version;
  /// When a replica of the space last said so, by its clock, in whole steps: all that hold one
  /// version say the same. Only replicas move it; passing a sheet on does not.
  base::instant confirmed;
  friend bool operator==(const sheet_head&, const sheet_head&) = default;
};

inline bool is_newer(const sheet_head& a, const sheet_head& b) noexcept {
  return std::tie(a.version, a.confirmed) > std::tie(b.version, b.confirmed);
}

struct sheet {
  sheet_head head;
  std::vector<sheet_record> records; // strongest first; none: the space shares nothing (any more)
};

base::hash128 content_of(std::span<const sheet_record> records);
/// Tells records apart when sheets are compared.
std::uint64_t tag_of(const sheet_record& record);
/// What a record counts against the bounds.
std::uint64_t bytes_of(const sheet_record& record) noexcept;
std::uint64_t bytes_of(std::span<const sheet_record> records) noexcept;

} // namespace engram::membership
