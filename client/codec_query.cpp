// Statements of the query language and what they are answered with.
#include "client/codec.hpp"

namespace engram::client {

namespace {

struct value_encoder {
  schema::Parameter::Builder to;

  void operator()(const std::string& text) { to.setText(text_of(text)); }
  void operator()(double number) { to.setNumber(number); }
  void operator()(const std::vector<double>& vector) {
    auto list = to.initVector(static_cast<unsigned>(vector.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, vector[i]);
  }
  void operator()(const std::vector<std::string>& texts) {
    auto list = to.initTexts(static_cast<unsigned>(texts.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, text_of(texts[i]));
  }
};

measures decode_numbers(capnp::List<schema::Factor>::Reader from) {
  measures to;
  for (auto each : from) to.emplace_back(to_string(each.getName()), each.getValue());
  return to;
}

finding decode_finding(schema::QueryAnswer::Finding::Reader from) {
  finding to;
  to.group = from.getGroup();
  to.field = to_string(from.getField());
  to.value = to_string(from.getValue());
  to.confidence = decode(from.getConfidence());
  to.source = to_string(from.getSource());
  for (auto id : from.getBecause()) to.because.push_back(to_string(id));
  to.measures = decode_numbers(from.getMeasures());
  if (from.hasEpisode()) to.what = decode(from.getEpisode());
  if (from.hasWhy()) to.why = decode(from.getWhy());
  for (auto step : from.getPath()) to.path.push_back(decode(step));
  to.space = to_string(from.getSpace());
  if (from.hasAtFullCoverage()) to.at_full_coverage = decode(from.getAtFullCoverage());
  return to;
}

} // namespace

void encode(const query& from, schema::Query::Builder to) {
  to.setText(text_of(from.text));
  auto list = to.initParameters(static_cast<unsigned>(from.parameters.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(text_of(from.parameters[i].first));
    std::visit(value_encoder{list[i]}, from.parameters[i].second);
  }
  encode(from.now, to.initNow());
  to.setReinforce(from.reinforce);
  to.setSpace(text_of(from.space));
  encode(from.read, to.initRead());
}

void encode(const revision& from, schema::ReviseQuery::Builder to) {
  to.setOf(text_of(from.of));
  encode(from.changed, to.initChanged());
  if (from.sure) to.setSure(*from.sure);
  encode(from.now, to.initNow());
  encode(from.read, to.initRead());
}

query_answer decode(schema::QueryAnswer::Reader from) {
  query_answer to;
  to.verb = to_string(from.getVerb());
  to.verdict = to_string(from.getVerdict());
  for (auto each : from.getFindings()) to.findings.push_back(decode_finding(each));
  to.measures = decode_numbers(from.getMeasures());
  to.coverage = decode(from.getCoverage());
  to.token = to_string(from.getToken());
  to.took_us = from.getTookUs();
  return to;
}

language decode(schema::Language::Reader from) {
  language to;
  for (auto each : from.getVerbs()) {
    language::verb verb{
        to_string(each.getWord()), to_string(each.getHelp()), to_string(each.getExample()), {}};
    for (auto clause : each.getClauses())
      verb.clauses.push_back({to_string(clause.getWords()), to_string(clause.getHelp())});
    to.verbs.push_back(std::move(verb));
  }
  for (auto word : from.getWords()) to.words.push_back(to_string(word));
  return to;
}

} // namespace engram::client
