#include "memory/query_language/bind.hpp"

#include "memory/query_language/dates.hpp"
#include "memory/query_language/grammar.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace engram::memory {
namespace {

/// Reads clauses as typed values; remembers the first fault and gives defaults from then on.
class binder {
public:
  binder(const query_statement& statement, const query_parameters& parameters, base::instant now)
      : statement_(statement), parameters_(parameters), now_(now) {}

  std::variant<bound_query, query_error> run() {
    bound_query made{question_of(), texts(clause_kind::in_space), statement_.explain};
    for (const auto& [name, value] : parameters_)
      if (!used_.contains(name)) fail(statement_.at, "the query has no parameter $" + name);
    if (fault_) return std::move(*fault_);
    return made;
  }

private:
  void fail(query_position at, std::string what) {
    if (!fault_) fault_ = query_error{at, std::move(what), ""};
  }
  const query_clause* clause(clause_kind kind) const {
    for (const query_clause& c : statement_.clauses)
      if (c.kind == kind) return &c;
    return nullptr;
  }
  const query_operand* operand(clause_kind kind) const {
    const query_clause* c = clause(kind);
    return c ? &c->items.front().operands.front() : nullptr;
  }

  /// The operand's value as a T; a parameter's where it is one.
  template <class T>
  std::optional<T> value_of(const query_operand& from, std::string_view wanted) {
    if (const T* value = std::get_if<T>(&from.value)) return *value;
    const auto* named = std::get_if<query_parameter>(&from.value);
    if (!named) {
      fail(from.at, "expected " + std::string(wanted));
      return std::nullopt;
    }
    const parameter_value* given = parameter(*named, from.at);
    if (!given) return std::nullopt;
    if (const T* value = std::get_if<T>(given)) return *value;
    fail(from.at, "$" + named->name + " must be " + std::string(wanted));
    return std::nullopt;
  }
  const parameter_value* parameter(const query_parameter& named, query_position at) {
    const auto given = parameters_.find(named.name);
    if (given == parameters_.end()) {
      fail(at, "no value was given for $" + named.name);
      return nullptr;
    }
    used_.insert(named.name);
    return &given->second;
  }

  std::string text_of(const query_operand& from) {
    return value_of<std::string>(from, "a text").value_or("");
  }
  std::string text(clause_kind kind) {
    const query_operand* from = operand(kind);
    return from ? text_of(*from) : std::string();
  }
  std::vector<std::string> texts(clause_kind kind) {
    std::vector<std::string> all;
    if (const query_clause* c = clause(kind))
      for (const query_item& item : c->items) append_texts(item.operands.front(), all);
    return all;
  }
  /// In a list a parameter may be a list itself.
  void append_texts(const query_operand& from, std::vector<std::string>& to) {
    if (const auto* named = std::get_if<query_parameter>(&from.value))
      if (const parameter_value* given = parameter(*named, from.at))
        if (const auto* list = std::get_if<std::vector<std::string>>(given)) {
          to.insert(to.end(), list->begin(), list->end());
          return;
        }
    to.push_back(text_of(from));
  }
  double number(clause_kind kind, double otherwise, double low, double high) {
    const query_operand* from = operand(kind);
    if (!from) return otherwise;
    const double value = value_of<double>(*from, "a number").value_or(low);
    if (value >= low && value <= high) return value;
    fail(from->at,
         std::string(rule_of(kind).words) + " goes from " + shown(low) + " to " + shown(high));
    return otherwise;
  }
  std::uint32_t count(clause_kind kind, std::uint32_t otherwise, std::uint32_t most) {
    const double value = number(kind, otherwise, 1, most);
    if (value != std::floor(value)) fail(operand(kind)->at, "expected a whole number");
    return static_cast<std::uint32_t>(value);
  }
  static std::string shown(double x) {
    std::string text = std::to_string(x);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  }
  time_span span(const query_operand& from) {
    std::string written;
    if (const auto* date = std::get_if<query_date>(&from.value))
      written = date->text;
    else
      written = text_of(from);
    if (const auto found = span_of_date(written)) return *found;
    fail(from.at, "not a date: " + written);
    return {};
  }
  base::duration duration(const query_operand& from) {
    if (const auto* given = std::get_if<base::duration>(&from.value)) return *given;
    const double seconds = value_of<double>(from, "a number of seconds").value_or(0);
    if (seconds >= 0 && seconds <= 1e12) return base::duration(std::llround(seconds * 1000));
    fail(from.at, "a duration in seconds, not negative");
    return {};
  }
  std::optional<embedding> vector(clause_kind kind) {
    const query_operand* from = operand(kind);
    if (!from) return std::nullopt;
    const auto values = value_of<std::vector<double>>(*from, "an embedding");
    if (!values) return std::nullopt;
    const std::vector<float> floats(values->begin(), values->end());
    auto made = base::quantise(floats);
    if (made) return *std::move(made);
    fail(from->at, made.error().message());
    return std::nullopt;
  }
  base::instant now() {
    const query_operand* from = operand(clause_kind::as_of);
    return from ? span(*from).from : now_;
  }
  double least_confidence(double otherwise) {
    const query_clause* c = clause(clause_kind::confidence);
    if (!c) return otherwise;
    const double least = number(clause_kind::confidence, 0, 0, 1);
    const bool above = c->items.front().relation == query_relation::greater;
    return above ? std::nextafter(least, 2.0) : least;
  }
  static std::optional<episode_field> field_named(std::string_view name) {
    const auto names = field_names();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<episode_field>(at - names.begin());
  }

  cue cue_of(clause_kind words) {
    cue made;
    made.text = text(words);
    made.vector = vector(clause_kind::similar_to);
    made.place = text(clause_kind::at);
    made.who = texts(clause_kind::with);
    made.like = texts(clause_kind::like);
    if (const query_clause* c = clause(clause_kind::where))
      for (const query_item& item : c->items) require(item, made);
    return made;
  }
  void require(const query_item& item, cue& to) {
    if (item.field == "tag") {
      auto& list = item.relation == query_relation::equal ? to.tags : to.tags_excluded;
      append_texts(item.operands.front(), list);
      return;
    }
    const time_span first = span(item.operands.front());
    std::optional<base::instant> from, until;
    switch (item.relation) {
    case query_relation::before:
      until = first.from;
      break;
    case query_relation::after:
      from = first.until;
      break;
    case query_relation::since:
      from = first.from;
      break;
    case query_relation::until:
      until = first.until;
      break;
    case query_relation::between:
      from = first.from;
      until = span(item.operands.back()).until;
      break;
    default: // IN
      from = first.from;
      until = first.until;
    }
    if (from) to.from = std::max(to.from.value_or(*from), *from);
    if (until) to.until = std::min(to.until.value_or(*until), *until);
    if (to.from && to.until && *to.from >= *to.until)
      fail(item.at, "no time is left between these dates");
  }

  episode given_episode(clause_kind by = clause_kind::subject) {
    episode made;
    if (const query_clause* c = clause(by))
      for (const query_item& item : c->items) give(item, made);
    return made;
  }
  void give(const query_item& item, episode& to) {
    const query_operand& value = item.operands.front();
    switch (*field_named(item.field)) {
    case episode_field::what:
      to.text = text_of(value);
      break;
    case episode_field::title:
      to.title = text_of(value);
      break;
    case episode_field::speaker:
      to.speaker = text_of(value);
      break;
    case episode_field::who:
      append_texts(value, to.who);
      break;
    case episode_field::place:
      to.place = text_of(value);
      break;
    case episode_field::session:
      to.session = text_of(value);
      break;
    case episode_field::tag:
      append_texts(value, to.tags);
      break;
    case episode_field::when:
      to.when = span(value).from;
      break;
    }
  }

  question question_of() {
    switch (statement_.verb) {
    case query_verb::recall:
      if (clause(clause_kind::blended)) return blended_query{recall()};
      return recall();
    case query_verb::recognize:
      return recognize_query{given_episode(), count(clause_kind::limit, 5, 100), now()};
    case query_verb::spread:
      return spread();
    case query_verb::complete:
      return complete();
    case query_verb::predict:
      return predict();
    case query_verb::imagine:
      return imagine();
    case query_verb::reminisce:
      return reminisce();
    case query_verb::consolidate:
      return consolidate_query{};
    case query_verb::concepts:
      return concepts_query{text(clause_kind::about), count(clause_kind::limit, 10, 1000)};
    case query_verb::introspect:
      return introspect_query{count(clause_kind::limit, 5, 100), now()};
    case query_verb::dream:
      return dream_query{count(clause_kind::replays, 10, 100), 8, 0.05, now()};
    case query_verb::revise:
      return revise();
    case query_verb::revisions:
      return revisions_query{text(clause_kind::subject), count(clause_kind::limit, 20, 100)};
    }
    return consolidate_query{};
  }

  recall_query recall() {
    recall_query made;
    made.cue = cue_of(clause_kind::subject);
    made.limit = count(clause_kind::limit, made.limit, 1000);
    made.spread = clause(clause_kind::without_spreading) == nullptr;
    made.explain = statement_.explain;
    made.confidence_min = least_confidence(0);
    made.now = now();
    const query_operand* ago = operand(clause_kind::ago);
    const base::instant met = ago ? made.now - duration(*ago) : made.now;
    for (std::string& id : texts(clause_kind::primed_by))
      made.primes.push_back({std::move(id), met});
    if (ago && made.primes.empty()) fail(ago->at, "AGO needs PRIMED BY");
    const cue& c = made.cue;
    if (c.text.empty() && !c.vector && c.place.empty() && c.who.empty() && c.like.empty() &&
        c.tags.empty() && !c.from && !c.until)
      fail(statement_.at, "RECALL needs a text, or LIKE, SIMILAR TO, WITH, AT or WHERE");
    return made;
  }
  revise_query revise() {
    revise_query made;
    made.of = text(clause_kind::subject);
    made.changed = given_episode(clause_kind::to);
    made.changed.id = text(clause_kind::named);
    made.changed.embedding = vector(clause_kind::similar_to);
    if (clause(clause_kind::sure)) made.sure = number(clause_kind::sure, 0, 0, 1);
    made.now = now();
    if (!clause(clause_kind::to) && !made.sure && !made.changed.embedding)
      fail(statement_.at, "REVISE needs TO, SURE or SIMILAR TO");
    return made;
  }
  spread_query spread() {
    spread_query made;
    made.from = texts(clause_kind::from);
    made.cue = cue_of(clause_kind::about);
    made.kinds = texts(clause_kind::along);
    made.hops = count(clause_kind::max_hops, made.hops, 8);
    made.decay = number(clause_kind::decay, made.decay, 0.001, 1);
    made.threshold = number(clause_kind::threshold, made.threshold, 0, 1);
    made.fan = count(clause_kind::fan, made.fan, 1024);
    made.budget = count(clause_kind::budget, made.budget, 65'536);
    made.limit = count(clause_kind::limit, made.limit, 1000);
    made.now = now();
    if (made.from.empty() && made.cue.text.empty() && made.cue.who.empty() &&
        made.cue.place.empty())
      fail(statement_.at, "SPREAD needs FROM, ABOUT, WITH or AT");
    return made;
  }
  complete_query complete() {
    complete_query made;
    made.partial = given_episode();
    if (const query_clause* c = clause(clause_kind::missing))
      for (const query_item& item : c->items) made.wanted.push_back(*field_named(item.field));
    made.alternatives = count(clause_kind::limit, made.alternatives, 100);
    made.confidence_min = least_confidence(made.confidence_min);
    made.now = now();
    return made;
  }
  predict_query predict() {
    predict_query made;
    const query_item& wanted = clause(clause_kind::subject)->items.front();
    made.wanted = *field_named(wanted.field);
    if (made.wanted != episode_field::who && made.wanted != episode_field::session)
      fail(wanted.at, "PREDICT knows who and session, not " + wanted.field);
    made.session = text(clause_kind::given_session);
    made.who = text(clause_kind::given_who);
    made.given = texts(clause_kind::given);
    if (const query_operand* horizon = operand(clause_kind::horizon))
      made.horizon = duration(*horizon);
    made.limit = count(clause_kind::limit, made.limit, 100);
    made.now = now();
    if (made.session.empty() && made.who.empty() && made.given.empty())
      fail(statement_.at, "PREDICT needs GIVEN, GIVEN SESSION or GIVEN WHO");
    return made;
  }
  imagine_query imagine() {
    imagine_query made;
    made.seeds = texts(clause_kind::based_on);
    made.topic = text(clause_kind::subject);
    made.novelty = number(clause_kind::novelty, made.novelty, 0, 1);
    made.limit = count(clause_kind::limit, made.limit, 100);
    made.now = now();
    if (made.seeds.empty() && made.topic.empty())
      fail(statement_.at, "IMAGINE needs a text or BASED ON");
    return made;
  }
  reminisce_query reminisce() {
    reminisce_query made;
    made.topic = text(clause_kind::about);
    made.who = texts(clause_kind::with);
    made.place = text(clause_kind::at);
    made.limit = count(clause_kind::limit, made.limit, 1000);
    made.now = now();
    const query_operand* within = operand(clause_kind::within);
    if (const query_operand* around = operand(clause_kind::around)) {
      const time_span centre = span(*around);
      const base::duration side = within ? duration(*within) : std::chrono::days(7);
      made.from = centre.from - side;
      made.until = centre.until + side;
    } else if (within) {
      fail(within->at, "WITHIN needs AROUND");
    }
    if (made.topic.empty() && made.who.empty() && made.place.empty() && !made.from)
      fail(statement_.at, "REMINISCE needs ABOUT, WITH, AT or AROUND");
    return made;
  }

  const query_statement& statement_;
  const query_parameters& parameters_;
  base::instant now_;
  std::set<std::string> used_;
  std::optional<query_error> fault_;
};

} // namespace

std::variant<bound_query, query_error> bind_query(const query_statement& statement,
                                                  const query_parameters& parameters,
                                                  base::instant now) {
  return binder(statement, parameters, now).run();
}

} // namespace engram::memory
