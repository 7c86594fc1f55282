#include "memory/verbs/reconsolidation.hpp"

#include "memory/text/unicode.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {
namespace {

constexpr double HOUR_MS = 3'600'000;

double hours_between(base::instant from, base::instant to) {
  return static_cast<double>(to.ms - from.ms) / HOUR_MS;
}

base::error why_not(const reconsolidation_config& config, double age, double since) {
  const auto hours = [](double h) { return std::to_string(static_cast<long>(h)) + " h"; };
  if (age < config.age_hours_min || age > config.age_hours_max)
    return {base::errc::invalid_argument,
            "a memory is revised from " + hours(config.age_hours_min) + " to " +
                hours(config.age_hours_max) + " after it was stored; this one is " + hours(age)};
  if (since < config.opens_hours)
    return {base::errc::invalid_argument, "it opens " + hours(config.opens_hours) +
                                              " after a recall that counts; the newest is newer"};
  return {base::errc::invalid_argument,
          "it closed " + hours(config.closes_hours) + " after its newest recall: recall it again"};
}

} // namespace

double plasticity_of(const reconsolidation_config& config, base::instant encoded,
                     const access_record& accesses, base::instant now) {
  const double age = hours_between(encoded, now);
  if (accesses.empty() || age < config.age_hours_min || age > config.age_hours_max) return 0;
  if (config.closes_hours <= config.opens_hours) return 0;
  const double since = hours_between(accesses.last_at(), now);
  const double x = (since - config.opens_hours) / (config.closes_hours - config.opens_hours);
  return x <= 0 || x >= 1 ? 0 : config.plasticity * 4 * x * (1 - x);
}

double extent_of(std::string_view before, std::string_view after) {
  const auto set_of = [](std::string_view text) {
    std::set<std::string> out;
    const std::string words = fold_words(text);
    for (std::size_t at = 1; at < words.size();) {
      const std::size_t end = words.find(' ', at);
      out.insert(words.substr(at, end - at));
      at = end + 1;
    }
    return out;
  };
  const auto a = set_of(before), b = set_of(after);
  std::size_t both = 0;
  for (const auto& word : a) both += b.count(word);
  const std::size_t all = a.size() + b.size() - both;
  return all == 0 ? 0 : static_cast<double>(all - both) / static_cast<double>(all);
}

base::result<revision> revise(const reconsolidation_config& config, const episode& old,
                              base::instant encoded, const access_record& accesses, episode changed,
                              base::instant now) {
  if (changed.id == old.id || changed.id.empty())
    return {base::errc::invalid_argument, "a revision needs an id of its own"};
  revision out;
  out.plasticity = plasticity_of(config, encoded, accesses, now);
  if (out.plasticity == 0)
    return why_not(config, hours_between(encoded, now),
                   accesses.empty() ? config.closes_hours : hours_between(accesses.last_at(), now));
  out.extent = extent_of(old.text, changed.text);
  out.replaces = out.extent > config.replaces_from;
  out.confidence =
      std::clamp(old.confidence + out.plasticity * (changed.confidence - old.confidence), 0.0, 1.0);
  changed.confidence = out.confidence;
  const association link{changed.id, old.id, std::string(REVISES), 1.0};
  out.operations.push_back(remember_op{std::move(changed)});
  out.operations.push_back(associate_op{link});
  if (out.replaces) out.operations.push_back(forget_op{old.id, forget_mode::suppress});
  return out;
}

} // namespace engram::memory
