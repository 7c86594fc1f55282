#pragma once
// What a node keeps about the cluster beside its store: an incarnation it may use up to, and the
// members it knew, so that it finds them again without seeds. Losing the file costs nothing but
// time: others tell both. Pure functions over bytes, and the two that touch the disk.

#include "base/result.hpp"
#include "membership/swim/member_record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engram::node {

struct member_image {
  base::hash128 cluster;
  base::store_id self;
  std::uint64_t incarnation_max = 0; // of those this store may have used
  std::vector<membership::member_record> members;
  friend bool operator==(const member_image&, const member_image&) = default;
};

std::string encode(const member_image& image);
/// errc::corrupt, errc::unsupported_format.
base::result<member_image> decode_members(std::string_view bytes);

/// Nothing when there is no file. errc::read_failed, or what decode_members says.
base::result<std::optional<member_image>> load_members(const std::string& path);
/// Durable when it returns; a crash leaves the old or the new. errc::write_failed.
base::result<void> save_members(const std::string& path, const member_image& image);

} // namespace engram::node
