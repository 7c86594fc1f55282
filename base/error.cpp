#include "base/error.hpp"

#include <algorithm>
#include <iterator>

namespace engram::base {

namespace {

using enum certainty;
using enum advice;

constexpr error_info ROWS[] = {
    {errc::ok, "ok", "success", definite, give_up},

    {errc::invalid_argument, "invalid_argument", "a value is outside what is allowed", definite,
     give_up},
    {errc::invalid_name, "invalid_name", "a name must match [a-z0-9][a-z0-9_-]{0,63}", definite,
     give_up},
    {errc::invalid_utf8, "invalid_utf8", "a text is not valid UTF-8", definite, give_up},
    {errc::empty_text, "empty_text", "a memory needs a text", definite, give_up},
    {errc::text_too_long, "text_too_long", "a text is longer than the limit", definite, give_up},
    {errc::field_too_long, "field_too_long", "a field is longer than its limit", definite, give_up},
    {errc::wrong_dimension, "wrong_dimension", "an embedding has not the space's dimension",
     definite, give_up},
    {errc::not_finite, "not_finite", "a number is NaN or infinite", definite, give_up},
    {errc::invalid_time, "invalid_time", "a time cannot be read", definite, give_up},
    {errc::empty_cue, "empty_cue", "a cue needs at least one part", definite, give_up},
    {errc::batch_too_large, "batch_too_large", "a batch is larger than the limit", definite,
     give_up},
    {errc::malformed_message, "malformed_message", "a message cannot be decoded", definite,
     give_up},
    {errc::invalid_query, "invalid_query", "a query is not a statement of the language", definite,
     give_up},

    {errc::unknown_space, "unknown_space", "no space of that name", definite, give_up},
    {errc::space_exists, "space_exists", "a space of that name exists with other properties",
     definite, give_up},
    {errc::unknown_memory, "unknown_memory", "no memory with that id", definite, give_up},
    {errc::conflict, "conflict", "that id is taken by a memory with other content", definite,
     give_up},
    {errc::deleted, "deleted", "a memory with that id was deleted for good", definite, give_up},
    {errc::unknown_key, "unknown_key", "no such key", definite, give_up},
    {errc::space_parked, "space_parked", "the space is out of service after repeated failures",
     definite, use_other},
    {errc::damaged, "damaged", "the stored bytes of that memory are damaged", definite, use_other},

    {errc::unauthenticated, "unauthenticated", "a valid API key is needed", definite, give_up},
    {errc::forbidden, "forbidden", "the API key does not allow that", definite, give_up},
    {errc::insecure_binding, "insecure_binding",
     "listening beyond loopback needs an API key and TLS", definite, give_up},

    {errc::overloaded, "overloaded", "too much work is waiting", definite, retry_later},
    {errc::deadline_exceeded, "deadline_exceeded", "the deadline passed before an answer",
     indefinite, retry_later},
    {errc::shutting_down, "shutting_down", "the node is stopping", definite, use_other},
    {errc::unavailable, "unavailable", "the node is not serving yet", definite, retry_later},
    {errc::too_few_replicas, "too_few_replicas",
     "too few replicas are reachable for what was asked", definite, retry_later},
    {errc::clock_skew, "clock_skew", "this node's clock is too far from the others'", definite,
     use_other},

    {errc::disk_reserve, "disk_reserve", "the disk is full up to its reserve", definite,
     retry_later},
    {errc::write_failed, "write_failed", "writing to the disk failed", indefinite, retry_later},
    {errc::read_failed, "read_failed", "reading from the disk failed", definite, retry_later},
    {errc::data_in_use, "data_in_use", "another process uses that data folder", definite, give_up},
    {errc::corrupt, "corrupt", "stored bytes do not match their checksum", definite, use_other},
    {errc::unsupported_format, "unsupported_format", "the bytes were written by a newer version",
     definite, use_other},
    {errc::origin_forked, "origin_forked", "one origin has two different histories", definite,
     use_other},
    {errc::duplicate_store, "duplicate_store", "two live members have the same store id", definite,
     give_up},

    {errc::disconnected, "disconnected", "the connection was lost", indefinite, reconnect},
    {errc::timed_out, "timed_out", "no answer came in time", indefinite, retry_later},
    {errc::incompatible, "incompatible", "the other side speaks no common version", definite,
     give_up},

    {errc::internal, "internal", "a defect of Engram", indefinite, give_up},
    {errc::unimplemented, "unimplemented", "not built yet", definite, give_up},
};

} // namespace

std::span<const error_info> error_table() noexcept { return ROWS; }

const error_info& info(errc code) noexcept {
  const auto by_code = [](const error_info& row, errc wanted) { return row.code < wanted; };
  const auto* found = std::lower_bound(std::begin(ROWS), std::end(ROWS), code, by_code);
  if (found == std::end(ROWS) || found->code != code)
    found = std::lower_bound(std::begin(ROWS), std::end(ROWS), errc::internal, by_code);
  return *found;
}

std::string_view to_string(certainty value) noexcept {
  return value == definite ? "definite" : "indefinite";
}

std::string_view to_string(advice value) noexcept {
  switch (value) {
  case give_up:
    return "give_up";
  case retry_later:
    return "retry_later";
  case reconnect:
    return "reconnect";
  case use_other:
    return "use_other";
  }
  return "give_up";
}

std::string error::message() const {
  const error_info& row = info(code);
  std::string text{row.name};
  text.append(": ").append(row.text);
  if (!context.empty()) text.append(" (").append(context).append(")");
  return text;
}

} // namespace engram::base
