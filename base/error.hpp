#pragma once
// The one flat table of everything that can be expected to go wrong. A code never changes its
// number or meaning; a retired one leaves a tombstone. Each code carries two facts that clients act
// on: whether the operation certainly did not happen, and what to do next.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace engram::base {

/// definite: the operation did not take effect. indefinite: it may have; a retry with the same
/// operation id is safe.
enum class certainty : std::uint8_t { definite = 0, indefinite = 1 };

/// What a client does next.
enum class advice : std::uint8_t { give_up = 0, retry_later = 1, reconnect = 2, use_other = 3 };

/// Persisted and sent: do not change the values.
enum class errc : std::uint16_t {
  ok = 0,
  // 1xx: the request itself
  invalid_argument = 100,
  invalid_name = 101,
  invalid_utf8 = 102,
  empty_text = 103,
  text_too_long = 104,
  field_too_long = 105,
  wrong_dimension = 106,
  not_finite = 107,
  invalid_time = 108,
  empty_cue = 109,
  batch_too_large = 110,
  malformed_message = 111,
  invalid_query = 112,
  // 2xx: the state of the memory
  unknown_space = 200,
  space_exists = 201,
  unknown_memory = 202,
  conflict = 203,
  deleted = 204,
  unknown_key = 205,
  space_parked = 206,
  damaged = 207,
  // 3xx: who may
  unauthenticated = 300,
  forbidden = 301,
  insecure_binding = 302,
  // 4xx: load and lifecycle
  overloaded = 400,
  deadline_exceeded = 401,
  shutting_down = 402,
  unavailable = 403,
  too_few_replicas = 404,
  clock_skew = 405,
  // 5xx: disk
  disk_reserve = 500,
  write_failed = 501,
  read_failed = 502,
  data_in_use = 503,
  corrupt = 504,
  unsupported_format = 505,
  origin_forked = 506,
  duplicate_store = 507,
  // 6xx: peers and transport
  disconnected = 600,
  timed_out = 601,
  incompatible = 602,
  // 9xx
  internal = 900,
  unimplemented = 901,
};

struct error_info {
  errc code;
  std::string_view name; // stable, snake_case; equals the enumerator
  std::string_view text; // one sentence for a person
  engram::base::certainty certainty;
  engram::base::advice advice;
};

/// The row of `code`; an unknown number yields the row of errc::internal.
const error_info& info(errc code) noexcept;

/// All rows, ascending by code.
std::span<const error_info> error_table() noexcept;

std::string_view to_string(certainty value) noexcept;
std::string_view to_string(advice value) noexcept;

/// A value: code plus what it was about. Context is appended on the way out, never replaced.
struct error {
  errc code = errc::internal;
  std::string context;

  engram::base::certainty certainty() const noexcept { return info(code).certainty; }
  engram::base::advice advice() const noexcept { return info(code).advice; }
  /// "unknown_space: no space of that name (space=foo)"
  std::string message() const;

  friend bool operator==(const error&, const error&) = default;
};

} // namespace engram::base
