#include "client/ids.hpp"

#include <kj/time.h>
#include <sys/random.h>

namespace engram::client {

namespace {

constexpr std::size_t SPACE_NAME_MAX = 64;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

base::hash128 system_random() {
  base::hash128 bits;
  std::size_t filled = 0;
  while (filled < sizeof bits) {
    const auto got = getrandom(reinterpret_cast<char*>(&bits) + filled, sizeof bits - filled, 0);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return bits;
}

} // namespace

std::string uuid7(base::instant now, const base::hash128& random_bits) {
  base::hash128 id;
  const auto ms = static_cast<std::uint64_t>(now.ms) & 0xFFFFFFFFFFFFull;
  id.high = (ms << 16) | 0x7000ull | (random_bits.high & 0x0FFFull);
  id.low = (random_bits.low & 0x3FFFFFFFFFFFFFFFull) | 0x8000000000000000ull;
  std::string text = id.hex();
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

std::string draw_id() {
  const auto since = kj::systemPreciseCalendarClock().now() - kj::UNIX_EPOCH;
  return uuid7(base::instant{since / kj::MILLISECONDS}, system_random());
}

bool is_space_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > SPACE_NAME_MAX || !is_lower_or_digit(name[0])) return false;
  for (const char c : name)
    if (!is_lower_or_digit(c) && c != '_' && c != '-') return false;
  return true;
}

base::result<std::string> space_name_of(std::string_view name) {
  if (is_space_name(name)) return std::string{name};
  std::string made;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool allowed = is_lower_or_digit(c) || (!made.empty() && (c == '_' || c == '-'));
    if (allowed)
      made.push_back(c);
    else if (!made.empty() && made.back() != '-')
      made.push_back('-');
  }
  while (!made.empty() && made.back() == '-') made.pop_back();
  if (made.empty())
    return {base::errc::invalid_name, "no space can be named after \"" + std::string{name} + "\""};
  if (made.size() > SPACE_NAME_MAX) {
    const std::string hash = base::hash128{0, base::fast_hash64(name)}.hex().substr(16, 8);
    made = made.substr(0, SPACE_NAME_MAX - 9) + "-" + hash;
  }
  return made;
}

} // namespace engram::client
