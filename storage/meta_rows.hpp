#pragma once
// The rows of the meta column: what a data folder is, which runs and spaces it knows under which
// local numbers, and how far each space is applied. Keys and values only; docs/formats/disk.md
// gives the bytes. Local numbers are never used again, so a row is never removed but for a
// vector's.

#include "base/hash.hpp"
#include "base/hlc.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace engram::storage {

inline constexpr std::uint32_t format_version = 1;

/// Key "F".
struct folder_row {
  std::uint32_t format = format_version;
  base::store_id store;
  base::hash128 cluster;
  bool joining = false; // it joined that cluster, whose directory has not come yet
  friend bool operator==(const folder_row&, const folder_row&) = default;
};

/// Key "O", number: a run of this store or of another.
struct run_row {
  std::uint32_t number = 0; // from 1
  base::origin_id origin;
  bool own = false;
  base::instant opened; // own runs only
  friend bool operator==(const run_row&, const run_row&) = default;
};

/// Key "S", number.
struct space_row {
  std::uint32_t number = 0; // from 1
  base::space_id identity;
  bool dropped = false;
  std::string spec; // opaque here
  friend bool operator==(const space_row&, const space_row&) = default;
};

/// Key "V", space number, origin number.
struct vector_row {
  std::uint32_t space = 0, origin = 0;
  std::uint64_t applied = 0; // last sequence
  base::hash128 running;     // the running hash there: the log may be trimmed up to it
  friend bool operator==(const vector_row&, const vector_row&) = default;
};

namespace meta {

std::string folder_key();
std::string clock_key(); // "H": the newest stamp made
std::string run_key(std::uint32_t number);
std::string space_key(std::uint32_t number);
std::string vector_key(std::uint32_t space, std::uint32_t origin);
/// First key of a space's vector; prefix_end() of it ends the vector.
std::string vector_prefix(std::uint32_t space);

std::string encode(const folder_row& row);
std::string encode(const run_row& row);
std::string encode(const space_row& row);
std::string encode(const vector_row& row);
std::string encode(base::hlc stamp);

base::result<folder_row> decode_folder(std::string_view value);
base::result<run_row> decode_run(std::string_view key, std::string_view value);
base::result<space_row> decode_space(std::string_view key, std::string_view value);
base::result<vector_row> decode_vector(std::string_view key, std::string_view value);
base::result<base::hlc> decode_clock(std::string_view value);

} // namespace meta
} // namespace engram::storage
