// What is said of concepts, as JSON.
#include "node/http/json_answers.hpp"
#include "node/http/json_parts.hpp"

namespace engram::node {

namespace {

using nlohmann::json;

void add_when(json& to, const std::optional<base::instant>& first,
              const std::optional<base::instant>& last) {
  if (first) to["first"] = base::format_time(*first);
  if (last) to["last"] = base::format_time(*last);
}

} // namespace

std::string write_concepts(const actors::concepts_reply& reply) {
  json list = json::array();
  for (const auto& each : reply.concepts) {
    json out{{"name", each.name.hex()},       {"version", each.version.hex()},
             {"strength", each.strength},     {"coherence", each.coherence},
             {"similarity", each.similarity}, {"members", each.members},
             {"citations", each.citations}};
    if (!each.exemplar.empty()) out["exemplar"] = each.exemplar;
    add_when(out, each.first, each.last);
    list.push_back(std::move(out));
  }
  return dump_json({{"concepts", std::move(list)},
                    {"total", reply.total},
                    {"members", reply.members},
                    {"memories", reply.memories},
                    {"coarse", reply.coarse},
                    {"as_of", base::format_time(reply.as_of)},
                    {"content", reply.content.hex()}});
}

std::string write_consolidation(const actors::consolidation_report& made) {
  return dump_json({{"total", made.total},
                    {"members", made.members},
                    {"memories", made.memories},
                    {"changed", made.changed},
                    {"shared", made.shared},
                    {"content", made.content.hex()},
                    {"took_us", made.took_us}});
}

std::string write_knowing(const actors::knowing_reply& reply) {
  json list = json::array();
  for (const auto& each : reply.spaces) {
    json out{{"space", each.space},
             {"match",
              {{"low", each.match.low}, {"point", each.match.point}, {"high", each.match.high}}},
             {"concepts", each.concepts},
             {"members", each.members},
             {"memories", each.memories},
             {"as_of", base::format_time(each.as_of)}};
    add_when(out, each.first, each.last);
    list.push_back(std::move(out));
  }
  return dump_json({{"spaces", std::move(list)},
                    {"spaces_asked", reply.spaces_asked},
                    {"spaces_shared", reply.spaces_shared}});
}

} // namespace engram::node
