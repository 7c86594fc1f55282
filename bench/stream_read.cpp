// Compiled once per SIMD target: Highway includes this file again for each.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/stream_read.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "bench/stream_read.hpp"

HWY_BEFORE_NAMESPACE();
namespace engram::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

std::uint64_t stream_read(const std::int8_t* data, std::size_t bytes) {
  const hn::CappedTag<std::uint64_t, 8> d;
  const auto* words = reinterpret_cast<const std::uint64_t*>(data);
  const std::size_t count = bytes / sizeof(std::uint64_t);
  const std::size_t step = 8 * hn::Lanes(d);
  auto a = hn::Zero(d), b = a, e = a, f = a;
  std::size_t i = 0;
  for (; i + step <= count; i += step) {
    const std::size_t n = hn::Lanes(d);
    a = hn::Xor(a, hn::Xor(hn::Load(d, words + i), hn::Load(d, words + i + n)));
    b = hn::Xor(b, hn::Xor(hn::Load(d, words + i + 2 * n), hn::Load(d, words + i + 3 * n)));
    e = hn::Xor(e, hn::Xor(hn::Load(d, words + i + 4 * n), hn::Load(d, words + i + 5 * n)));
    f = hn::Xor(f, hn::Xor(hn::Load(d, words + i + 6 * n), hn::Load(d, words + i + 7 * n)));
  }
  alignas(64) std::uint64_t lanes[8] = {};
  hn::Store(hn::Xor(hn::Xor(a, b), hn::Xor(e, f)), d, lanes);
  std::uint64_t all = 0;
  for (const std::uint64_t lane : lanes) all ^= lane;
  for (; i < count; ++i) all ^= words[i];
  return all;
}

} // namespace engram::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace engram::bench {

HWY_EXPORT(stream_read);

std::uint64_t stream_read(const std::int8_t* data, std::size_t bytes) {
  return HWY_DYNAMIC_DISPATCH(stream_read)(data, bytes);
}

} // namespace engram::bench

#endif // HWY_ONCE
