#include "memory/state_hash.hpp"

#include <bit>

namespace engram::memory {
namespace {

base::hash128 item_hash(std::string_view key, std::string_view value) noexcept {
  return base::fast_hash128(value, base::fast_hash64(key));
}

} // namespace

void state_hash::add(std::string_view key, std::string_view value) {
  buckets_[touch(key)] += item_hash(key, value);
}

void state_hash::subtract(std::string_view key, std::string_view value) {
  buckets_[touch(key)] -= item_hash(key, value);
}

std::size_t state_hash::touch(std::string_view key) noexcept {
  const std::size_t i = base::fast_hash64(key) % bucket_count;
  changed_.set(i);
  return i;
}

base::hash128 state_hash::digest(const base::space_id& space) const {
  // Why not digest128 over all: this is made at every publish, and nobody gains by forging it. For
  // the same reason the sums are hashed where they lie: high, low, little endian.
  static_assert(std::endian::native == std::endian::little && sizeof(base::hash128) == 16);
  const std::string_view all{reinterpret_cast<const char*>(buckets_.data()), sizeof buckets_};
  return base::digest128()
      .add_field("engram state")
      .add(engine_version)
      .add(space.value)
      .add(base::fast_hash128(all))
      .finish();
}

} // namespace engram::memory
