#pragma once
// Version vectors of a space and the causal tokens made of them. A token is opaque to its holder:
// which entries a session has seen, per (space, origin). Pure values.

#include "base/id.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace engram::actors {

/// Highest sequence of each origin such that it and everything before is applied.
class version_vector {
public:
  void raise(const base::origin_id& origin, std::uint64_t sequence);
  std::uint64_t at(const base::origin_id& origin) const;
  bool covers(const version_vector& other) const;
  void join(const version_vector& other);
  bool empty() const noexcept { return rows_.empty(); }
  const std::map<base::origin_id, std::uint64_t>& rows() const noexcept { return rows_; }
  friend bool operator==(const version_vector&, const version_vector&) = default;

private:
  std::map<base::origin_id, std::uint64_t> rows_;
};

inline constexpr std::size_t token_bytes_max = 4096;     // of a client's
inline constexpr std::size_t vector_bytes_max = 1 << 20; // of those that only members see

/// Rows beyond `bytes_max` are left out, those of `keep` last.
std::string make_token(const base::space_id& space, const version_vector& seen,
                       const base::origin_id& keep, std::size_t bytes_max = token_bytes_max);
/// What the token says of this space; nothing when it speaks of another. errc::invalid_argument:
/// not a token, or longer than a member's.
base::result<version_vector> read_token(std::string_view token, const base::space_id& space);
/// What covers both, as far as it fits. Of one that cannot be read nothing is taken.
std::string join_tokens(std::string_view a, std::string_view b, const base::space_id& space,
                        std::size_t bytes_max = token_bytes_max);

} // namespace engram::actors
