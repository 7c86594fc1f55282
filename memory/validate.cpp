#include "memory/validate.hpp"

#include "base/bytes.hpp"
#include "memory/settings.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace engram::memory {
namespace {

using base::errc;
using base::result;

std::string context(std::string_view field, std::string_view detail) {
  return "field=" + std::string(field) + " " + std::string(detail);
}

result<void> utf8(std::string_view field, std::string_view value) {
  if (const auto at = base::invalid_utf8_at(value))
    return {errc::invalid_utf8, context(field, "byte=" + std::to_string(*at))};
  return base::success();
}

std::string over(std::string_view field, std::size_t bytes, std::string_view limit,
                 std::size_t bound) {
  return context(field, "bytes=" + std::to_string(bytes) + " " + std::string(limit) + "=" +
                            std::to_string(bound));
}

/// A name that is shown on one line and compared byte by byte: no control characters.
result<void> plain(std::string_view field, std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c < 0x20 || c == 0x7F)
      return {errc::invalid_argument,
              context(field, "control character at byte=" + std::to_string(i))};
  }
  return base::success();
}

result<void> id(std::string_view field, std::string_view value, const limits& bounds) {
  if (value.empty()) return {errc::invalid_argument, context(field, "is empty")};
  if (value.size() > bounds.id_bytes_max)
    return {errc::field_too_long, over(field, value.size(), "id_bytes_max", bounds.id_bytes_max)};
  TRY(utf8(field, value));
  return plain(field, value);
}

result<void> short_text(std::string_view field, std::string_view value, const limits& bounds) {
  if (value.size() > bounds.field_bytes_max)
    return {errc::field_too_long,
            over(field, value.size(), "field_bytes_max", bounds.field_bytes_max)};
  return utf8(field, value);
}

result<void> list(std::string_view field, const std::vector<std::string>& items,
                  std::string_view limit, std::size_t bound, const limits& bounds) {
  if (items.size() > bound)
    return {errc::field_too_long,
            context(field, "items=" + std::to_string(items.size()) + " " + std::string(limit) +
                               "=" + std::to_string(bound))};
  for (const auto& item : items) TRY(short_text(field, item, bounds));
  return base::success();
}

/// In [0, 1], or (0, 1] when `above_zero`.
result<void> share(std::string_view field, double value, bool above_zero) {
  if (!std::isfinite(value)) return {errc::not_finite, context(field, "is not a number")};
  if (value < 0 || value > 1 || (above_zero && value == 0))
    return {errc::invalid_argument,
            context(field, above_zero ? "is outside (0, 1]" : "is outside [0, 1]")};
  return base::success();
}

result<void> vector(const std::optional<embedding>& given, const space_config& config) {
  if (!given) return base::success();
  const auto& values = given->values;
  if (config.dimension == 0 || values.size() != config.dimension)
    return {errc::wrong_dimension, "given=" + std::to_string(values.size()) +
                                       " space=" + std::to_string(config.dimension)};
  if (!std::isfinite(given->scale))
    return {errc::not_finite, context("embedding", "scale is not finite")};
  if (given->scale < 0) return {errc::invalid_argument, context("embedding", "scale is negative")};
  const bool blank = std::all_of(values.begin(), values.end(), [](int v) { return v == 0; });
  if (given->scale == 0 && !blank)
    return {errc::invalid_argument, context("embedding", "scale is 0 but values are not")};
  if (std::find(values.begin(), values.end(), std::int8_t{-128}) != values.end())
    return {errc::invalid_argument, context("embedding", "value -128 is not quantised by max/127")};
  return base::success();
}

result<void> kind_name(std::string_view kind) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (kind.empty() || kind.size() > 32 || !std::all_of(kind.begin(), kind.end(), allowed))
    return {errc::invalid_name, context("kind", "must match [a-z0-9_-]{1,32}")};
  return base::success();
}

result<void> check_one(const remember_op& op, const space_config& config, const limits& bounds) {
  const episode& e = op.what;
  TRY(id("id", e.id, bounds));
  if (e.text.empty()) return {errc::empty_text, "id=" + e.id};
  if (e.text.size() > bounds.text_bytes_max)
    return {errc::text_too_long,
            over("text", e.text.size(), "text_bytes_max", bounds.text_bytes_max)};
  TRY(utf8("text", e.text));
  TRY(short_text("title", e.title, bounds));
  TRY(short_text("speaker", e.speaker, bounds));
  TRY(short_text("place", e.place, bounds));
  TRY(short_text("session", e.session, bounds));
  TRY(list("who", e.who, "who_max", bounds.who_max, bounds));
  TRY(list("tags", e.tags, "tags_max", bounds.tags_max, bounds));
  if (e.when && (e.when->ms > when_ms_max || e.when->ms < -when_ms_max))
    return {errc::invalid_time, context("when", "ms=" + std::to_string(e.when->ms))};
  TRY(share("confidence", e.confidence, false));
  return vector(e.embedding, config);
}

result<void> check_one(const associate_op& op, const space_config&, const limits& bounds) {
  TRY(id("source", op.what.source, bounds));
  TRY(id("target", op.what.target, bounds));
  if (op.what.source == op.what.target)
    return {errc::invalid_argument, context("target", "is the source itself")};
  TRY(kind_name(op.what.kind));
  return share("weight", op.what.weight, true);
}

result<void> check_one(const forget_op& op, const space_config&, const limits& bounds) {
  TRY(id("id", op.id, bounds));
  if (op.mode < forget_mode::suppress || op.mode > forget_mode::erase)
    return {errc::invalid_argument, context("mode", "is unknown")};
  return base::success();
}

result<void> check_one(const access_op& op, const space_config&, const limits& bounds) {
  if (op.keys.empty()) return {errc::invalid_argument, context("keys", "is empty")};
  if (op.keys.size() > bounds.access_keys_max)
    return {errc::batch_too_large, "keys=" + std::to_string(op.keys.size()) + " access_keys_max=" +
                                       std::to_string(bounds.access_keys_max)};
  if (op.at.ms > when_ms_max || op.at.ms < -when_ms_max)
    return {errc::invalid_time, context("at", "ms=" + std::to_string(op.at.ms))};
  return base::success();
}

result<void> check_one(const configure_op& op, const space_config&, const limits& bounds) {
  TRY(validate_setting(op.name, op.value));
  return short_text("value", op.value, bounds);
}

result<void> check_one(const purge_op& op, const space_config&, const limits& bounds) {
  if (op.keys.empty()) return {errc::invalid_argument, context("keys", "is empty")};
  if (op.keys.size() > bounds.purge_keys_max)
    return {errc::batch_too_large, "keys=" + std::to_string(op.keys.size()) +
                                       " purge_keys_max=" + std::to_string(bounds.purge_keys_max)};
  return base::success();
}

} // namespace

base::result<void> validate(const operation& what, const space_config& config,
                            const limits& bounds) {
  return std::visit([&](const auto& op) { return check_one(op, config, bounds); }, what);
}

} // namespace engram::memory
