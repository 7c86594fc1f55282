#pragma once
// Answers of several spaces as one: the best hits by (score, space, id), and what was seen. Pure; a
// function of the parts, whatever their order.

#include "actors/core/claims.hpp"
#include "actors/service/recall.hpp"

#include <vector>

namespace engram::actors {

/// What became of one space's part of a recall.
struct recalled_part {
  std::string name;
  base::space_id space;
  base::result<recall_reply> got;
  std::uint32_t replicas_asked = 0;
};

/// The `limit` best, with their content, the space of each, and what is claimed of the rest.
recall_reply merge(std::vector<recalled_part> parts, std::uint32_t limit);

/// Adds to an answer of one space what is claimed of what it did not see.
void add_claims(recall_reply& to, std::uint32_t limit);

/// The error of an answer that may not be partial, if it is.
base::result<void> check_whole(const coverage& seen);

} // namespace engram::actors
