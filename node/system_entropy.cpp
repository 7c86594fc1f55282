#include "node/system_entropy.hpp"

#include "base/check.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>

namespace engram::node {

base::hash128 system_entropy::draw() {
  std::array<std::uint8_t, 16> bytes;
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    auto count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    CHECK(count > 0 || errno == EINTR, errno);
    if (count > 0) filled += static_cast<std::size_t>(count);
  }
  return base::hash128::from_bytes(bytes);
}

std::string uuid_v7(base::instant now, base::entropy& random) {
  auto bits = random.draw();
  auto ms = static_cast<std::uint64_t>(now.ms) & 0xFFFF'FFFF'FFFFull;
  base::hash128 id{(ms << 16) | 0x7000 | (bits.high & 0x0FFF),
                   (bits.low & 0x3FFF'FFFF'FFFF'FFFFull) | 0x8000'0000'0000'0000ull};
  auto hex = id.hex();
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

} // namespace engram::node
