#pragma once
// Bytes in, whole lines out, so that what several processes write is not mixed within a line.
// Invariant: holds at most LINE_BYTES_MAX bytes; a longer line comes out in pieces.

#include <cstddef>
#include <string>
#include <string_view>

namespace engram::client {

class line_splitter {
public:
  static constexpr std::size_t LINE_BYTES_MAX = 64 * 1024;

  /// Calls `take` with each line that ends within `bytes`, without its line end.
  template <class Take>
  void add(std::string_view bytes, Take take) {
    for (const char c : bytes) {
      if (c != '\n') held_.push_back(c);
      if (c == '\n' || held_.size() == LINE_BYTES_MAX) flush(take, c == '\n');
    }
  }
  /// The rest, when no more comes.
  template <class Take>
  void end(Take take) {
    flush(take, false);
  }

private:
  template <class Take>
  void flush(Take& take, bool even_empty) {
    if (!held_.empty() || even_empty) take(std::string_view{held_});
    held_.clear();
  }

  std::string held_;
};

} // namespace engram::client
