// Compiled once per SIMD target: Highway includes this file again for each.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "memory/vector/dot_kernel.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "memory/vector/dot_kernel.hpp"

HWY_BEFORE_NAMESPACE();
namespace engram::memory::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void dot_rows(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
              std::size_t count, std::int32_t* out) {
  dot_rows_plain(query, rows, stride, count, out);
}

#else

// 32 lanes of int16 are 64 bytes, the unit of the stride; longer vectors would run past a row.
using lanes16 = hn::CappedTag<std::int16_t, 32>;
using lanes32 = hn::RepartitionToWide<lanes16>;
using lanes8 = hn::Rebind<std::int8_t, lanes16>;
using vector32 = hn::Vec<lanes32>;

/// Dot products of `Rows` neighbouring rows: the query is loaded once for all of them, and their
/// sums are independent, so that one row's latency hides behind the others.
template <std::size_t Rows>
HWY_INLINE void dot_some(const std::int16_t* HWY_RESTRICT query,
                         const std::int8_t* HWY_RESTRICT rows, std::size_t stride,
                         std::int32_t* HWY_RESTRICT out) {
  const lanes16 d16;
  const lanes32 d32;
  const lanes8 d8;
  vector32 even[Rows], odd[Rows];
  for (std::size_t r = 0; r < Rows; ++r) even[r] = odd[r] = hn::Zero(d32);

  for (std::size_t j = 0; j < stride; j += hn::Lanes(d16)) {
    const auto q = hn::Load(d16, query + j);
    for (std::size_t r = 0; r < Rows; ++r) {
      const auto x = hn::PromoteTo(d16, hn::Load(d8, rows + r * stride + j));
      even[r] = hn::ReorderWidenMulAccumulate(d32, q, x, even[r], odd[r]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r)
    out[r] = hn::GetLane(hn::SumOfLanes(d32, hn::RearrangeToOddPlusEven(even[r], odd[r])));
}

void dot_rows(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
              std::size_t count, std::int32_t* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) dot_some<4>(query, rows + i * stride, stride, out + i);
  for (; i < count; ++i) dot_some<1>(query, rows + i * stride, stride, out + i);
}

#endif

} // namespace engram::memory::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace engram::memory {

HWY_EXPORT(dot_rows);

void dot_rows(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
              std::size_t count, std::int32_t* out) {
  HWY_DYNAMIC_DISPATCH(dot_rows)(query, rows, stride, count, out);
}

void dot_rows_plain(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
                    std::size_t count, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < stride; ++j) sum += query[j] * rows[i * stride + j];
    out[i] = sum;
  }
}

} // namespace engram::memory

#endif // HWY_ONCE
