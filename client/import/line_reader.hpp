#pragma once
// Reads a file, or standard input ("-"), line by line in chunks, without holding more than a chunk
// and the line that crosses its end. Thread: one; read() blocks when a pipe has nothing.

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace engram::client {

class line_reader {
public:
  static constexpr std::size_t LINE_MAX_BYTES = 64u << 20;

  /// errc::read_failed: why it cannot be opened.
  static base::result<line_reader> open(const std::string& path);
  line_reader(line_reader&& other) noexcept;
  line_reader& operator=(line_reader&&) = delete;
  ~line_reader();

  using line_sink = std::function<void(std::string_view line, std::uint64_t number)>;
  /// Reads one chunk and gives its complete lines, without their ends; the last line of a file
  /// needs none. False: nothing is left. errc::read_failed: reading failed or a line never ends.
  base::result<bool> read(const line_sink& sink);

  /// Share of a regular file that was read; negative for pipes.
  double fraction() const noexcept;
  /// The descriptor when reading may wait for another process, else -1.
  int wait_descriptor() const noexcept;

private:
  line_reader(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  void give_lines(const line_sink& sink);

  int descriptor_;
  bool owned_;
  bool waits_ = false;
  std::uint64_t size_ = 0, read_ = 0, number_ = 0;
  std::string buffer_;      // begins with what is not yet given
  std::size_t scanned_ = 0; // no line ends before this
};

} // namespace engram::client
