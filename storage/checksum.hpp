#pragma once
// The checksum that every stored value carries: eight bytes behind the value, over column, key and
// value. So a value that was damaged, or that stands under another key or in another column than it
// was written to, is found when it is read. Both stores use these two functions and nothing else.

#include "base/result.hpp"
#include "storage/store.hpp"

#include <array>

namespace engram::storage {

inline constexpr std::size_t checksum_bytes = 8;

/// What follows the value on disk, little endian.
std::array<char, checksum_bytes> checksum_of(column c, std::string_view key,
                                             std::string_view value) noexcept;

/// The value within `stored`; errc::corrupt, naming the record, when the checksum does not fit.
base::result<std::string_view> verified_value(column c, std::string_view key,
                                              std::string_view stored);

/// "log", "payload", "state", "meta": the names of the column families.
std::string_view to_string(column c) noexcept;

/// "column=state key=00000001..": how errors name a record.
std::string describe_record(column c, std::string_view key);

} // namespace engram::storage
