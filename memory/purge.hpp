#pragma once
// What a purge by person or source covers. Pure. The memories it finds are deleted by their keys
// (purge_op), so that no entry of the log says who was purged.
//
// A person's purge covers what they said, were present at or are named in, in any field, as a run
// of whole words in capitals or not. A source's covers the session of that name.

#include "memory/types.hpp"

#include <string>
#include <unordered_set>

namespace engram::memory {

struct purge_target {
  enum class kind : std::uint8_t { person = 1, source = 2 }; // on the wire
  kind what = kind::person;
  std::string name;
};

class purge_cover {
public:
  explicit purge_cover(purge_target of);
  bool covers(const episode& what) const;

private:
  bool names(std::string_view text) const;

  purge_target of_;
  std::string folded_; // " words of the name "
};

/// Whether an entry of the log that is no memory gives away the id of one of these: an association
/// or a forget whose effect their deletion has undone.
bool tells_of(const operation& what, const base::space_id& space,
              const std::unordered_set<base::memory_key>& purged);

} // namespace engram::memory
