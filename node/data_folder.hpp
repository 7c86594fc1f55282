#pragma once
// The folder that holds everything a node keeps. Owner: node::node, first to come and last to go.
// Invariant: while an object lives, no other process has one for the same folder (an flock(2) on a
// file inside, which the kernel releases however the process ends).

#include "base/result.hpp"

#include <string>

namespace engram::node {

class data_folder {
public:
  /// Creates what is missing with mode 0700. errc::data_in_use names the process that has it.
  static base::result<data_folder> open(const std::string& path);

  data_folder(data_folder&& other) noexcept;
  data_folder& operator=(data_folder&&) = delete;
  ~data_folder();

  const std::string& path() const noexcept { return path_; }
  std::string store_path() const { return path_ + "/store"; }
  /// Others than the owner may read or enter it: worth a warning.
  bool is_open_to_others() const;

private:
  data_folder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

} // namespace engram::node
