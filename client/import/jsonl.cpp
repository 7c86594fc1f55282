#include "client/import/jsonl.hpp"

#include "client/import/line_reader.hpp"

#include <simdjson.h>

#include <cmath>

namespace engram::client {

namespace {

using base::errc;
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr double FIRST_MILLISECONDS = 1e11; // as seconds this would be the year 5138

base::error wrong_type(std::string_view field, const char* wanted) {
  return {errc::invalid_argument, "\"" + std::string{field} + "\" must be " + wanted};
}

bool is_number(const element& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

base::result<std::string> read_text(std::string_view field, const element& value) {
  if (value.is_string()) return std::string{value.get_string().value_unsafe()};
  return wrong_type(field, "a string");
}

/// A name may be written as a number; its digits are the name.
base::result<std::string> read_name(std::string_view field, const element& value) {
  if (value.is_string()) return std::string{value.get_string().value_unsafe()};
  if (is_number(value)) return simdjson::minify(value);
  return wrong_type(field, "a string or a number");
}

base::result<std::vector<std::string>> read_names(std::string_view field, const element& value) {
  std::vector<std::string> names;
  if (!value.is_array()) {
    TRY_ASSIGN(std::string name, read_name(field, value));
    if (!name.empty()) names.push_back(std::move(name));
    return names;
  }
  const simdjson::dom::array list = value.get_array().value_unsafe();
  for (const element each : list) {
    TRY_ASSIGN(std::string name, read_name(field, each));
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

base::result<double> read_number(std::string_view field, const element& value) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) return wrong_type(field, "a number");
  return number;
}

base::result<void> read_when(const element& value, import_item& into) {
  if (is_number(value)) {
    TRY_ASSIGN(const double number, read_number("when", value));
    const double ms = std::fabs(number) < FIRST_MILLISECONDS ? number * 1000 : number;
    if (!(std::fabs(ms) < 9e18)) return {errc::invalid_time, simdjson::minify(value)};
    into.what.when = base::instant{static_cast<std::int64_t>(std::floor(ms))};
    return base::success();
  }
  TRY_ASSIGN(const std::string text, read_text("when", value));
  if (text.empty()) return base::success();
  into.what.when = base::parse_time(text);
  if (!into.what.when) into.unread_date = text;
  return base::success();
}

base::result<void> read_embedding(const element& value, import_item& into) {
  if (!value.is_array()) return wrong_type("embedding", "a list of numbers");
  std::vector<float> numbers;
  const simdjson::dom::array list = value.get_array().value_unsafe();
  for (const element each : list) {
    TRY_ASSIGN(const double number, read_number("embedding", each));
    numbers.push_back(static_cast<float>(number));
  }
  if (numbers.empty()) return base::success();
  TRY_ASSIGN(into.what.embedding, base::quantise(numbers));
  return base::success();
}

base::result<void> read_associations(const element& value, import_item& into) {
  if (!value.is_array()) return wrong_type("associations", "a list");
  const simdjson::dom::array list = value.get_array().value_unsafe();
  for (const element each : list) {
    association stated;
    if (!each.is_object()) return wrong_type("associations", "a list of objects");
    const simdjson::dom::object fields = each.get_object().value_unsafe();
    for (const auto field : fields) {
      if (field.key == "target") {
        TRY_ASSIGN(stated.target, read_name("target", field.value));
      } else if (field.key == "kind") {
        TRY_ASSIGN(stated.kind, read_text("kind", field.value));
      } else if (field.key == "weight") {
        TRY_ASSIGN(stated.weight, read_number("weight", field.value));
      }
    }
    if (stated.target.empty() || stated.kind.empty())
      return {errc::invalid_argument, "an association needs \"target\" and \"kind\""};
    into.associations.push_back(std::move(stated));
  }
  return base::success();
}

base::result<void> read_order(const element& value, import_item& into) {
  if (value.get(into.what.order) != simdjson::SUCCESS) return wrong_type("order", "a whole number");
  into.ordered = true;
  return base::success();
}

base::result<void> read_confidence(const element& value, episode& into) {
  TRY_ASSIGN(into.confidence, read_number("confidence", value));
  if (into.confidence >= 0 && into.confidence <= 1) return base::success();
  return {errc::invalid_argument, "\"confidence\" must be between 0 and 1"};
}

/// Fields every memory may have; others are ignored.
base::result<void> read_field(std::string_view key, const element& value, import_item& into) {
  episode& what = into.what;
  if (key == "id") {
    TRY_ASSIGN(what.id, read_name(key, value));
  } else if (key == "text") {
    TRY_ASSIGN(what.text, read_text(key, value));
  } else if (key == "title") {
    TRY_ASSIGN(what.title, read_name(key, value));
  } else if (key == "speaker") {
    TRY_ASSIGN(what.speaker, read_name(key, value));
  } else if (key == "who") {
    TRY_ASSIGN(what.who, read_names(key, value));
  } else if (key == "place") {
    TRY_ASSIGN(what.place, read_name(key, value));
  } else if (key == "session") {
    TRY_ASSIGN(what.session, read_name(key, value));
  } else if (key == "tags") {
    TRY_ASSIGN(what.tags, read_names(key, value));
  } else if (key == "when") {
    return read_when(value, into);
  } else if (key == "embedding") {
    return read_embedding(value, into);
  } else if (key == "associations") {
    return read_associations(value, into);
  } else if (key == "order") {
    return read_order(value, into);
  } else if (key == "confidence") {
    return read_confidence(value, what);
  }
  return base::success();
}

bool has_control_character(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20) return true;
  return false;
}

std::string hash_of(std::string_view line) { return base::digest128{}.add(line).finish().hex(); }

} // namespace

struct jsonl_parser::state {
  std::string set_field;
  simdjson::dom::parser parser;

  base::result<simdjson::dom::object> object_of(std::string_view line) {
    element root;
    if (const auto fault = parser.parse(line.data(), line.size()).get(root))
      return {errc::malformed_message, std::string{"not JSON: "} + simdjson::error_message(fault)};
    if (!root.is_object()) return {errc::malformed_message, "not a JSON object"};
    return root.get_object().value_unsafe();
  }
};

jsonl_parser::jsonl_parser(std::string set_field) : state_(std::make_unique<state>()) {
  state_->set_field = std::move(set_field);
}
jsonl_parser::jsonl_parser(jsonl_parser&&) noexcept = default;
jsonl_parser::~jsonl_parser() = default;

base::result<import_item> jsonl_parser::parse(std::string_view line) {
  TRY_ASSIGN(const auto object, state_->object_of(line));
  import_item made;
  for (const auto field : object) {
    if (field.value.is_null()) continue;
    if (!state_->set_field.empty() && field.key == state_->set_field) {
      TRY_ASSIGN(made.set, read_name(field.key, field.value));
    }
    TRY(read_field(field.key, field.value, made));
  }
  if (made.what.text.empty()) return {errc::empty_text, "\"text\" is missing or empty"};
  if (!state_->set_field.empty() && made.set.empty())
    return {errc::invalid_argument, "\"" + state_->set_field + "\" is missing or empty"};
  if (made.what.id.empty()) made.what.id = hash_of(line);
  if (has_control_character(made.what.id))
    return {errc::invalid_argument, "\"id\" holds a control character"};
  for (association& stated : made.associations) stated.source = made.what.id;
  return made;
}

base::result<jsonl_question> jsonl_parser::parse_question(std::string_view line) {
  TRY_ASSIGN(const auto object, state_->object_of(line));
  jsonl_question made;
  for (const auto field : object) {
    if (field.value.is_null()) continue;
    if (field.key == "q") made.q = simdjson::minify(field.value);
    if (field.key == "question") {
      TRY_ASSIGN(made.question, read_text("question", field.value));
    }
    if (!state_->set_field.empty() && field.key == state_->set_field) {
      TRY_ASSIGN(made.set, read_name(field.key, field.value));
      made.set_json = simdjson::minify(field.value);
    }
  }
  if (made.question.empty()) return {errc::empty_cue, "\"question\" is missing or empty"};
  if (made.q.empty()) return {errc::invalid_argument, "\"q\" is missing"};
  if (!state_->set_field.empty() && made.set.empty())
    return {errc::invalid_argument, "\"" + state_->set_field + "\" is missing or empty"};
  return made;
}

namespace {

class jsonl_source final : public import_source {
public:
  jsonl_source(line_reader lines, std::string set_field)
      : lines_(std::move(lines)), parser_(std::move(set_field)) {}

  base::result<bool> next(std::vector<import_record>& out) override {
    return lines_.read([&](std::string_view line, std::uint64_t number) {
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
      out.push_back({"line " + std::to_string(number), parser_.parse(line)});
    });
  }
  double fraction() const override { return lines_.fraction(); }
  int wait_descriptor() const override { return lines_.wait_descriptor(); }

private:
  line_reader lines_;
  jsonl_parser parser_;
};

} // namespace

base::result<std::unique_ptr<import_source>> open_jsonl(const std::string& path,
                                                        std::string set_field) {
  TRY_ASSIGN(line_reader lines, line_reader::open(path));
  return std::unique_ptr<import_source>(
      std::make_unique<jsonl_source>(std::move(lines), std::move(set_field)));
}

} // namespace engram::client
