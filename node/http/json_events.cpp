// Events and purges as JSON.
#include "base/bytes.hpp"
#include "node/http/json_answers.hpp"
#include "node/http/json_parts.hpp"
#include "node/http/json_requests.hpp"

namespace engram::node {

namespace {

actors::watch_request watch_of(json_reader& from) {
  actors::watch_request out;
  if (auto cursor = base::from_hex(from.text("cursor")))
    out.cursor = *std::move(cursor);
  else
    from.fail(base::errc::invalid_argument, "cursor: wanted what an answer gave");
  out.from_start = from.flag("from_start", false);
  out.kinds = from.texts("kinds");
  out.who = from.texts("who");
  out.tags = from.texts("tags");
  out.limit = from.count("limit", out.limit);
  out.wait = base::duration(from.count("wait_ms", 0));
  return out;
}

} // namespace

base::result<actors::watch_request> read_watch(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  auto out = watch_of(from);
  TRY(from.finish());
  return out;
}

base::result<watch_across_body> read_watch_across(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  watch_across_body out{read_selector(from), watch_of(from)};
  TRY(from.finish());
  return out;
}

base::result<purge_body> read_purge(std::string_view json) {
  using kind = memory::purge_target::kind;
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  const auto person = from.text("person"), source = from.text("source");
  purge_body out;
  out.target = person.empty() ? memory::purge_target{kind::source, source}
                              : memory::purge_target{kind::person, person};
  if (person.empty() == source.empty())
    from.fail(base::errc::invalid_argument, "wanted a person or a source");
  out.how = read_durability(from);
  TRY(from.finish());
  return out;
}

std::string write_events(const actors::watch_reply& reply) {
  auto events = nlohmann::json::array();
  for (const auto& each : reply.events) {
    nlohmann::json out{{"kind", each.kind},
                       {"at", base::format_time(each.at)},
                       {"ids", each.ids},
                       {"measures", measures_json(each.measures)}};
    if (!each.space.empty()) out["space"] = each.space;
    if (!each.detail.empty()) out["detail"] = each.detail;
    if (each.what) out["memory"] = episode_json(*each.what);
    if (each.sequence != 0) {
      out["origin"] = each.origin.value.hex();
      out["sequence"] = each.sequence;
    }
    events.push_back(std::move(out));
  }
  nlohmann::json out{{"events", std::move(events)},
                     {"cursor", base::to_hex(reply.cursor)},
                     {"missed", reply.missed}};
  for (const auto& each : reply.silent)
    out["silent"].push_back({{"name", each.name}, {"why", error_json(each.why)}});
  return dump_json(out);
}

std::string write_certificate(const actors::purge_certificate& made) {
  auto replicas = nlohmann::json::array();
  for (const auto& each : made.replicas) {
    nlohmann::json out{{"store", each.store.value.hex()}, {"confirmed", each.confirmed}};
    if (!each.why.empty()) out["why"] = each.why;
    replicas.push_back(std::move(out));
  }
  return dump_json({{"memories", made.memories},
                    {"complete", made.complete()},
                    {"replicas", std::move(replicas)},
                    {"not_covered", {"backups and copies of data folders", "what clients kept"}},
                    {"at", base::format_time(made.at)}});
}

} // namespace engram::node
