#pragma once
// What is done to data folders: copied, put back, damaged, filled up. Owners make sure that no
// node runs on them where that matters.

#include "base/random.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::jepsen {

base::result<void> copy_folder(const std::string& from, const std::string& to);
/// What is in it; the folder itself may be a mount point and stays.
void empty_folder(const std::string& which);

struct flip {
  std::string file; // within the folder
  std::uint64_t offset = 0;
  int bit = 0;
};
enum class flips { anywhere, in_state };
/// Flips up to `count` bits, spread over the files that hold data (tables and logs of the store),
/// or over the tables that hold the state of spaces: without their payloads a node does not start.
std::vector<flip> flip_bits(const std::string& folder, std::size_t count, flips where,
                            base::random& draw);

struct cut_file {
  std::string file; // within the folder
  std::uint64_t was = 0, is = 0;
};
/// The power is gone: of each file what was not synced is lost, but for a random piece. `notes`:
/// what the preloaded library wrote; files it does not name stay as they are.
std::vector<cut_file> lose_unsynced(const std::string& folder, const std::string& notes,
                                    base::random& draw);

/// A file that takes all free space but `left`; its size.
base::result<std::uint64_t> fill_disk(const std::string& folder, std::uint64_t left);
void free_disk(const std::string& folder);

} // namespace engram::jepsen
