#include "node/http/json_requests.hpp"

#include "actors/core/statement.hpp"
#include "base/bytes.hpp"
#include "node/http/json_parts.hpp"

namespace engram::node {

actors::durability read_durability(json_reader& from) {
  auto word = from.text("durability");
  if (word.empty() || word == "quorum") return actors::durability::quorum;
  if (word == "local") return actors::durability::local;
  if (word == "all") return actors::durability::all;
  from.fail(base::errc::invalid_argument, "durability: wanted quorum, local or all");
  return actors::durability::quorum;
}

namespace {

memory::forget_mode read_mode(json_reader& from) {
  auto word = from.text("mode");
  if (word.empty() || word == "suppress") return memory::forget_mode::suppress;
  if (word == "restore") return memory::forget_mode::restore;
  if (word == "delete") return memory::forget_mode::erase;
  from.fail(base::errc::invalid_argument, "mode: wanted suppress, restore or delete");
  return memory::forget_mode::suppress;
}

actors::read_options read_options_of(json_reader& from) {
  actors::read_options options;
  auto token = base::from_hex(from.text("token"));
  if (!token) from.fail(base::errc::invalid_argument, "token: wanted what a write returned");
  options.token = token.value_or("");
  options.deadline = base::duration(from.count("deadline_ms", 0));
  options.strict = from.flag("strict", false);
  if (const auto level = from.text("read"); level == "quorum")
    options.level = actors::read_level::quorum;
  else if (!level.empty() && level != "any")
    from.fail(base::errc::invalid_argument, "read: wanted any or quorum");
  return options;
}

memory::episode read_episode(json_reader& from, const std::function<std::string()>& new_id) {
  memory::episode what;
  what.id = from.text("id");
  if (!from.has("id")) what.id = new_id();
  what.text = from.text("text");
  what.title = from.text("title");
  what.speaker = from.text("speaker");
  what.who = from.texts("who");
  what.place = from.text("place");
  what.session = from.text("session");
  what.tags = from.texts("tags");
  what.when = from.time("when");
  what.embedding = from.vector("embedding");
  what.confidence = from.number("confidence", what.confidence);
  what.order = from.integer("order", 0);
  return what;
}

memory::association read_association(json_reader& from) {
  memory::association what;
  what.source = from.text("source");
  what.target = from.text("target");
  what.kind = from.text("kind");
  what.weight = from.number("weight", what.weight);
  return what;
}

memory::cue read_cue(json_reader& from) {
  memory::cue cue;
  cue.text = from.text("text");
  cue.vector = from.vector("vector");
  cue.from = from.time("after");
  cue.until = from.time("before");
  cue.place = from.text("place");
  cue.who = from.texts("who");
  cue.tags = from.texts("tags");
  cue.tags_excluded = from.texts("tags_excluded");
  cue.like = from.texts("like");
  return cue;
}

/// Every element of the list `name` through `read`.
template <class T, class Read>
base::result<std::vector<T>> read_list(json_reader& from, const char* name, Read read) {
  const auto* list = from.raw(name);
  if (!list || !list->is_array()) {
    return base::error{base::errc::invalid_argument, std::string(name) + ": wanted a list"};
  }
  std::vector<T> all;
  all.reserve(list->size());
  for (const auto& each : *list) {
    json_reader element(each, std::string(name) + "[" + std::to_string(all.size()) + "]");
    all.push_back(read(element));
    TRY(element.finish());
  }
  return all;
}

} // namespace

base::result<remember_body> read_remember(std::string_view json,
                                          const std::function<std::string()>& new_id) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  remember_body body;
  TRY_ASSIGN(body.episodes, read_list<memory::episode>(from, "memories", [&](json_reader& each) {
               return read_episode(each, new_id);
             }));
  body.how = read_durability(from);
  TRY(from.finish());
  return body;
}

base::result<associate_body> read_associate(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  associate_body body;
  TRY_ASSIGN(body.associations,
             read_list<memory::association>(from, "associations", read_association));
  body.how = read_durability(from);
  TRY(from.finish());
  return body;
}

base::result<forget_body> read_forget(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  forget_body body;
  body.ids = from.texts("ids");
  body.mode = read_mode(from);
  body.how = read_durability(from);
  TRY(from.finish());
  return body;
}

base::result<get_body> read_get(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  get_body body{from.texts("ids"), read_options_of(from)};
  TRY(from.finish());
  return body;
}

namespace {

actors::recall_request recall_of(json_reader& from) {
  actors::recall_request request;
  auto& query = request.query;
  query.cue = read_cue(from);
  query.limit = from.count("limit", query.limit);
  query.spread = from.flag("spread", true);
  query.explain = from.flag("explain", false);
  query.confidence_min = from.number("confidence_min", 0);
  query.now = from.time("now").value_or(base::instant{});
  for (auto& id : from.texts("primed_by")) query.primes.push_back({std::move(id), query.now});
  request.reinforce = from.flag("reinforce", false);
  request.with_content = from.flag("content", true);
  request.read = read_options_of(from);
  return request;
}

} // namespace

base::result<actors::recall_request> read_recall(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  auto request = recall_of(from);
  TRY(from.finish());
  return request;
}

actors::space_selector read_selector(json_reader& from) {
  actors::space_selector where;
  const bool is_named = from.has("spaces");
  where.names = from.texts("spaces");
  where.prefix = from.text("prefix");
  if (is_named && (where.names.empty() || !where.prefix.empty()))
    from.fail(base::errc::invalid_argument, "spaces: wanted names, or a prefix, or neither");
  return where;
}

namespace {

/// All elements of a list, if they are of one kind.
template <class T>
std::optional<std::vector<T>> list_of(const nlohmann::json& value,
                                      bool (nlohmann::json::*is)() const noexcept) {
  std::vector<T> out;
  for (const auto& each : value) {
    if (!(each.*is)()) return std::nullopt;
    out.push_back(each.get<T>());
  }
  return out;
}

std::optional<memory::parameter_value> parameter_of(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.get<double>();
  if (!value.is_array() || value.empty()) return std::nullopt;
  if (auto numbers = list_of<double>(value, &nlohmann::json::is_number)) return *std::move(numbers);
  if (auto texts = list_of<std::string>(value, &nlohmann::json::is_string))
    return *std::move(texts);
  return std::nullopt;
}

actors::query_request query_of(json_reader& from) {
  actors::query_request request;
  request.text = from.text("query");
  if (const auto* given = from.raw("parameters"); given && given->is_object()) {
    for (const auto& [name, value] : given->items()) {
      auto read = parameter_of(value);
      if (!read)
        from.fail(base::errc::invalid_argument,
                  "parameters." + name + ": wanted a text, a number, or a list of either");
      else
        request.parameters.emplace(name, *std::move(read));
    }
  } else if (given) {
    from.fail(base::errc::invalid_argument, "parameters: wanted an object");
  }
  request.now = from.time("now").value_or(base::instant{});
  request.reinforce = from.flag("reinforce", false);
  request.read = read_options_of(from);
  return request;
}

} // namespace

base::result<actors::query_request> read_query(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  auto request = query_of(from);
  TRY(from.finish());
  return request;
}

/// As a statement whose parameters are what was given.
base::result<actors::query_request> read_revise(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  memory::query_parameters given;
  for (const char* name : {"of", "text", "title", "speaker", "who", "place", "session", "when",
                           "tags", "as", "embedding", "sure"}) {
    const auto* value = from.raw(name);
    if (value == nullptr) continue;
    if (auto read = parameter_of(*value))
      given.emplace(name, *std::move(read));
    else
      from.fail(base::errc::invalid_argument, name);
  }
  const auto now = from.time("now").value_or(base::instant{});
  const auto read = read_options_of(from);
  TRY(from.finish());
  TRY_ASSIGN(auto request, actors::revise_request(std::move(given)));
  request.now = now;
  request.read = read;
  return request;
}

base::result<query_across_body> read_query_across(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  query_across_body body{read_selector(from), query_of(from)};
  TRY(from.finish());
  return body;
}

base::result<recall_across_body> read_recall_across(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  recall_across_body body{read_selector(from), recall_of(from)};
  TRY(from.finish());
  return body;
}

base::result<actors::spread_request> read_spread(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  actors::spread_request request;
  auto& query = request.query;
  query.from = from.texts("from");
  query.cue = read_cue(from);
  query.kinds = from.texts("kinds");
  query.hops = from.count("hops", query.hops);
  query.decay = from.number("decay", query.decay);
  query.threshold = from.number("threshold", query.threshold);
  query.fan = from.count("fan", query.fan);
  query.budget = from.count("budget", query.budget);
  query.limit = from.count("limit", query.limit);
  query.now = from.time("now").value_or(base::instant{});
  request.with_content = from.flag("content", true);
  request.read = read_options_of(from);
  TRY(from.finish());
  return request;
}

base::result<actors::concepts_request> read_concepts(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  actors::concepts_request request;
  request.cue = read_cue(from);
  request.limit = from.count("limit", request.limit);
  request.read = read_options_of(from);
  TRY(from.finish());
  return request;
}

base::result<knowing_body> read_knowing(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  knowing_body body;
  body.where.names = from.texts("spaces");
  body.where.prefix = from.text("prefix");
  body.cue = read_cue(from);
  body.limit = from.count("limit", body.limit);
  TRY(from.finish());
  return body;
}

base::result<actors::space_spec> read_space(std::string_view json) {
  TRY_ASSIGN(auto parsed, parse_json(json));
  json_reader from(parsed, "body");
  actors::space_spec spec;
  spec.name = from.text("name");
  spec.dimension = from.count("dimension", 0);
  if (auto language = from.text("language"); !language.empty()) spec.language = language;
  TRY(from.finish());
  return spec;
}

} // namespace engram::node
