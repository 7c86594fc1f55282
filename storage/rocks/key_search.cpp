#include "storage/rocks/key_search.hpp"

#include <algorithm>

namespace engram::storage {
namespace {

/// Zero bytes behind a key sort right behind it: this many let the search tell keys apart that are
/// longer than the ones it started from.
constexpr std::size_t extra_bytes = 4;

std::string padded(std::string key, std::size_t width) {
  key.resize(width, '\0');
  return key;
}

} // namespace

std::optional<std::string> key_plus(std::string key, std::size_t width, std::size_t bit) {
  key = padded(std::move(key), width);
  if (bit / 8 >= width) return std::nullopt;
  unsigned carry = 1u << (bit % 8);
  for (std::size_t at = width - bit / 8; at-- > 0 && carry > 0;) {
    const auto sum = static_cast<unsigned char>(key[at]) + carry;
    key[at] = static_cast<char>(sum & 0xff);
    carry = sum >> 8;
  }
  if (carry > 0) return std::nullopt;
  return key;
}

std::string key_middle(const std::string& low, const std::string& high) {
  std::string sum(low.size() + 1, '\0');
  unsigned carry = 0;
  for (auto at = low.size(); at-- > 0;) {
    const unsigned digit =
        static_cast<unsigned char>(low[at]) + static_cast<unsigned char>(high[at]) + carry;
    sum[at + 1] = static_cast<char>(digit & 0xff);
    carry = digit >> 8;
  }
  sum[0] = static_cast<char>(carry);
  std::string half(low.size(), '\0');
  for (std::size_t at = 0; at < half.size(); ++at) {
    const unsigned pair =
        (static_cast<unsigned char>(sum[at]) & 1u) << 8 | static_cast<unsigned char>(sum[at + 1]);
    half[at] = static_cast<char>(pair >> 1);
  }
  return half;
}

std::optional<std::string> first_readable(const std::string& low, const std::string& last,
                                          const std::function<bool(const std::string&)>& readable) {
  const auto width = std::max(low.size(), last.size()) + extra_bytes;
  auto bad = padded(low, width);
  std::optional<std::string> good;
  for (std::size_t bit = 0; !good; ++bit) {
    auto target = key_plus(padded(low, width), width, bit);
    if (!target || (!last.empty() && *target >= last)) {
      if (last.empty()) return std::nullopt;
      good = padded(last, width); // nothing is read from there on, so nothing can be unreadable
    } else if (readable(*target)) {
      good = std::move(target);
    } else {
      bad = std::move(*target);
    }
  }
  for (;;) {
    auto middle = key_middle(bad, *good);
    if (middle == bad) return good;
    (readable(middle) ? *good : bad) = std::move(middle);
  }
}

} // namespace engram::storage
