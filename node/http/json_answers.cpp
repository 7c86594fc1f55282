#include "node/http/json_answers.hpp"

#include "base/bytes.hpp"
#include "base/text_fault.hpp"
#include "node/http/json_parts.hpp"
#include "node/version.hpp"

namespace engram::node {

using nlohmann::json;

std::string dump_json(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json episode_json(const memory::episode& from) {
  json out{{"id", from.id}, {"text", from.text}, {"confidence", from.confidence}};
  if (!from.title.empty()) out["title"] = from.title;
  if (!from.speaker.empty()) out["speaker"] = from.speaker;
  if (!from.who.empty()) out["who"] = from.who;
  if (!from.place.empty()) out["place"] = from.place;
  if (!from.session.empty()) out["session"] = from.session;
  if (!from.tags.empty()) out["tags"] = from.tags;
  if (from.when) out["when"] = base::format_time(*from.when);
  if (from.embedding) {
    json values = json::array();
    for (auto each : from.embedding->values) {
      values.push_back(static_cast<float>(each) * from.embedding->scale);
    }
    out["embedding"] = std::move(values);
  }
  if (from.order != 0) out["order"] = from.order;
  return out;
}

json measures_json(const memory::measures& from) {
  json out = json::object();
  for (const auto& [name, value] : from) out[name] = value;
  return out;
}

json error_json(const base::error& why) {
  const auto& row = base::info(why.code);
  json out{{"code", row.name},
           {"title", row.text},
           {"detail", why.context},
           {"certainty", base::to_string(row.certainty)},
           {"advice", base::to_string(row.advice)}};
  if (why.code != base::errc::invalid_query) return out;
  if (const auto fault = base::read_text_fault(why.context)) {
    out["line"] = fault->line;
    out["column"] = fault->column;
    if (!fault->suggestion.empty()) out["suggestion"] = fault->suggestion;
  }
  return out;
}

namespace {

std::string_view durability_name(actors::durability value) {
  switch (value) {
  case actors::durability::quorum:
    return "quorum";
  case actors::durability::local:
    return "local";
  case actors::durability::all:
    return "all";
  }
  return "local";
}

std::string_view state_name(membership::member_state value) {
  switch (value) {
  case membership::member_state::alive:
    return "alive";
  case membership::member_state::suspect:
    return "suspect";
  case membership::member_state::dead:
    return "dead";
  case membership::member_state::left:
    return "left";
  }
  return "suspect";
}

json interval_json(const memory::interval& value) {
  return {{"low", value.low}, {"point", value.point}, {"high", value.high}};
}

json association_json(const memory::association& from) {
  return {{"source", from.source},
          {"target", from.target},
          {"kind", from.kind},
          {"weight", from.weight}};
}

json record_json(const actors::memory_record& from) {
  json out = episode_json(from.what);
  out["stored"] = base::format_time(from.stored_at);
  out["retention"] = from.retention;
  out["access_count"] = from.access_count;
  if (from.suppressed) out["suppressed"] = true;
  if (from.last_access) out["last_access"] = base::format_time(*from.last_access);
  if (!from.associations.empty()) {
    auto& list = out["associations"] = json::array();
    for (const auto& each : from.associations) list.push_back(association_json(each));
  }
  return out;
}

json coverage_json(const actors::coverage& from) {
  json missing = json::array();
  for (const auto& each : from.missing_spaces)
    missing.push_back({{"name", each.name}, {"why", error_json(each.why)}});
  return {{"spaces_asked", from.spaces_asked},
          {"spaces_answered", from.spaces_answered},
          {"replicas_asked", from.replicas_asked},
          {"replicas_answered", from.replicas_answered},
          {"memories", from.memories},
          {"damaged", from.damaged},
          {"stale_ms", from.stale_ms},
          {"lagging", from.lagging},
          {"missing", interval_json(from.missing)},
          {"missing_spaces", std::move(missing)}};
}

json explanation_json(const memory::explanation& from) {
  json out{{"cues", json::array()},
           {"associations", json::array()},
           {"factors", json::object()},
           {"retention", from.retention},
           {"distinctness", from.distinctness}};
  for (const auto& each : from.cues) {
    out["cues"].push_back({{"cue", each.cue},
                           {"first_hand", each.first_hand},
                           {"by_association", each.by_association}});
  }
  for (const auto& each : from.associations) {
    out["associations"].push_back({{"from", each.from},
                                   {"kind", each.kind},
                                   {"detail", each.detail},
                                   {"weight", each.weight},
                                   {"amount", each.amount}});
  }
  for (const auto& [name, value] : from.factors) out["factors"][name] = value;
  return out;
}

json path_json(const std::vector<memory::spread_step>& from) {
  json out = json::array();
  for (const auto& step : from)
    out.push_back(
        {{"from", step.from}, {"to", step.to}, {"kind", step.kind}, {"amount", step.amount}});
  return out;
}

json space_json(const actors::space_info& from) {
  return {{"name", from.spec.name},
          {"identity", from.identity.hex()},
          {"generation", from.generation},
          {"dimension", from.spec.dimension},
          {"language", from.spec.language},
          {"memories", from.memories},
          {"associations", from.associations},
          {"suppressed", from.suppressed},
          {"graves", from.graves},
          {"damaged", from.damaged},
          {"memory_bytes", from.memory_bytes},
          {"parked", from.parked},
          {"state_hash", from.state_hash.hex()}};
}

json spaces_json(const std::vector<actors::space_info>& from) {
  json list = json::array();
  for (const auto& each : from) list.push_back(space_json(each));
  return list;
}

} // namespace

std::string write_receipts(const std::vector<std::string>& ids, const actors::write_reply& reply) {
  json list = json::array();
  for (std::size_t i = 0; i < reply.items.size(); ++i) {
    const auto& item = reply.items[i];
    json receipt = json::object();
    if (i < ids.size()) receipt["id"] = ids[i];
    if (item) {
      receipt["known"] = item->known;
      receipt["stamp"] = std::to_string(item->stamp.value);
      receipt["durability"] = durability_name(item->achieved);
      receipt["copies"] = item->copies;
    } else {
      receipt["error"] = error_json(item.error());
    }
    list.push_back(std::move(receipt));
  }
  return dump_json({{"receipts", std::move(list)}, {"token", base::to_hex(reply.token)}});
}

std::string write_records(const std::vector<actors::memory_record>& records) {
  json list = json::array();
  for (const auto& each : records) list.push_back(record_json(each));
  return dump_json({{"memories", std::move(list)}});
}

std::string write_findings(const actors::query_reply& reply) {
  json list = json::array();
  for (std::size_t i = 0; i < reply.answer.findings.size(); ++i) {
    const auto& found = reply.answer.findings[i];
    json out{{"group", found.group},     {"field", found.field},
             {"value", found.value},     {"confidence", interval_json(found.confidence)},
             {"because", found.because}, {"measures", measures_json(found.measures)}};
    if (!found.source.empty()) out["source"] = found.source;
    if (i < reply.spaces.size()) out["space"] = reply.spaces[i];
    if (i < reply.at_full_coverage.size())
      out["at_full_coverage"] = interval_json(reply.at_full_coverage[i]);
    if (found.what) out["memory"] = episode_json(*found.what);
    if (found.why) out["why"] = explanation_json(*found.why);
    if (!found.path.empty()) out["path"] = path_json(found.path);
    list.push_back(std::move(out));
  }
  return dump_json({{"verb", reply.answer.verb},
                    {"verdict", reply.answer.verdict},
                    {"findings", std::move(list)},
                    {"measures", measures_json(reply.answer.measures)},
                    {"coverage", coverage_json(reply.coverage)},
                    {"token", base::to_hex(reply.token)}});
}

std::string write_recall(const actors::recall_reply& reply) {
  json hits = json::array();
  for (std::size_t i = 0; i < reply.answer.hits.size(); ++i) {
    const auto& hit = reply.answer.hits[i];
    json out{{"id", hit.id},
             {"score", hit.score.to_double()},
             {"activation", hit.activation.to_double()},
             {"confidence", interval_json(hit.confidence)}};
    if (i < reply.spaces.size()) out["space"] = reply.spaces[i];
    if (i < reply.at_full_coverage.size())
      out["at_full_coverage"] = interval_json(reply.at_full_coverage[i]);
    if (i < reply.content.size()) out["memory"] = record_json(reply.content[i]);
    if (hit.why) out["why"] = explanation_json(*hit.why);
    hits.push_back(std::move(out));
  }
  return dump_json({{"hits", std::move(hits)},
                    {"considered", reply.answer.considered},
                    {"coverage", coverage_json(reply.coverage)},
                    {"token", base::to_hex(reply.token)}});
}

std::string write_spread(const actors::spread_reply& reply) {
  json list = json::array();
  for (std::size_t i = 0; i < reply.answer.memories.size(); ++i) {
    const auto& each = reply.answer.memories[i];
    json out{{"id", each.id}, {"activation", each.activation.to_double()}, {"path", json::array()}};
    for (const auto& step : each.best_path) {
      out["path"].push_back(
          {{"from", step.from}, {"to", step.to}, {"kind", step.kind}, {"amount", step.amount}});
    }
    if (i < reply.content.size()) out["memory"] = record_json(reply.content[i]);
    list.push_back(std::move(out));
  }
  return dump_json({{"memories", std::move(list)},
                    {"rounds", reply.answer.rounds},
                    {"coverage", coverage_json(reply.coverage)}});
}

std::string write_space(const actors::space_info& space) { return dump_json(space_json(space)); }

std::string write_spaces(const std::vector<actors::space_info>& spaces) {
  return dump_json({{"spaces", spaces_json(spaces)}});
}

std::string write_status(const actors::node_status& from) {
  return dump_json({{"version", version()},
                    {"store", from.store.hex()},
                    {"cluster", from.cluster.hex()},
                    {"origin", from.origin.hex()},
                    {"uptime_ms", from.uptime.count()},
                    {"ready", from.ready},
                    {"accepting_writes", from.accepting_writes},
                    {"verdict", from.verdict},
                    {"spaces", spaces_json(from.spaces)},
                    {"bytes_on_disk", from.bytes_on_disk},
                    {"bytes_free", from.bytes_free},
                    {"bytes_resident", from.bytes_resident},
                    {"now", base::format_time(from.now)}});
}

std::string write_cluster(const actors::cluster_info& seen) {
  json members = json::array(), spaces = json::array();
  for (const auto& each : seen.members) {
    members.push_back({{"store", each.store.hex()},
                       {"address", each.address},
                       {"state", state_name(each.state)},
                       {"incarnation", each.incarnation},
                       {"asked", each.store == seen.self}});
  }
  for (const auto& each : seen.spaces) {
    json replicas = json::array();
    for (const auto& one : each.replicas) {
      json replica{{"store", one.store.hex()}, {"placed", one.placed}};
      if (one.lag_entries) replica["lag_entries"] = *one.lag_entries;
      if (one.lag_entries) replica["lag_ms"] = one.lag.count();
      replicas.push_back(std::move(replica));
    }
    spaces.push_back({{"name", each.name},
                      {"identity", each.identity.hex()},
                      {"factor", each.factor},
                      {"quorum", each.quorum},
                      {"replicas", std::move(replicas)}});
  }
  return dump_json({{"cluster", seen.cluster.hex()},
                    {"asked", seen.self.hex()},
                    {"verdict", seen.verdict},
                    {"members", std::move(members)},
                    {"spaces", std::move(spaces)}});
}

std::string write_problem(const base::error& why, unsigned status) {
  json problem = error_json(why);
  problem["type"] = "about:blank";
  problem["status"] = status;
  return dump_json(problem);
}

unsigned http_status(base::errc code) {
  using base::errc;
  switch (code) {
  case errc::ok:
    return 200;
  case errc::batch_too_large:
    return 413;
  case errc::unknown_space:
  case errc::unknown_memory:
  case errc::unknown_key:
    return 404;
  case errc::space_exists:
  case errc::conflict:
    return 409;
  case errc::deleted:
    return 410;
  case errc::unauthenticated:
    return 401;
  case errc::forbidden:
    return 403;
  case errc::deadline_exceeded:
    return 504;
  case errc::unimplemented:
    return 501;
  case errc::disk_reserve:
    return 507;
  case errc::space_parked:
    return 503;
  default:
    break;
  }
  auto number = static_cast<unsigned>(code);
  if (number < 200) return 400;
  if (number >= 400 && number < 500) return 503;
  return 500;
}

} // namespace engram::node
