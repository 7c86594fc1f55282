#pragma once
// For tests: an answer of the query language with one of everything.

#include "actors/service/queries.hpp"

namespace engram::node {

inline actors::query_reply query_example() {
  memory::finding recalled;
  recalled.field = "memory";
  recalled.value = "m";
  recalled.confidence = {0.25, 0.5, 0.75};
  recalled.source = "recalled";
  recalled.because = {"walk", "heron"};
  recalled.measures = {{"score", 2.5}, {"activation", 3}};
  memory::episode what;
  what.id = "m";
  what.text = "We saw a heron";
  what.when = base::instant{77};
  recalled.what = std::make_shared<const memory::episode>(std::move(what));
  recalled.why.emplace();
  recalled.why->cues = {{"heron", 0.5, 0.25}};
  recalled.why->retention = 0.875;
  recalled.path = {{"walk", "m", "next", 0.5}};

  memory::finding field;
  field.group = 1;
  field.field = "who";
  field.value = "Ada";
  field.confidence = {0, 0.5, 1};
  field.source = "reconstructed";

  actors::query_reply reply;
  reply.answer = {
      "RECALL", "not enough evidence for place", {recalled, field}, {{"considered", 7}}, {}};
  reply.spaces = {"notes", "diary"};
  reply.at_full_coverage = {{0.375, 0.5, 0.625}, {0, 0.5, 1}};
  reply.coverage.memories = 1000;
  reply.coverage.replicas_asked = 3;
  reply.token = "token";
  return reply;
}

} // namespace engram::node
