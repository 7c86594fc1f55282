#pragma once
// Cap'n Proto messages over a byte stream, many to a system call: one read fills a buffer, and what
// is written during one turn of the event loop leaves in one write. The bytes are those of the
// standard framing. Owner: one connection; thread: its event loop.
//
// It also knows, as the plain stream does not, how a connection ended: between messages, within one
// (cut), or by bytes that frame no message (malformed).

#include <capnp/serialize-async.h>
#include <kj/async-io.h>
#include <kj/vector.h>

namespace engram::node {

class buffered_stream final : public capnp::MessageStream {
public:
  enum class ending { clean, cut, malformed };
  /// Called at most once, with what ended the incoming side.
  using observer = kj::Function<void(ending)>;

  buffered_stream(kj::AsyncIoStream& inner, observer on_end);
  KJ_DISALLOW_COPY(buffered_stream);

  using MessageStream::tryReadMessage;
  using MessageStream::writeMessage;
  using MessageStream::writeMessages;

  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>>
  tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd> fds, capnp::ReaderOptions options,
                 kj::ArrayPtr<capnp::word> scratch) override;
  kj::Promise<void>
  writeMessage(kj::ArrayPtr<const int> fds,
               kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override;
  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override;
  kj::Maybe<int> getSendBufferSize() override;
  kj::Promise<void> end() override;

private:
  using message = kj::Maybe<capnp::MessageReaderAndFds>;

  std::size_t buffered() const { return filled_ - taken_; }
  /// Words of the message at the front as its header claims; null: the header is not all here.
  kj::Maybe<std::size_t> front_words(const capnp::ReaderOptions& options);
  kj::Promise<message> fill(capnp::ReaderOptions options);
  kj::Promise<message> read_rest(kj::Array<capnp::word> words, std::size_t present_bytes,
                                 capnp::ReaderOptions options);
  static kj::Own<capnp::MessageReader> reader_of(kj::Array<capnp::word> words,
                                                 capnp::ReaderOptions options);
  void ended(ending how);

  void append(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments);
  kj::Promise<void> flush_soon();
  kj::Promise<void> flush();

  kj::AsyncIoStream& inner_;
  observer on_end_;
  bool has_ended_ = false;

  kj::Array<kj::byte> in_;
  std::size_t taken_ = 0, filled_ = 0;

  kj::Vector<kj::byte> out_, leaving_;
  bool is_flushing_ = false;
  kj::ForkedPromise<void> flushed_; // of everything given until then
  kj::Maybe<kj::Exception> write_failure_;
};

} // namespace engram::node
