#pragma once
// For property tests of what reads Cap'n Proto messages: a message with some bytes of its content
// changed, behind the segment table, so that pointers, sizes and text go wrong.

#include "base/random.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>

namespace engram {

inline constexpr std::uint64_t DAMAGED_WORDS_MAX = 4'096; // that a reader may follow

/// Calls each of `read` with a reader of the damaged message of its own. True: the first found
/// nothing amiss; otherwise, and often where another type is read, KJ says that it is no message.
template <class... Read>
bool read_damaged(capnp::MessageBuilder& message, base::random& random, Read... read) {
  auto words = capnp::messageToFlatArray(message);
  auto bytes = words.asBytes();
  for (auto left = random.below(5); left > 0 && bytes.size() > 8; --left)
    bytes[8 + random.below(bytes.size() - 8)] ^= static_cast<unsigned char>(1u << random.below(8));
  capnp::ReaderOptions options;
  options.traversalLimitInWords = DAMAGED_WORDS_MAX;
  options.nestingLimit = 32;
  const auto attempt = [&](const auto& one) {
    try {
      capnp::FlatArrayMessageReader reader(words, options);
      one(reader);
      return true;
    } catch (const kj::Exception&) {
      return false;
    }
  };
  const bool whole[] = {attempt(read)...};
  return whole[0];
}

} // namespace engram
