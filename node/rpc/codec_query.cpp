// Statements of the query language and what they are answered with.
#include "actors/core/statement.hpp"
#include "memory/query_language/grammar.hpp"
#include "node/rpc/codec.hpp"

namespace engram::node {

namespace {

unsigned count_of(const auto& list) { return static_cast<unsigned>(list.size()); }

memory::parameter_value decode_value(schema::Parameter::Reader from) {
  switch (from.which()) {
  case schema::Parameter::TEXT:
    break;
  case schema::Parameter::NUMBER:
    return from.getNumber();
  case schema::Parameter::VECTOR: {
    std::vector<double> vector;
    for (const double each : from.getVector()) vector.push_back(each);
    return vector;
  }
  case schema::Parameter::TEXTS:
    return decode(from.getTexts());
  }
  return decode(from.getText());
}

struct value_encoder {
  schema::Parameter::Builder into;

  void operator()(const std::string& text) { into.setText(text_of(text)); }
  void operator()(double number) { into.setNumber(number); }
  void operator()(const std::vector<double>& vector) {
    auto list = into.initVector(count_of(vector));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, vector[i]);
  }
  void operator()(const std::vector<std::string>& texts) {
    encode_texts(texts, into.initTexts(count_of(texts)));
  }
};

void encode_numbers(const memory::measures& from, capnp::List<schema::Factor>::Builder into) {
  for (unsigned i = 0; i < into.size(); ++i) {
    into[i].setName(text_of(from[i].first));
    into[i].setValue(from[i].second);
  }
}

void encode_finding(const memory::finding& from, schema::QueryAnswer::Finding::Builder into) {
  into.setGroup(from.group);
  into.setField(text_of(from.field));
  into.setValue(text_of(from.value));
  encode(from.confidence, into.initConfidence());
  into.setSource(text_of(from.source));
  encode_texts(from.because, into.initBecause(count_of(from.because)));
  encode_numbers(from.measures, into.initMeasures(count_of(from.measures)));
  if (from.what) encode(*from.what, into.initEpisode());
  if (from.why) encode(*from.why, into.initWhy());
  auto path = into.initPath(count_of(from.path));
  for (unsigned i = 0; i < path.size(); ++i) {
    path[i].setFrom(text_of(from.path[i].from));
    path[i].setTo(text_of(from.path[i].to));
    path[i].setKind(text_of(from.path[i].kind));
    path[i].setAmount(from.path[i].amount);
  }
}

} // namespace

base::result<actors::query_request> decode(schema::ReviseQuery::Reader from) {
  const auto changed = decode(from.getChanged());
  memory::query_parameters given{{"of", decode(from.getOf())}};
  const auto give = [&](const char* name, const auto& value) {
    if (!value.empty()) given.emplace(name, value);
  };
  give("text", changed.text);
  give("title", changed.title);
  give("speaker", changed.speaker);
  give("who", changed.who);
  give("place", changed.place);
  give("session", changed.session);
  give("tags", changed.tags);
  give("as", changed.id);
  if (changed.when) given.emplace("when", base::format_time(*changed.when));
  if (changed.embedding) {
    std::vector<double> vector;
    for (const auto each : changed.embedding->values)
      vector.push_back(each * static_cast<double>(changed.embedding->scale));
    given.emplace("embedding", std::move(vector));
  }
  if (from.getSure() >= 0) given.emplace("sure", from.getSure());
  TRY_ASSIGN(auto out, actors::revise_request(std::move(given)));
  out.now = decode(from.getNow()).value_or(base::instant{});
  TRY_ASSIGN(out.read, decode(from.getRead()));
  return out;
}

base::result<actors::query_request> decode(schema::Query::Reader from) {
  actors::query_request out;
  out.text = decode(from.getText());
  for (auto each : from.getParameters())
    out.parameters.insert_or_assign(decode(each.getName()), decode_value(each));
  out.now = decode(from.getNow()).value_or(base::instant{});
  out.reinforce = from.getReinforce();
  out.space = decode(from.getSpace());
  TRY_ASSIGN(out.read, decode(from.getRead()));
  return out;
}

void encode(const memory::query_parameters& from, capnp::List<schema::Parameter>::Builder into) {
  unsigned i = 0;
  for (const auto& [name, value] : from) {
    into[i].setName(text_of(name));
    std::visit(value_encoder{into[i++]}, value);
  }
}

void encode(const actors::query_reply& from, schema::QueryAnswer::Builder into) {
  into.setVerb(text_of(from.answer.verb));
  into.setVerdict(text_of(from.answer.verdict));
  const auto& findings = from.answer.findings;
  auto list = into.initFindings(count_of(findings));
  for (unsigned i = 0; i < list.size(); ++i) {
    encode_finding(findings[i], list[i]);
    if (i < from.spaces.size()) list[i].setSpace(text_of(from.spaces[i]));
    if (i < from.at_full_coverage.size())
      encode(from.at_full_coverage[i], list[i].initAtFullCoverage());
  }
  encode_numbers(from.answer.measures, into.initMeasures(count_of(from.answer.measures)));
  encode(from.coverage, into.initCoverage());
  into.setToken(data_of(from.token));
}

void encode_language(schema::Language::Builder into) {
  const auto verbs = memory::verb_rules();
  auto list = into.initVerbs(count_of(verbs));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setWord(std::string(verbs[i].word));
    list[i].setHelp(std::string(verbs[i].help));
    list[i].setExample(std::string(verbs[i].example));
    auto clauses = list[i].initClauses(count_of(verbs[i].clauses));
    for (unsigned k = 0; k < clauses.size(); ++k) {
      const auto& rule = memory::rule_of(verbs[i].clauses[k]);
      clauses[k].setWords(std::string(rule.words));
      clauses[k].setHelp(std::string(rule.help));
    }
  }
  const auto words = memory::keywords();
  auto keywords = into.initWords(count_of(words));
  for (unsigned i = 0; i < keywords.size(); ++i) keywords.set(i, std::string(words[i]));
}

} // namespace engram::node
