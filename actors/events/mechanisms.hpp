#pragma once
// What an answer shows of the mechanisms behind it, as events: what faded, was primed, interfered
// with, evoked, completed. Made only while somebody watches for it. Names memories and fields,
// never what they hold: what is purged meanwhile must not be told. Pure.

#include "actors/events/values.hpp"
#include "memory/recall/recall.hpp"

#include <span>
#include <vector>

namespace engram::actors {

/// The kinds that events_of() makes.
std::span<const std::string_view> answer_kinds();
/// Whether a watch asks for any of them.
bool wants_answers(const watch_request& asked);

/// Requires: an answer with explanations.
std::vector<event> events_of(const memory::recall_answer& explained, base::instant at);
std::vector<event> events_of(const memory::query_answer& given, base::instant at);

} // namespace engram::actors
