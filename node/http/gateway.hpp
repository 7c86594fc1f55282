#pragma once
// What each path of the HTTP port answers: health, metrics, status and the JSON API. Knows nothing
// of connections: a request comes in as values and leaves as values. Thread: one event loop.
//
// A page in somebody's browser may send requests to a port on loopback. So writes must come as
// application/json, which browsers do not send across sites unasked, and a caller without a key
// must name this machine as the host.

#include "node/edge.hpp"

#include <kj/async.h>

namespace engram::node {

struct http_request {
  std::string method, path; // path without its query
  std::string host, authorization, content_type;
  std::string body;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
};

class gateway {
public:
  gateway(edge& owner, bool on_loopback) : edge_(owner), on_loopback_(on_loopback) {}

  kj::Promise<http_response> handle(http_request request);
  http_response problem(const base::error& why);

private:
  kj::Promise<http_response> readiness();
  kj::Promise<http_response> metrics(const http_request& request);
  kj::Promise<http_response> status(const http_request& request);
  kj::Promise<http_response> cluster(const http_request& request);
  kj::Promise<http_response> spaces(http_request request);
  kj::Promise<http_response> recall_across(http_request request);
  kj::Promise<http_response> space_operation(http_request request);
  kj::Promise<http_response> operate(const actors::authority& who, http_request request);
  kj::Promise<http_response> knowing(const http_request& request);
  kj::Promise<http_response> query(const actors::authority& who, http_request request);
  kj::Promise<http_response> query_across(http_request request);
  kj::Promise<http_response> watch_across(http_request request);
  kj::Promise<http_response> write(std::string_view operation, base::space_id space,
                                   const std::string& body);
  kj::Promise<http_response> read(std::string_view operation, base::space_id space,
                                  const std::string& body);
  kj::Promise<base::result<actors::authority>> identify(const http_request& request);
  template <class Work>
  kj::Promise<http_response> admitted(http_request request, Work work);
  template <class Answer>
  auto told(std::string (*wording)(const Answer&));
  http_response text(unsigned code, std::string body);

  edge& edge_;
  bool on_loopback_;
};

/// "/v1/spaces/diary/recall" -> {"diary", "recall"}; empty when it is no such path.
std::pair<std::string_view, std::string_view> split_space_path(std::string_view path);

} // namespace engram::node
