#include "node/rpc/buffered_stream.hpp"

#include <capnp/serialize.h>
#include <kj/debug.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace engram::node {

using capnp::word;

namespace {

constexpr std::size_t IN_BYTES = 64 * 1024;
constexpr std::size_t OUT_BYTES_HIGH = 256 * 1024; // above it a writer waits for the socket
constexpr std::uint32_t SEGMENTS_MAX = 512;        // as in the standard reader

std::uint32_t read_u32(const kj::byte* from) {
  return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]} << 16 |
         std::uint32_t{from[3]} << 24;
}

void append_u32(kj::Vector<kj::byte>& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.add(static_cast<kj::byte>(value >> shift));
}

} // namespace

buffered_stream::buffered_stream(kj::AsyncIoStream& inner, observer on_end)
    : inner_(inner), on_end_(kj::mv(on_end)), in_(kj::heapArray<kj::byte>(IN_BYTES)),
      flushed_(kj::Promise<void>(kj::READY_NOW).fork()) {}

// -- reading --

void buffered_stream::ended(ending how) {
  if (std::exchange(has_ended_, true)) return;
  on_end_(how);
}

kj::Maybe<std::size_t> buffered_stream::front_words(const capnp::ReaderOptions& options) {
  if (buffered() < sizeof(word)) return nullptr;
  const kj::byte* table = in_.begin() + taken_;
  // In 64 bits: a count of 2^32 - 1 must not wrap to none.
  std::uint64_t segments = std::uint64_t{read_u32(table)} + 1;
  KJ_REQUIRE(segments <= SEGMENTS_MAX, "a message with too many segments");
  std::size_t table_words = static_cast<std::size_t>(segments / 2 + 1);
  if (buffered() < table_words * sizeof(word)) return nullptr;
  std::uint64_t words = 0;
  for (std::uint64_t i = 0; i < segments; ++i) words += read_u32(table + 4 + 4 * i);
  KJ_REQUIRE(words <= options.traversalLimitInWords, "a message above message_bytes_max");
  return table_words + static_cast<std::size_t>(words);
}

kj::Own<capnp::MessageReader> buffered_stream::reader_of(kj::Array<word> words,
                                                         capnp::ReaderOptions options) {
  auto reader = kj::heap<capnp::FlatArrayMessageReader>(words.asPtr(), options);
  return reader.attach(kj::mv(words));
}

kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>>
buffered_stream::tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions options,
                                kj::ArrayPtr<word>) {
  return kj::evalNow([&]() { return fill(options); });
}

kj::Promise<buffered_stream::message> buffered_stream::fill(capnp::ReaderOptions options) {
  kj::Maybe<std::size_t> front;
  KJ_IF_MAYBE (failure, kj::runCatchingExceptions([&]() { front = front_words(options); })) {
    ended(ending::malformed);
    return kj::mv(*failure);
  }
  KJ_IF_MAYBE (count, front) {
    auto words = kj::heapArray<word>(*count);
    std::size_t present = std::min(buffered(), words.asBytes().size());
    std::memcpy(words.begin(), in_.begin() + taken_, present);
    taken_ += present;
    return read_rest(kj::mv(words), present, options);
  }
  if (taken_ > 0) {
    std::memmove(in_.begin(), in_.begin() + taken_, buffered());
    filled_ -= std::exchange(taken_, 0);
  }
  return inner_.tryRead(in_.begin() + filled_, 1, in_.size() - filled_)
      .then([this, options](std::size_t count) -> kj::Promise<message> {
        filled_ += count;
        if (count > 0) return fill(options);
        ended(buffered() == 0 ? ending::clean : ending::cut);
        if (buffered() == 0) return message(nullptr);
        return KJ_EXCEPTION(DISCONNECTED, "the connection ended within a message");
      });
}

kj::Promise<buffered_stream::message> buffered_stream::read_rest(kj::Array<word> words,
                                                                 std::size_t present_bytes,
                                                                 capnp::ReaderOptions options) {
  auto whole = [](kj::Array<word> all, capnp::ReaderOptions limits) {
    return message(capnp::MessageReaderAndFds{reader_of(kj::mv(all), limits), nullptr});
  };
  auto missing = words.asBytes().slice(present_bytes, words.asBytes().size());
  if (missing.size() == 0) return whole(kj::mv(words), options);
  return inner_.tryRead(missing.begin(), missing.size(), missing.size())
      .then([this, whole, options, wanted = missing.size(),
             all = kj::mv(words)](std::size_t count) mutable -> kj::Promise<message> {
        if (count == wanted) return whole(kj::mv(all), options);
        ended(ending::cut);
        return KJ_EXCEPTION(DISCONNECTED, "the connection ended within a message");
      });
}

// -- writing --

void buffered_stream::append(kj::ArrayPtr<const kj::ArrayPtr<const word>> segments) {
  append_u32(out_, static_cast<std::uint32_t>(segments.size() - 1));
  for (auto segment : segments) append_u32(out_, static_cast<std::uint32_t>(segment.size()));
  if (segments.size() % 2 == 0) append_u32(out_, 0);
  for (auto segment : segments) out_.addAll(segment.asBytes());
}

kj::Promise<void>
buffered_stream::writeMessage(kj::ArrayPtr<const int>,
                              kj::ArrayPtr<const kj::ArrayPtr<const word>> segments) {
  append(segments);
  return flush_soon();
}

kj::Promise<void> buffered_stream::writeMessages(
    kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const word>>> messages) {
  for (auto each : messages) append(each);
  return flush_soon();
}

kj::Promise<void> buffered_stream::flush_soon() {
  KJ_IF_MAYBE (failure, write_failure_) {
    return kj::cp(*failure);
  }
  if (!is_flushing_) {
    is_flushing_ = true;
    flushed_ = kj::evalLast([this]() { return flush(); }).fork();
  }
  if (out_.size() < OUT_BYTES_HIGH) return kj::READY_NOW;
  return flushed_.addBranch();
}

kj::Promise<void> buffered_stream::flush() {
  leaving_ = kj::mv(out_);
  out_ = kj::Vector<kj::byte>();
  return inner_.write(leaving_.begin(), leaving_.size())
      .then(
          [this]() -> kj::Promise<void> {
            if (out_.size() > 0) return flush();
            is_flushing_ = false;
            return kj::READY_NOW;
          },
          [this](kj::Exception&& failure) -> kj::Promise<void> {
            write_failure_ = kj::cp(failure);
            return kj::mv(failure);
          });
}

kj::Maybe<int> buffered_stream::getSendBufferSize() {
  int bytes = 0;
  kj::uint length = sizeof bytes;
  auto failure = kj::runCatchingExceptions(
      [&]() { inner_.getsockopt(SOL_SOCKET, SO_SNDBUF, &bytes, &length); });
  if (failure != nullptr || length != sizeof bytes) return nullptr;
  return bytes;
}

kj::Promise<void> buffered_stream::end() {
  return flushed_.addBranch().then([this]() { inner_.shutdownWrite(); });
}

} // namespace engram::node
