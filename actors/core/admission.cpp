#include "actors/core/admission.hpp"

namespace engram::actors {

base::result<void> admission::take_write(std::uint64_t bytes) {
  if (draining_) return {base::errc::shutting_down, "no new writes"};
  if (writes_ != 0 && write_bytes_ + bytes > bounds_.write_bytes_max)
    return {base::errc::overloaded, "write bytes under way=" + std::to_string(write_bytes_)};
  ++writes_;
  write_bytes_ += bytes;
  return base::success();
}

void admission::give_write(std::uint64_t bytes) {
  CHECK(writes_ > 0 && write_bytes_ >= bytes, writes_, write_bytes_, bytes);
  --writes_;
  write_bytes_ -= bytes;
}

base::result<void> admission::take_read() {
  if (closed_) return {base::errc::shutting_down, "no new reads"};
  if (reads_ >= bounds_.reads_max)
    return {base::errc::overloaded, "reads under way=" + std::to_string(reads_)};
  ++reads_;
  return base::success();
}

void admission::give_read() {
  CHECK(reads_ > 0, reads_);
  --reads_;
}

} // namespace engram::actors
