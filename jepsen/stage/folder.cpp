#include "jepsen/stage/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace engram::jepsen {

namespace fs = std::filesystem;

namespace {

constexpr const char* BALLAST = "ballast";

/// A table's properties name its column in plain text, "column.family." shared with the line
/// before.
bool is_table_of_state(const fs::path& file) {
  if (file.extension() != ".sst") return false;
  std::ifstream in(file, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return all.find("\x05namestate") != std::string::npos;
}

bool holds_data(const fs::path& file, flips where) {
  if (where == flips::in_state) return is_table_of_state(file);
  return file.extension() == ".sst" || file.extension() == ".log";
}

} // namespace

base::result<void> copy_folder(const std::string& from, const std::string& to) {
  std::error_code failed;
  fs::create_directories(to, failed);
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing, failed);
  if (failed) return {base::errc::unavailable, "copy " + from + ": " + failed.message()};
  return base::success();
}

void empty_folder(const std::string& which) {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (const auto& each : fs::directory_iterator(which, ignored)) found.push_back(each.path());
  for (const auto& each : found) fs::remove_all(each, ignored);
}

std::vector<flip> flip_bits(const std::string& folder, std::size_t count, flips where,
                            base::random& draw) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& each : fs::recursive_directory_iterator(folder, ignored))
    if (each.is_regular_file() && holds_data(each.path(), where) && each.file_size() > 2)
      files.push_back(each.path());
  std::sort(files.begin(), files.end());
  std::vector<flip> done;
  for (std::size_t i = 0; i < count && !files.empty(); ++i) {
    const auto& path = files[draw.below(files.size())];
    const auto size = fs::file_size(path);
    const flip what{fs::relative(path, folder).string(),
                    draw.below(where == flips::in_state ? size / 2 : size),
                    static_cast<int>(draw.below(8))};
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(what.offset));
    const int was = file.get();
    file.seekp(static_cast<std::streamoff>(what.offset));
    file.put(static_cast<char>(was ^ (1 << what.bit)));
    if (file) done.push_back(what);
  }
  return done;
}

std::vector<cut_file> lose_unsynced(const std::string& folder, const std::string& notes,
                                    base::random& draw) {
  std::map<std::uint64_t, std::uint64_t> synced; // inode -> bytes, the latest
  std::ifstream in(notes);
  for (std::uint64_t which = 0, bytes = 0; in >> which >> bytes;) synced[which] = bytes;
  std::vector<cut_file> done;
  std::error_code ignored;
  for (const auto& each : fs::recursive_directory_iterator(folder, ignored)) {
    struct stat is {};
    if (!each.is_regular_file() || stat(each.path().c_str(), &is) != 0) continue;
    const auto safe = synced.find(is.st_ino);
    const auto size = static_cast<std::uint64_t>(is.st_size);
    if (safe == synced.end() || safe->second >= size) continue;
    const auto left = safe->second + draw.below(size - safe->second);
    fs::resize_file(each.path(), left, ignored);
    done.push_back({fs::relative(each.path(), folder).string(), size, left});
  }
  return done;
}

base::result<std::uint64_t> fill_disk(const std::string& folder, std::uint64_t left) {
  const auto path = fs::path(folder) / BALLAST;
  const auto space = fs::space(folder);
  const auto size = space.available > left ? space.available - left : 0;
  const int handle = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const bool taken =
      handle >= 0 && (size == 0 || posix_fallocate(handle, 0, static_cast<off_t>(size)) == 0);
  if (handle >= 0) close(handle);
  if (!taken) return {base::errc::unavailable, "cannot fill " + folder};
  return static_cast<std::uint64_t>(size);
}

void free_disk(const std::string& folder) {
  std::error_code ignored;
  fs::remove(fs::path(folder) / BALLAST, ignored);
}

} // namespace engram::jepsen
