#include "memory/purge.hpp"

#include "memory/index/keys.hpp"
#include "memory/text/unicode.hpp"

#include <algorithm>

namespace engram::memory {
purge_cover::purge_cover(purge_target of) : of_(std::move(of)), folded_(fold_words(of_.name)) {}

bool purge_cover::names(std::string_view text) const {
  return text == of_.name ||
         (folded_.size() > 1 && fold_words(text).find(folded_) != std::string::npos);
}

bool purge_cover::covers(const episode& what) const {
  if (of_.what == purge_target::kind::source) return what.session == of_.name;
  const auto in = [this](const std::string& text) { return !text.empty() && names(text); };
  return in(what.speaker) || in(what.text) || in(what.title) || in(what.place) ||
         in(what.session) || in(what.id) || std::any_of(what.who.begin(), what.who.end(), in) ||
         std::any_of(what.tags.begin(), what.tags.end(), in);
}

bool tells_of(const operation& what, const base::space_id& space,
              const std::unordered_set<base::memory_key>& purged) {
  const auto is_purged = [&](const std::string& id) {
    return purged.contains(memory_key_of(space, id));
  };
  if (const auto* link = std::get_if<associate_op>(&what))
    return is_purged(link->what.source) || is_purged(link->what.target);
  if (const auto* forget = std::get_if<forget_op>(&what)) return is_purged(forget->id);
  return false;
}

} // namespace engram::memory
