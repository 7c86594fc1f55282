#pragma once
// What members say to each other about sheets, and its bytes: digests first, heads where digests
// differ, records where heads do. Values; one message has one encoding (base/fields.hpp, tag 0 =
// kind), kept golden. docs/formats/concepts.md gives the tags.

#include "base/result.hpp"
#include "membership/concepts/sheet.hpp"

#include <array>
#include <string_view>
#include <variant>

namespace engram::membership::sheet_message {

inline constexpr std::size_t BUCKETS = 64; // of spaces, by the first bits of their identity

/// Over all heads the sender knows. Equal ones need no answer.
struct root {
  std::uint64_t digest = 0;
  friend bool operator==(const root&, const root&) = default;
};
/// The answer to a root that differs.
struct digests {
  std::array<std::uint64_t, BUCKETS> buckets{};
  friend bool operator==(const digests&, const digests&) = default;
};
/// All that the sender knows in these buckets.
struct heads {
  std::uint64_t buckets = 0; // bit i: bucket i
  bool answer = false;       // the sender wants the receiver's
  std::vector<sheet_head> items;
  friend bool operator==(const heads&, const heads&) = default;
};
/// The sender lacks a sheet; of its records it holds these already.
struct wish {
  base::space_id space;
  std::vector<std::uint64_t> held; // tags
  friend bool operator==(const wish&, const wish&) = default;
};
/// A sheet, for somebody who holds some of its records.
struct part {
  sheet_head head;
  std::vector<std::uint64_t> tags;   // of all its records, in order
  std::vector<sheet_record> records; // those that were not held, in order
  friend bool operator==(const part&, const part&) = default;
};

using any = std::variant<root, digests, heads, wish, part>;

std::string encode(const any& what);
/// errc::corrupt: not what encode() writes. errc::unsupported_format: a newer version's.
base::result<any> decode_sheet_message(std::string_view bytes);

} // namespace engram::membership::sheet_message
