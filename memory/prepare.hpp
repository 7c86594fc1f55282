#pragma once
// From what a client asked to what the log keeps: validation (here and nowhere else), canonical
// form, names and hashes, payload bytes, and the words for the index. Pure and thread-free: runs on
// the compute pool, before the partition decides whether the operation may happen.
//
// Invariant: decode_prepared(kind, prepare(x).payload) == prepare(x), field by field.

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "memory/index/keys.hpp"
#include "memory/limits.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engram::memory {

/// An operation ready for check(), the log and apply(). Cheap to copy but for `payload`.
struct prepared {
  entry_kind kind = entry_kind::remember;
  /// Canonical form. For remember, remember_op.what is empty: the episode is in `what`.
  memory::operation operation;
  /// What the operation is about. remember, forget: the memory. associate: hash of both ends and
  /// the kind. configure: hash of the name. access: zero.
  base::memory_key subject;
  base::memory_key source, target;       // associate: its ends
  base::hash128 content;                 // over the client-given fields but `order`
  base::hash128 operation_hash;          // goes into the entry's header
  std::string payload;                   // goes into the log
  std::shared_ptr<const episode> what;   // remember
  std::shared_ptr<const analysed> words; // remember
};

/// Refuses what a client may not give; the context names the field, the bound or the position.
/// `operation_id`: the caller's; a memory's id is its own operation id, and of the other operations
/// the content hash serves when the caller gave none.
base::result<prepared> prepare(operation asked, const space_config& config, const limits& bounds,
                               const analyser& words, std::string_view operation_id = {});

/// An operation of the log or of another node, taken as it is. errc::corrupt: the bytes are no
/// operation of that kind. errc::unsupported_format: written by a newer version.
base::result<prepared> decode_prepared(entry_kind kind, std::string payload,
                                       const space_config& config, const analyser& words);

} // namespace engram::memory
