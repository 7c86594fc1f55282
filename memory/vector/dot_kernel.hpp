#pragma once
// Integer dot products of one query with many rows, for every SIMD target that Highway compiles,
// chosen at run time. Integers only, so that all targets give the same sums.

#include <cstddef>
#include <cstdint>

namespace engram::memory {

/// out[i] = sum over j < stride of query[j] * rows[i * stride + j], for i < count.
/// Requires: stride is a multiple of 64, at most vector_dimension_max; both pointers 64-byte
/// aligned; query values in [-128, 127].
void dot_rows(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
              std::size_t count, std::int32_t* out);

/// The definition, one multiplication at a time.
void dot_rows_plain(const std::int16_t* query, const std::int8_t* rows, std::size_t stride,
                    std::size_t count, std::int32_t* out);

} // namespace engram::memory
