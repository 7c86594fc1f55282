#include "client/import/line_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace engram::client {

namespace {
constexpr std::size_t CHUNK_BYTES = 256 * 1024;

base::error cannot_read(const std::string& what) {
  return {base::errc::read_failed, what + ": " + std::strerror(errno)};
}
} // namespace

base::result<line_reader> line_reader::open(const std::string& path) {
  const bool standard = path == "-";
  const int descriptor = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_read(path);
  line_reader made(descriptor, !standard);
  struct stat about = {};
  if (fstat(descriptor, &about) != 0) return cannot_read(path);
  if (S_ISDIR(about.st_mode)) return {base::errc::read_failed, path + ": is a directory"};
  if (S_ISREG(about.st_mode)) made.size_ = static_cast<std::uint64_t>(about.st_size);
  made.waits_ = S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) || isatty(descriptor) == 1;
  return made;
}

line_reader::line_reader(line_reader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), owned_(other.owned_), waits_(other.waits_),
      size_(other.size_), read_(other.read_), number_(other.number_),
      buffer_(std::move(other.buffer_)), scanned_(other.scanned_) {}

line_reader::~line_reader() {
  if (owned_ && descriptor_ >= 0) close(descriptor_);
}

base::result<bool> line_reader::read(const line_sink& sink) {
  const std::size_t before = buffer_.size();
  buffer_.resize(before + CHUNK_BYTES);
  ssize_t got = 0;
  do got = ::read(descriptor_, buffer_.data() + before, CHUNK_BYTES);
  while (got < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
  if (got < 0) return cannot_read("input");
  read_ += static_cast<std::uint64_t>(got);
  if (got == 0) {
    if (buffer_.empty()) return false;
    buffer_.push_back('\n');
  }
  give_lines(sink);
  if (buffer_.size() > LINE_MAX_BYTES)
    return {base::errc::read_failed, "line " + std::to_string(number_ + 1) + " is too long"};
  return true;
}

void line_reader::give_lines(const line_sink& sink) {
  std::size_t begin = 0;
  for (;;) {
    const auto end = buffer_.find('\n', std::max(begin, scanned_));
    if (end == std::string::npos) break;
    sink(std::string_view(buffer_).substr(begin, end - begin), ++number_);
    begin = end + 1;
  }
  buffer_.erase(0, begin);
  scanned_ = buffer_.size();
}

double line_reader::fraction() const noexcept {
  if (size_ == 0) return -1;
  return std::min(1.0, static_cast<double>(read_) / static_cast<double>(size_));
}

int line_reader::wait_descriptor() const noexcept { return waits_ ? descriptor_ : -1; }

} // namespace engram::client
