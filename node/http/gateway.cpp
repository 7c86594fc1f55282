#include "node/http/gateway.hpp"

#include "actors/core/statement.hpp"
#include "actors/service/cluster.hpp"
#include "actors/service/concepts.hpp"
#include "actors/service/keys.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/reads.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/spaces.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"
#include "node/config/address.hpp"
#include "node/http/json_answers.hpp"
#include "node/http/json_requests.hpp"
#include "node/rpc/bridge.hpp"
#include "node/system_entropy.hpp"

#include <kj/debug.h>

#include <algorithm>

namespace engram::node {

using actors::scope;
using base::errc;
using response = kj::Promise<http_response>;

namespace {

constexpr std::string_view SPACES = "/v1/spaces";
constexpr std::string_view RECALL = "/v1/recall";
constexpr std::string_view KNOWING = "/v1/knowing";
constexpr std::string_view QUERY = "/v1/query";
constexpr std::string_view EVENTS = "/v1/events";
constexpr std::string_view BEARER = "Bearer ";

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type == "application/json";
}

bool names_this_machine(const std::string& host) {
  auto with_port = parse_address(host);
  if (with_port) return with_port->is_loopback();
  auto without = parse_address(host + ":80");
  return without && without->is_loopback();
}

template <class T>
std::vector<std::string> ids_of(const std::vector<T>& items, std::string T::*member) {
  std::vector<std::string> ids;
  ids.reserve(items.size());
  for (const auto& each : items) ids.push_back(each.*member);
  return ids;
}

http_response json(std::string body) { return {200, "application/json", std::move(body)}; }

base::error wrong_method(std::string_view wanted) {
  return {errc::invalid_argument, "this path wants " + std::string(wanted)};
}

} // namespace

std::pair<std::string_view, std::string_view> split_space_path(std::string_view path) {
  if (!path.starts_with(SPACES)) return {};
  path.remove_prefix(SPACES.size());
  if (path.empty() || path.front() != '/') return {};
  path.remove_prefix(1);
  auto slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

http_response gateway::problem(const base::error& why) {
  edge_.metrics().refused(why.code);
  auto status = http_status(why.code);
  return {status, "application/problem+json", write_problem(why, status)};
}

http_response gateway::text(unsigned code, std::string body) {
  return {code, "text/plain; charset=utf-8", std::move(body)};
}

response gateway::handle(http_request request) {
  const auto& path = request.path;
  bool is_post = request.method == "POST";
  if (is_post && !is_json(request.content_type)) {
    auto refused = problem({errc::invalid_argument, "Content-Type: wanted application/json"});
    refused.status = 415;
    return refused;
  }
  if (path == SPACES) return spaces(std::move(request));
  if (path == RECALL && is_post) return recall_across(std::move(request));
  if (path == KNOWING && is_post) return knowing(request);
  if (path == QUERY && is_post) return query_across(std::move(request));
  if (path == EVENTS && is_post) return watch_across(std::move(request));
  if (!split_space_path(path).first.empty()) {
    if (is_post) return space_operation(std::move(request));
    auto refused = problem(wrong_method("POST"));
    refused.status = 405;
    return refused;
  }
  const bool wants_post = path == RECALL || path == KNOWING || path == QUERY || path == EVENTS;
  if (wants_post || (request.method != "GET" && request.method != "HEAD")) {
    auto refused = problem(wrong_method(wants_post ? "POST" : "GET"));
    refused.status = 405;
    return refused;
  }
  if (path == "/livez") return text(200, "alive\n");
  if (path == "/readyz") return readiness();
  if (path == "/metrics") return metrics(request);
  if (path == "/status") return status(request);
  if (path == "/cluster") return cluster(request);
  auto refused = problem({errc::invalid_argument, "no such path; see docs/http.md"});
  refused.status = 404;
  return refused;
}

kj::Promise<base::result<actors::authority>> gateway::identify(const http_request& request) {
  using who = base::result<actors::authority>;
  std::string_view given = request.authorization;
  if (given.starts_with(BEARER)) {
    return ask<actors::authority>([&](auto reply) {
      edge_.service().keys.authenticate(std::string(given.substr(BEARER.size())), std::move(reply));
    });
  }
  if (!given.empty())
    return who(base::error{errc::unauthenticated, "wanted Authorization: Bearer KEY"});
  if (!names_this_machine(request.host)) {
    return who(base::error{errc::unauthenticated, "without a key the host must be this machine"});
  }
  return edge_.anonymous();
}

/// What takes one of the places for requests: `work` answers whoever asks while it is held.
template <class Work>
response gateway::admitted(http_request request, Work work) {
  auto slot = edge_.enter();
  if (!slot) return problem(slot.error());
  auto identified = identify(request);
  return identified.then(
      [request = std::move(request), work = std::move(work), this,
       held = *std::move(slot)](base::result<actors::authority> who) mutable -> response {
        if (!who) return problem(who.error());
        return work(*who, std::move(request)).attach(std::move(held));
      });
}

template <class Answer>
auto gateway::told(std::string (*wording)(const Answer&)) {
  return [this, wording](base::result<Answer> got) {
    return got ? json(wording(*got)) : problem(got.error());
  };
}

// -- the node --

response gateway::readiness() {
  if (edge_.is_draining()) return text(503, "stopping\n");
  return ask<actors::node_status>(
             [&](auto reply) { edge_.service().cluster.status(std::move(reply)); })
      .then([this](base::result<actors::node_status> now) {
        if (!now) return text(503, now.error().message() + "\n");
        return text(now->ready ? 200 : 503, now->verdict + "\n");
      });
}

response gateway::metrics(const http_request& request) {
  auto render = [this] {
    return http_response{200, "text/plain; version=0.0.4; charset=utf-8",
                         edge_.registry().render()};
  };
  if (on_loopback_) return render();
  return identify(request).then([this, render](base::result<actors::authority> who) {
    return who ? render() : problem(who.error());
  });
}

response gateway::status(const http_request& request) {
  return identify(request).then([this](base::result<actors::authority> who) -> response {
    if (!who) return problem(who.error());
    return ask<actors::node_status>(
               [&](auto reply) { edge_.service().cluster.status(std::move(reply)); })
        .then([this, who = *who](base::result<actors::node_status> now) {
          if (!now) return problem(now.error());
          std::erase_if(now->spaces,
                        [&](const auto& each) { return !edge::covers(who, each.spec.name); });
          return json(write_status(*now));
        });
  });
}

response gateway::cluster(const http_request& request) {
  return identify(request).then([this](base::result<actors::authority> who) -> response {
    if (!who) return problem(who.error());
    if (auto may = edge_.check_everywhere(*who, scope::admin); !may) return problem(may.error());
    return ask<actors::cluster_info>(
               [&](auto reply) { edge_.service().cluster.cluster(std::move(reply)); })
        .then(told(&write_cluster));
  });
}

// -- spaces --

response gateway::spaces(http_request request) {
  bool is_post = request.method == "POST";
  if (!is_post && request.method != "GET") {
    auto refused = problem(wrong_method("GET or POST"));
    refused.status = 405;
    return refused;
  }
  auto identified = identify(request);
  return identified.then([this, is_post, body = std::move(request.body)](
                             base::result<actors::authority> who) -> response {
    if (!who) return problem(who.error());
    if (!is_post) {
      return ask<std::vector<actors::space_info>>(
                 [&](auto reply) { edge_.service().spaces.list_spaces(std::move(reply)); })
          .then([this, who = *who](base::result<std::vector<actors::space_info>> all) {
            if (!all) return problem(all.error());
            std::erase_if(*all,
                          [&](const auto& each) { return !edge::covers(who, each.spec.name); });
            return json(write_spaces(*all));
          });
    }
    auto spec = read_space(body);
    if (!spec) return problem(spec.error());
    if (auto may = edge_.check(*who, scope::write, spec->name); !may) return problem(may.error());
    return ask<actors::space_info>([&](auto reply) {
             edge_.service().spaces.create_space(*std::move(spec), std::move(reply));
           })
        .then(told(&write_space));
  });
}

response gateway::recall_across(http_request request) {
  return admitted(std::move(request),
                  [this](const actors::authority& who, const http_request& one) -> response {
                    auto asked = read_recall_across(one.body);
                    if (!asked) return problem(asked.error());
                    if (auto may = edge_.check(who, asked->where); !may)
                      return problem(may.error());
                    return ask<actors::recall_reply>([&](auto reply) {
                             edge_.service().recalls.recall_across(
                                 std::move(asked->where), who.spec.spaces,
                                 std::move(asked->request), std::move(reply));
                           })
                        .then(told(&write_recall));
                  });
}

response gateway::space_operation(http_request request) {
  return admitted(std::move(request), [this](const actors::authority& who, http_request one) {
    return operate(who, std::move(one));
  });
}

response gateway::operate(const actors::authority& who, http_request request) {
  auto [name, operation] = split_space_path(request.path);
  bool is_write = operation == "remember" || operation == "forget" || operation == "associate";
  bool is_read = operation == "recall" || operation == "get" || operation == "spread" ||
                 operation == "concepts" || operation == "events";
  // What these need follows from the statement.
  bool is_query = operation == "query" || operation == "revise";
  bool is_purge = operation == "purge";
  bool is_work = operation == "consolidate" || is_purge;
  if (!is_write && !is_read && !is_work && !is_query) {
    auto refused = problem({errc::invalid_argument, "no such operation on a space"});
    refused.status = 404;
    return refused;
  }
  const auto needed = is_purge ? scope::admin : is_read || is_query ? scope::read : scope::write;
  auto may = edge_.check(who, needed, name);
  if (!may) return problem(may.error());
  if (is_query) return query(who, std::move(request));
  return ask<actors::space_info>([&](auto reply) {
           edge_.service().spaces.resolve(std::string(name), std::move(reply));
         })
      .then([this, is_write, request = std::move(request)](
                base::result<actors::space_info> found) mutable -> response {
        if (!found) return problem(found.error());
        auto what = split_space_path(request.path).second;
        return is_write ? write(what, found->identity, request.body)
                        : read(what, found->identity, request.body);
      });
}

response gateway::write(std::string_view operation, base::space_id space, const std::string& body) {
  std::vector<std::string> ids;
  kj::Maybe<kj::Promise<base::result<actors::write_reply>>> asked;
  const auto& service = edge_.service();
  auto most = edge_.settings().batch_items_max;
  auto fits = [&](std::size_t items) { return items <= most; };
  base::error too_many{errc::batch_too_large, "batch_items_max is " + std::to_string(most)};

  if (operation == "remember") {
    auto read =
        read_remember(body, [this] { return uuid_v7(edge_.clock().wall(), edge_.entropy()); });
    if (!read) return problem(read.error());
    if (!fits(read->episodes.size())) return problem(too_many);
    ids = ids_of(read->episodes, &memory::episode::id);
    asked = ask<actors::write_reply>([&](auto reply) {
      service.writes.remember(space, std::move(read->episodes), read->how, std::move(reply));
    });
  } else if (operation == "associate") {
    auto read = read_associate(body);
    if (!read) return problem(read.error());
    if (!fits(read->associations.size())) return problem(too_many);
    ids = ids_of(read->associations, &memory::association::source);
    asked = ask<actors::write_reply>([&](auto reply) {
      service.writes.associate(space, std::move(read->associations), read->how, std::move(reply));
    });
  } else {
    auto read = read_forget(body);
    if (!read) return problem(read.error());
    if (!fits(read->ids.size())) return problem(too_many);
    ids = read->ids;
    asked = ask<actors::write_reply>([&](auto reply) {
      service.writes.forget(space, std::move(read->ids), read->mode, read->how, std::move(reply));
    });
  }
  return KJ_ASSERT_NONNULL(kj::mv(asked))
      .then([this, ids = std::move(ids)](base::result<actors::write_reply> got) {
        if (!got) return problem(got.error());
        for (const auto& item : got->items) {
          if (!item) edge_.metrics().refused(item.error().code);
        }
        return json(write_receipts(ids, *got));
      });
}

response gateway::read(std::string_view operation, base::space_id space, const std::string& body) {
  const auto& service = edge_.service();
  if (operation == "recall") {
    auto request = read_recall(body);
    if (!request) return problem(request.error());
    return ask<actors::recall_reply>([&](auto reply) {
             service.recalls.recall(space, *std::move(request), std::move(reply));
           })
        .then(told(&write_recall));
  }
  if (operation == "spread") {
    auto request = read_spread(body);
    if (!request) return problem(request.error());
    return ask<actors::spread_reply>([&](auto reply) {
             service.recalls.spread(space, *std::move(request), std::move(reply));
           })
        .then(told(&write_spread));
  }
  if (operation == "concepts") {
    auto request = read_concepts(body);
    if (!request) return problem(request.error());
    return ask<actors::concepts_reply>([&](auto reply) {
             service.concepts.concepts(space, *std::move(request), std::move(reply));
           })
        .then(told(&write_concepts));
  }
  if (operation == "consolidate")
    return ask<actors::consolidation_report>(
               [&](auto reply) { service.concepts.consolidate(space, std::move(reply)); })
        .then(told(&write_consolidation));
  if (operation == "events") {
    auto request = read_watch(body);
    if (!request) return problem(request.error());
    return ask<actors::watch_reply>([&](auto reply) {
             service.watches.watch(space, *std::move(request), std::move(reply));
           })
        .then(told(&write_events));
  }
  if (operation == "purge") {
    auto request = read_purge(body);
    if (!request) return problem(request.error());
    return ask<actors::purge_certificate>([&](auto reply) {
             service.writes.purge(space, std::move(request->target), request->how,
                                  std::move(reply));
           })
        .then(told(&write_certificate));
  }
  auto request = read_get(body);
  if (!request) return problem(request.error());
  if (request->ids.size() > edge_.settings().batch_items_max) {
    return problem({errc::batch_too_large, std::to_string(request->ids.size()) + " ids"});
  }
  return ask<std::vector<actors::memory_record>>([&](auto reply) {
           service.reads.get(space, std::move(request->ids), std::move(request->read),
                             std::move(reply));
         })
      .then(told(&write_records));
}

response gateway::query(const actors::authority& who, http_request request) {
  auto [space, operation] = split_space_path(request.path);
  auto asked = operation == "revise" ? read_revise(request.body) : read_query(request.body);
  if (!asked) return problem(asked.error());
  std::string name(space);
  if (actors::needs_write(asked->text))
    if (auto may = edge_.check(who, scope::write, name); !may) return problem(may.error());
  return ask<actors::space_info>(
             [&](auto reply) { edge_.service().spaces.resolve(std::move(name), std::move(reply)); })
      .then([this, asked = *std::move(asked)](
                base::result<actors::space_info> found) mutable -> response {
        if (!found) return problem(found.error());
        return ask<actors::query_reply>([&](auto reply) {
                 edge_.service().queries.query(found->identity, std::move(asked), std::move(reply));
               })
            .then(told(&write_findings));
      });
}

response gateway::query_across(http_request request) {
  return admitted(std::move(request),
                  [this](const actors::authority& who, const http_request& one) -> response {
                    auto asked = read_query_across(one.body);
                    if (!asked) return problem(asked.error());
                    auto may = edge_.check(who, asked->where);
                    if (may && actors::needs_write(asked->request.text))
                      may = edge_.check(who, scope::write, {});
                    if (!may) return problem(may.error());
                    return ask<actors::query_reply>([&](auto reply) {
                             edge_.service().queries.query_across(
                                 std::move(asked->where), who.spec.spaces,
                                 std::move(asked->request), std::move(reply));
                           })
                        .then(told(&write_findings));
                  });
}

response gateway::watch_across(http_request request) {
  return admitted(std::move(request),
                  [this](const actors::authority& who, const http_request& one) -> response {
                    auto asked = read_watch_across(one.body);
                    if (!asked) return problem(asked.error());
                    if (auto may = edge_.check(who, asked->where); !may)
                      return problem(may.error());
                    return ask<actors::watch_reply>([&](auto reply) {
                             edge_.service().watches.watch_across(
                                 std::move(asked->where), who.spec.spaces,
                                 std::move(asked->request), std::move(reply));
                           })
                        .then(told(&write_events));
                  });
}

response gateway::knowing(const http_request& request) {
  auto asked = read_knowing(request.body);
  if (!asked) return problem(asked.error());
  return identify(request).then([this, asked = *std::move(asked)](
                                    base::result<actors::authority> who) mutable -> response {
    if (!who) return problem(who.error());
    if (auto may = edge_.check(*who, scope::read, {}); !may) return problem(may.error());
    for (const auto& name : asked.where.names)
      if (auto may = edge_.check(*who, scope::read, name); !may) return problem(may.error());
    return ask<actors::knowing_reply>([&](auto reply) {
             edge_.service().concepts.knowing(std::move(asked.where), who->spec.spaces,
                                              std::move(asked.cue), asked.limit, std::move(reply));
           })
        .then(told(&write_knowing));
  });
}

} // namespace engram::node
