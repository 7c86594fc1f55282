#include "actors/core/token.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::uint8_t token_format = 1;
constexpr std::size_t row_bytes_max = 26; // origin, and a sequence of at most 10 bytes

void write_hash(base::writer& out, const base::hash128& value) {
  out.u64_be(value.high);
  out.u64_be(value.low);
}

base::hash128 read_hash(base::reader& in) {
  base::hash128 value;
  value.high = in.u64_be();
  value.low = in.u64_be();
  return value;
}

} // namespace

void version_vector::raise(const base::origin_id& origin, std::uint64_t sequence) {
  auto& mine = rows_[origin];
  mine = std::max(mine, sequence);
}

std::uint64_t version_vector::at(const base::origin_id& origin) const {
  const auto found = rows_.find(origin);
  return found == rows_.end() ? 0 : found->second;
}

bool version_vector::covers(const version_vector& other) const {
  return std::all_of(other.rows_.begin(), other.rows_.end(),
                     [&](const auto& row) { return at(row.first) >= row.second; });
}

void version_vector::join(const version_vector& other) {
  for (const auto& [origin, sequence] : other.rows_) raise(origin, sequence);
}

std::string make_token(const base::space_id& space, const version_vector& seen,
                       const base::origin_id& keep, std::size_t bytes_max) {
  base::writer out;
  out.u8(token_format);
  write_hash(out, space.value);
  const auto put = [&](const base::origin_id& origin, std::uint64_t sequence) {
    write_hash(out, origin.value);
    out.var(sequence);
  };
  if (const auto mine = seen.at(keep); mine != 0) put(keep, mine);
  for (const auto& [origin, sequence] : seen.rows()) {
    if (origin == keep || out.size() + row_bytes_max > bytes_max) continue;
    put(origin, sequence);
  }
  return std::move(out).take();
}

base::result<version_vector> read_token(std::string_view token, const base::space_id& space) {
  version_vector seen;
  if (token.empty()) return seen;
  const base::error malformed{base::errc::invalid_argument, "token"};
  if (token.size() > vector_bytes_max) return malformed;
  base::reader in(token);
  if (in.u8() != token_format) return malformed;
  const auto about = base::space_id{read_hash(in)};
  while (!in.at_end() && !in.bad()) {
    const base::origin_id origin{read_hash(in)};
    const auto sequence = in.var();
    if (!in.bad()) seen.raise(origin, sequence);
  }
  if (in.bad()) return malformed;
  return about == space ? seen : version_vector{};
}

std::string join_tokens(std::string_view a, std::string_view b, const base::space_id& space,
                        std::size_t bytes_max) {
  if (a.empty() || a == b) return std::string(b);
  version_vector seen;
  for (const auto token : {a, b})
    if (const auto names = read_token(token, space)) seen.join(*names);
  return make_token(space, seen, {}, bytes_max);
}

} // namespace engram::actors
