#pragma once
// Tests only: a folder that is gone when the test is.

#include <filesystem>
#include <string>

namespace engram::storage {

class temporary_folder {
public:
  temporary_folder() {
    int number = 0;
    do { // creating tells whether somebody else has the name
      path_ = std::filesystem::temp_directory_path() / ("engram-test-" + std::to_string(number++));
    } while (!std::filesystem::create_directory(path_));
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

} // namespace engram::storage
