#include "node/http/http_server.hpp"

#include <kj/compat/http.h>

#include <algorithm>
#include <string>

namespace engram::node {

namespace {

std::string lower(kj::StringPtr text) {
  std::string out(text.cStr(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Passes everything through and looks at the first line, which KJ does not show: an HTTP/1.0
/// client waits for the end of the connection, not of the message.
class first_line_stream final : public kj::AsyncIoStream {
public:
  explicit first_line_stream(kj::Own<kj::AsyncIoStream> inner) : inner_(kj::mv(inner)) {}
  bool is_http_1_0() const { return is_http_1_0_; }

  kj::Promise<std::size_t> tryRead(void* buffer, std::size_t least, std::size_t most) override {
    return inner_->tryRead(buffer, least, most).then([this, buffer](std::size_t count) {
      look({static_cast<const char*>(buffer), count});
      return count;
    });
  }
  kj::Promise<void> write(const void* buffer, std::size_t size) override {
    return inner_->write(buffer, size);
  }
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override {
    return inner_->write(pieces);
  }
  kj::Promise<void> whenWriteDisconnected() override { return inner_->whenWriteDisconnected(); }
  void shutdownWrite() override { inner_->shutdownWrite(); }
  void abortRead() override { inner_->abortRead(); }

private:
  void look(std::string_view bytes) {
    if (line_ended_) return;
    auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    line_ended_ = end != std::string_view::npos || line_.size() > 16'384;
    if (!line_ended_) return;
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    is_http_1_0_ = line_.ends_with(" HTTP/1.0");
    line_.clear();
  }

  kj::Own<kj::AsyncIoStream> inner_;
  std::string line_;
  bool line_ended_ = false, is_http_1_0_ = false;
};

struct header_names {
  kj::Own<kj::HttpHeaderTable> table;
  kj::HttpHeaderId authorization, retry_after;

  header_names() {
    kj::HttpHeaderTable::Builder builder;
    authorization = builder.add("Authorization");
    retry_after = builder.add("Retry-After");
    table = builder.build();
  }
};

class http_connection final : private kj::HttpService,
                              private kj::HttpServerCallbacks,
                              private kj::HttpServerErrorHandler {
public:
  http_connection(edge& owner, gateway& pages, const header_names& names, kj::Timer& timer,
                  kj::Own<kj::AsyncIoStream> stream)
      : edge_(owner), gateway_(pages), names_(names),
        stream_(kj::heap<first_line_stream>(kj::mv(stream))),
        server_(timer, *names_.table, static_cast<kj::HttpService&>(*this), server_settings()) {}

  kj::Promise<void> serve() {
    return server_.listenHttpCleanDrain(*stream_).then(
        [](bool) {}, [](kj::Exception&&) { /* counted where it arose, or the peer went away */ });
  }

private:
  kj::HttpServerSettings server_settings() {
    kj::HttpServerSettings chosen;
    chosen.headerTimeout = 15 * kj::SECONDS;
    chosen.pipelineTimeout = 30 * kj::SECONDS;
    chosen.errorHandler = *this;
    chosen.callbacks = *this;
    return chosen;
  }

  bool shouldClose() override {
    return wants_close_ || stream_->is_http_1_0() || edge_.is_draining();
  }

  kj::Promise<void> request(kj::HttpMethod method, kj::StringPtr url,
                            const kj::HttpHeaders& headers, kj::AsyncInputStream& body,
                            Response& response) override {
    http_request in;
    in.method = kj::str(method).cStr();
    std::string_view target(url.cStr(), url.size());
    in.path = target.substr(0, target.find('?'));
    in.host = text_of_header(headers, kj::HttpHeaderId::HOST);
    in.authorization = text_of_header(headers, names_.authorization);
    in.content_type = lower_header(headers, kj::HttpHeaderId::CONTENT_TYPE);
    wants_close_ =
        wants_close_ ||
        lower_header(headers, kj::HttpHeaderId::CONNECTION).find("close") != std::string::npos;
    bool is_head = method == kj::HttpMethod::HEAD;

    auto limit = edge_.settings().batch_bytes_max;
    KJ_IF_MAYBE (length, body.tryGetLength()) {
      if (*length > limit) return send(response, too_large(limit), is_head);
    }
    return body.readAllBytes(limit + 1)
        .then(
            [this, in = kj::mv(in)](kj::Array<kj::byte> bytes) mutable {
              in.body.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
              return gateway_.handle(kj::mv(in));
            },
            [this, limit](kj::Exception&& failure) -> kj::Promise<http_response> {
              if (failure.getType() == kj::Exception::Type::DISCONNECTED) return kj::mv(failure);
              wants_close_ = true; // the rest of the body is still on its way
              return too_large(limit);
            })
        .then([this, &response, is_head](http_response out) {
          return send(response, kj::mv(out), is_head);
        });
  }

  http_response too_large(std::uint64_t limit) {
    return gateway_.problem(
        {base::errc::batch_too_large,
         "a body may have " + std::to_string(limit) + " bytes (batch_bytes_max)"});
  }

  kj::Promise<void> send(Response& response, http_response out, bool is_head) {
    kj::HttpHeaders headers(*names_.table);
    headers.set(kj::HttpHeaderId::CONTENT_TYPE, kj::StringPtr(out.content_type.c_str()));
    if (out.status == 503) headers.set(names_.retry_after, "1");
    auto body = kj::heap<std::string>(kj::mv(out.body));
    auto stream = response.send(out.status, reason(out.status), headers, body->size());
    kj::Promise<void> written = is_head ? kj::READY_NOW : stream->write(body->data(), body->size());
    return written.attach(kj::mv(stream), kj::mv(body)).then([this]() {
      if (shouldClose()) hang_up_soon();
    });
  }

  /// KJ announces the end of a connection but waits for the client to make it, and a client of
  /// HTTP/1.0 waits for ours. So: no more bytes from here, once the answer has left.
  void hang_up_soon() {
    hang_up_ = kj::evalLast([this]() { stream_->shutdownWrite(); })
                   .eagerlyEvaluate(
                       [](kj::Exception&&) { /* it is being written, or the client is gone */ });
  }

  kj::Promise<void> handleClientProtocolError(kj::HttpHeaders::ProtocolError,
                                              kj::HttpService::Response& response) override {
    edge_.metrics().bytes_malformed(edge_metrics::port::http, edge_metrics::malformed::protocol);
    auto out = gateway_.problem({base::errc::malformed_message, "this is not HTTP/1.1"});
    return send(response, kj::mv(out), false);
  }

  kj::Promise<void>
  handleApplicationError(kj::Exception failure,
                         kj::Maybe<kj::HttpService::Response&> response) override {
    if (failure.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
    edge_.log().error("node", "an HTTP request failed", {{"why", failure.getDescription().cStr()}});
    KJ_IF_MAYBE (open, response) {
      return send(*open, gateway_.problem({base::errc::internal, "see the node's log"}), false);
    }
    return kj::READY_NOW;
  }

  static std::string text_of_header(const kj::HttpHeaders& headers, kj::HttpHeaderId id) {
    KJ_IF_MAYBE (value, headers.get(id)) {
      return {value->cStr(), value->size()};
    }
    return {};
  }
  static std::string lower_header(const kj::HttpHeaders& headers, kj::HttpHeaderId id) {
    KJ_IF_MAYBE (value, headers.get(id)) {
      return lower(*value);
    }
    return {};
  }

  static kj::StringPtr reason(unsigned status) {
    switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 507:
      return "Insufficient Storage";
    default:
      return status < 500 ? "Bad Request" : "Internal Server Error";
    }
  }

  edge& edge_;
  gateway& gateway_;
  const header_names& names_;
  kj::Own<first_line_stream> stream_;
  bool wants_close_ = false;
  kj::HttpServer server_;
  kj::Promise<void> hang_up_ = kj::READY_NOW;
};

struct shared_parts {
  gateway pages;
  header_names names;
};

} // namespace

listener::speaker http_speaker(edge& owner, kj::Timer& timer, bool on_loopback) {
  auto shared = kj::heap<shared_parts>(shared_parts{gateway(owner, on_loopback), header_names()});
  return [&owner, &timer, shared = kj::mv(shared)](kj::Own<kj::AsyncIoStream> stream) mutable {
    auto connection =
        kj::heap<http_connection>(owner, shared->pages, shared->names, timer, kj::mv(stream));
    auto served = connection->serve();
    return served.attach(kj::mv(connection));
  };
}

} // namespace engram::node
