#pragma once
// Bounds on what a client may give, checked once, at acceptance. Each member is named as its key in
// the configuration, and an error that a bound causes names it. They never reject what a log
// already holds.

#include <cstdint>

namespace engram::memory {

struct limits {
  std::uint32_t text_bytes_max = 64 * 1024;
  std::uint32_t field_bytes_max = 1024; // title, speaker, place, session, each person, each tag
  std::uint32_t id_bytes_max = 256;
  std::uint32_t who_max = 64;
  std::uint32_t tags_max = 64;
  std::uint32_t access_keys_max = 1000; // memories that one recall reinforces
  std::uint32_t purge_keys_max = 4096;  // memories of one purge entry
};

/// 9999-12-31T23:59:59.999Z and the same distance into the past: differences fit 64 bits.
inline constexpr std::int64_t when_ms_max = 253'402'300'799'999;

} // namespace engram::memory
