#pragma once
// What several of the JSON writers and readers share. Includes the JSON library: only for .cpp.

#include "actors/service/queries.hpp"
#include "actors/service/spaces.hpp"
#include "actors/service/writes.hpp"
#include "node/http/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace engram::node {

/// Ids are a client's bytes: replaced where they are not UTF-8, never thrown over.
std::string dump_json(const nlohmann::json& value);
nlohmann::json episode_json(const memory::episode& from);
nlohmann::json error_json(const base::error& why);
nlohmann::json measures_json(const memory::measures& from);
actors::durability read_durability(json_reader& from);
/// Names, or a prefix, or neither: all.
actors::space_selector read_selector(json_reader& from);

} // namespace engram::node
