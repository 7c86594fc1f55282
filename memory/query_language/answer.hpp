#pragma once
// One statement of the query language, parsed, bound and answered on one snapshot. Whatever the
// verb, the answer has one shape: findings, each a field with its value, how sure it is, where it
// comes from, and the memories that speak for it. Pure but for `read`.

#include "base/result.hpp"
#include "memory/query_language/bind.hpp"
#include "memory/recall/recall.hpp"
#include "memory/verbs/reader.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engram::memory {

struct asked_query {
  std::string text;
  query_parameters parameters;
  base::instant now;
};

struct finding {
  std::uint32_t group = 0; // those of one group belong together: a field, an episode, a chapter
  std::string field;       // "memory": the value is an id and the text what it says
  std::string value, text;
  interval confidence;
  std::string source;               // recalled, reconstructed, imagined, predicted
  std::vector<std::string> because; // ids
};

struct query_answer {
  std::string verb;
  std::string verdict; // "" or one line: "not enough evidence for who"
  std::vector<finding> findings;
  std::vector<std::pair<std::string, double>> measures; // numbers about the whole answer
};

/// errc::invalid_argument says where in the text and why: "1:14: expected ...". Consolidation and
/// concepts are not answered from a snapshot, and other spaces than `of` not from this one.
base::result<query_answer> answer_query(const snapshot& on, const recall_setting& setting,
                                        const space_config& of, const asked_query& asked,
                                        const episode_reader& read);

} // namespace engram::memory
