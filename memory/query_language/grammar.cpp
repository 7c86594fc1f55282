#include "memory/query_language/grammar.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace engram::memory {
namespace {

using enum clause_kind;
using std::chrono::milliseconds;

/// In the order of clause_kind.
constexpr clause_rule CLAUSES[] = {
    {subject, "", argument_kind::text, ""},
    {from, "FROM", argument_kind::texts, "ids of memories"},
    {about, "ABOUT", argument_kind::text, "a topic"},
    {like, "LIKE", argument_kind::texts, "ids of memories to start from"},
    {similar_to, "SIMILAR TO", argument_kind::vector, "an embedding"},
    {with, "WITH", argument_kind::texts, "people; cues, not requirements"},
    {at, "AT", argument_kind::text, "a place; a cue, not a requirement"},
    {where, "WHERE", argument_kind::conditions, "what an answer must have"},
    {confidence, "CONFIDENCE", argument_kind::bound, "leave out what is less sure"},
    {in_space, "IN SPACE", argument_kind::texts, "spaces to ask; else the caller's own"},
    {as_of, "AS OF", argument_kind::time, "measure forgetting at this time"},
    {without_spreading, "WITHOUT SPREADING", argument_kind::nothing, "follow no associations"},
    {along, "ALONG", argument_kind::texts, "kinds of associations to follow; else all"},
    {max_hops, "MAX HOPS", argument_kind::count, "1 to 8; 3 if not said"},
    {decay, "DECAY", argument_kind::number, "what a hop leaves, (0, 1]; .5 if not said"},
    {threshold, "THRESHOLD", argument_kind::number, "activation below is not passed on; .01"},
    {fan, "FAN", argument_kind::count, "associations followed from each memory; 64"},
    {budget, "BUDGET", argument_kind::count, "memories that pass on in one hop; 384"},
    {given, "GIVEN", argument_kind::texts, "ids of the memories that led here"},
    {given_session, "GIVEN SESSION", argument_kind::text, "what happens in this session"},
    {given_who, "GIVEN WHO", argument_kind::text, "what this person does"},
    {horizon, "HORIZON", argument_kind::duration, "how soon"},
    {based_on, "BASED ON", argument_kind::texts, "ids of memories"},
    {novelty, "NOVELTY", argument_kind::number, "0 near to 1 remote; .5 if not said"},
    {missing, "MISSING", argument_kind::fields, "fields to fill; else all that are missing"},
    {around, "AROUND", argument_kind::time, "a time"},
    {within, "WITHIN", argument_kind::duration, "to each side of that time; 7 days"},
    {blended, "BLENDED", argument_kind::nothing, "concepts too, in one list with memories"},
    {primed_by, "PRIMED BY", argument_kind::texts, "ids of memories met just now"},
    {ago, "AGO", argument_kind::duration, "how long ago they were met; 0 SECONDS"},
    {replays, "REPLAYS", argument_kind::count, "1 to 100; 10 if not said"},
    {to, "TO", argument_kind::given, "what changes; the rest stays"},
    {named, "NAMED", argument_kind::text, "id of the revision; else made from what changes"},
    {sure, "SURE", argument_kind::number, "0 to 1, how sure it is; else as sure as before"},
    {limit, "LIMIT", argument_kind::count, "answers at most"},
};

constexpr clause_kind RECALL_TAKES[] = {
    like,  similar_to,        with,    at,        where, confidence, in_space,
    as_of, without_spreading, blended, primed_by, ago,   limit};
constexpr clause_kind RECOGNIZE_TAKES[] = {in_space, as_of, limit};
constexpr clause_kind SPREAD_TAKES[] = {from,      about, with,   at,       along, max_hops, decay,
                                        threshold, fan,   budget, in_space, as_of, limit};
constexpr clause_kind COMPLETE_TAKES[] = {missing, confidence, in_space, as_of, limit};
constexpr clause_kind PREDICT_TAKES[] = {given,    given_session, given_who, horizon,
                                         in_space, as_of,         limit};
constexpr clause_kind IMAGINE_TAKES[] = {based_on, novelty, in_space, as_of, limit};
constexpr clause_kind REMINISCE_TAKES[] = {about, with, at, around, within, in_space, as_of, limit};
constexpr clause_kind CONSOLIDATE_TAKES[] = {in_space};
constexpr clause_kind CONCEPTS_TAKES[] = {about, in_space, limit};
constexpr clause_kind INTROSPECT_TAKES[] = {in_space, as_of, limit};
constexpr clause_kind DREAM_TAKES[] = {replays, in_space, as_of};
constexpr clause_kind REVISE_TAKES[] = {to, named, similar_to, sure, in_space, as_of};
constexpr clause_kind REVISIONS_TAKES[] = {in_space, limit};

/// In the order of query_verb.
constexpr verb_rule VERBS[] = {
    {query_verb::recall, "RECALL", argument_kind::text, false, RECALL_TAKES,
     "memories that a cue brings up",
     R"(RECALL "who fixed the parser" WITH "Ada" WHERE when IN 2023 AND tag = "done" LIMIT 5)"},
    {query_verb::recognize, "RECOGNIZE", argument_kind::given, true, RECOGNIZE_TAKES,
     "whether something was met before", R"(RECOGNIZE what = "New upstream release", who = "Ada")"},
    {query_verb::spread, "SPREAD", argument_kind::nothing, false, SPREAD_TAKES,
     "what memories make think of",
     R"(SPREAD FROM "m1", "m2" ALONG "hypernym" MAX HOPS 2 DECAY 0.7)"},
    {query_verb::complete, "COMPLETE", argument_kind::given, true, COMPLETE_TAKES,
     "what belongs into missing fields",
     R"(COMPLETE what = "fix build", session = "tar" MISSING who, tag)"},
    {query_verb::predict, "PREDICT", argument_kind::field, true, PREDICT_TAKES, "what comes next",
     R"(PREDICT who GIVEN SESSION "tar" HORIZON 30 DAYS LIMIT 3)"},
    {query_verb::imagine, "IMAGINE", argument_kind::text, false, IMAGINE_TAKES,
     "new episodes made of old ones", R"(IMAGINE "a picnic" BASED ON "m1", "m2" NOVELTY 0.7)"},
    {query_verb::reminisce, "REMINISCE", argument_kind::nothing, false, REMINISCE_TAKES,
     "memories in the order they happened",
     R"(REMINISCE ABOUT "the move" WITH "Ada" AROUND 2023-05 WITHIN 2 WEEKS)"},
    {query_verb::consolidate, "CONSOLIDATE", argument_kind::nothing, false, CONSOLIDATE_TAKES,
     "bring concepts up to date now", R"(CONSOLIDATE IN SPACE "diary")"},
    {query_verb::concepts, "CONCEPTS", argument_kind::nothing, false, CONCEPTS_TAKES,
     "what many memories have in common", R"(CONCEPTS ABOUT "gardening" LIMIT 5)"},
    {query_verb::introspect, "INTROSPECT", argument_kind::nothing, false, INTROSPECT_TAKES,
     "what a memory is like as a whole", R"(INTROSPECT IN SPACE "diary" LIMIT 5)"},
    {query_verb::dream, "DREAM", argument_kind::nothing, false, DREAM_TAKES,
     "strengthen and link what is being forgotten", R"(DREAM IN SPACE "diary" REPLAYS 20)"},
    {query_verb::revise, "REVISE", argument_kind::text, true, REVISE_TAKES,
     "change a memory that was recalled some hours ago",
     R"(REVISE "walk-2" TO what = "We walked to the new mill", place = "Kent" SURE 0.8)"},
    {query_verb::revisions, "REVISIONS", argument_kind::text, true, REVISIONS_TAKES,
     "what a memory was revised to and from", R"(REVISIONS "walk-2")"},
};

constexpr relation_rule RELATIONS[] = {
    {query_relation::equal, "="},         {query_relation::not_equal, "!="},
    {query_relation::at_least, ">="},     {query_relation::greater, ">"},
    {query_relation::before, "BEFORE"},   {query_relation::after, "AFTER"},
    {query_relation::since, "SINCE"},     {query_relation::until, "UNTIL"},
    {query_relation::between, "BETWEEN"}, {query_relation::in, "IN"},
};

constexpr query_relation TIME_RELATIONS[] = {query_relation::before, query_relation::after,
                                             query_relation::since,  query_relation::until,
                                             query_relation::in,     query_relation::between};
constexpr query_relation TAG_RELATIONS[] = {query_relation::equal, query_relation::not_equal};
constexpr condition_rule CONDITIONS[] = {{"when", TIME_RELATIONS}, {"tag", TAG_RELATIONS}};

/// In the order of episode_field.
constexpr std::string_view FIELDS[] = {"what",  "title",   "speaker", "who",
                                       "place", "session", "tag",     "when"};

constexpr unit_rule UNITS[] = {
    {"WEEKS", milliseconds(604'800'000)}, {"DAYS", milliseconds(86'400'000)},
    {"HOURS", milliseconds(3'600'000)},   {"MINUTES", milliseconds(60'000)},
    {"SECONDS", milliseconds(1000)},
};

std::vector<std::string_view> collect_keywords() {
  std::vector<std::string_view> words{"EXPLAIN", "AND", "ANY"};
  for (const verb_rule& v : VERBS) words.push_back(v.word);
  for (const relation_rule& r : RELATIONS)
    if (r.word.front() >= 'A' && r.word.front() <= 'Z') words.push_back(r.word);
  for (const clause_rule& c : CLAUSES)
    for (std::string_view rest = c.words; !rest.empty();) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      words.push_back(rest.substr(0, space));
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
  for (const unit_rule& u : UNITS) words.push_back(u.word);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

} // namespace

std::span<const verb_rule> verb_rules() noexcept { return VERBS; }
const verb_rule& rule_of(query_verb verb) noexcept { return VERBS[static_cast<std::size_t>(verb)]; }
const clause_rule& rule_of(clause_kind kind) noexcept {
  return CLAUSES[static_cast<std::size_t>(kind)];
}
std::span<const relation_rule> relation_rules() noexcept { return RELATIONS; }
std::span<const condition_rule> condition_rules() noexcept { return CONDITIONS; }
std::span<const std::string_view> field_names() noexcept { return FIELDS; }
std::span<const unit_rule> unit_rules() noexcept { return UNITS; }
std::span<const std::string_view> keywords() noexcept {
  static const std::vector<std::string_view> all = collect_keywords();
  return all;
}

} // namespace engram::memory
