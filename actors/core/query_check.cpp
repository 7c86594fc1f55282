#include "actors/core/query_check.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <cmath>

namespace engram::actors {

namespace {

constexpr std::size_t cue_bytes_max = 64 * 1024;
constexpr std::size_t cue_items_max = 256;

base::result<void> check_text(std::string_view name, const std::string& text) {
  if (text.size() > cue_bytes_max)
    return {base::errc::text_too_long, std::string(name) + " bytes=" + std::to_string(text.size())};
  if (const auto at = base::invalid_utf8_at(text))
    return {base::errc::invalid_utf8, std::string(name) + " at=" + std::to_string(*at)};
  return base::success();
}

base::result<void> check_list(std::string_view name, const std::vector<std::string>& items) {
  if (items.size() > cue_items_max)
    return {base::errc::batch_too_large, std::string(name) + "=" + std::to_string(items.size())};
  for (const auto& item : items) TRY(check_text(name, item));
  return base::success();
}

base::result<void> check_vector(const memory::embedding& v, std::uint32_t dimension) {
  if (v.values.size() != dimension || dimension == 0)
    return {base::errc::wrong_dimension, "cue has " + std::to_string(v.values.size()) +
                                             ", the space " + std::to_string(dimension)};
  if (!std::isfinite(v.scale) || v.scale < 0) return {base::errc::not_finite, "cue vector"};
  return base::success();
}

bool has_part(const memory::cue& cue) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  return !std::all_of(cue.text.begin(), cue.text.end(), blank) || cue.vector || cue.from ||
         cue.until || !cue.place.empty() || !cue.who.empty() || !cue.tags.empty() ||
         !cue.tags_excluded.empty() || !cue.like.empty();
}

base::result<void> check_cue(const memory::cue& cue, const memory::space_config& of) {
  TRY(check_text("cue", cue.text));
  TRY(check_text("place", cue.place));
  TRY(check_list("who", cue.who));
  TRY(check_list("tags", cue.tags));
  TRY(check_list("tags_excluded", cue.tags_excluded));
  TRY(check_list("like", cue.like));
  if (cue.vector) TRY(check_vector(*cue.vector, of.dimension));
  if (cue.from && cue.until && *cue.until < *cue.from)
    return {base::errc::invalid_time, "cue ends before it begins"};
  return base::success();
}

base::result<void> within(std::string_view name, double value, double least, double most) {
  if (value >= least && value <= most) return base::success(); // false for NaN
  return {std::isfinite(value) ? base::errc::invalid_argument : base::errc::not_finite,
          std::string(name)};
}

} // namespace

base::result<void> check_query(const memory::recall_query& query, const memory::space_config& of) {
  TRY(check_cue(query.cue, of));
  if (!has_part(query.cue)) return {base::errc::empty_cue, "recall"};
  TRY(within("limit", query.limit, 1, 1000));
  TRY(within("primes", static_cast<double>(query.primes.size()), 0, cue_items_max));
  for (const auto& prime : query.primes) TRY(check_text("primes", prime.id));
  return within("confidence_min", query.confidence_min, 0, 1);
}

base::result<void> check_query(const memory::spread_query& query, const memory::space_config& of) {
  TRY(check_cue(query.cue, of));
  TRY(check_list("from", query.from));
  TRY(check_list("kinds", query.kinds));
  if (query.from.empty() && !has_part(query.cue)) return {base::errc::empty_cue, "spread"};
  TRY(within("hops", query.hops, 1, 8));
  TRY(within("limit", query.limit, 1, 1000));
  TRY(within("fan", query.fan, 1, 1024));
  TRY(within("budget", query.budget, 1, 65'536));
  TRY(within("threshold", query.threshold, 0, 1));
  TRY(within("decay", query.decay, 0, 1));
  if (query.decay <= 0) return {base::errc::invalid_argument, "decay"};
  return base::success();
}

} // namespace engram::actors
