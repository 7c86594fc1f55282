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
/// Flips up to `count` bits, spread over the files that hold data (tables and logs of the store).
std::vector<flip> flip_bits(const std::string& folder, std::size_t count, base::random& draw);

/// A file that takes all free space but `left`; its size.
base::result<std::uint64_t> fill_disk(const std::string& folder, std::uint64_t left);
void free_disk(const std::string& folder);

} // namespace engram::jepsen
