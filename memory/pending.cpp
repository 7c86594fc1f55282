#include "memory/pending.hpp"

namespace engram::memory {
namespace {

bool is_erase(const prepared& p) {
  const auto* forget = std::get_if<forget_op>(&p.operation);
  return forget != nullptr && forget->mode == forget_mode::erase;
}

} // namespace

/// Accesses are never judged, so they have no table.
pending_set::table* pending_set::table_of(const prepared& p) {
  switch (p.kind) {
  case entry_kind::remember:
    return &remembers_;
  case entry_kind::forget:
    return is_erase(p) ? &erases_ : &suppressions_;
  case entry_kind::associate:
    return &associations_;
  case entry_kind::configure:
    return &settings_;
  case entry_kind::access:
  case entry_kind::purge: // has many subjects
    break;
  }
  return nullptr;
}

void pending_set::add(const prepared& p) {
  if (const auto* purge = std::get_if<purge_op>(&p.operation)) {
    for (const auto& key : purge->keys) ++erases_[key].count;
    size_ += purge->keys.size();
    return;
  }
  table* const where = table_of(p);
  if (where == nullptr) return;
  slot& s = (*where)[p.subject];
  s.newest = p.content;
  ++s.count;
  ++size_;
}

void pending_set::remove(const prepared& p) {
  if (const auto* purge = std::get_if<purge_op>(&p.operation)) {
    for (const auto& key : purge->keys) remove(erases_, key);
  } else if (table* const where = table_of(p)) {
    remove(*where, p.subject);
  }
}

void pending_set::remove(table& from, const base::memory_key& key) {
  const auto at = from.find(key);
  CHECK(at != from.end() && at->second.count > 0);
  if (--at->second.count == 0) from.erase(at);
  --size_;
}

std::optional<base::hash128> pending_set::remembering(const base::memory_key& key) const {
  const auto at = remembers_.find(key);
  if (at == remembers_.end()) return std::nullopt;
  return at->second.newest;
}

bool pending_set::erasing(const base::memory_key& key) const { return erases_.contains(key); }

std::optional<base::hash128> pending_set::writing(entry_kind kind,
                                                  const base::memory_key& subject) const {
  const table* where = nullptr;
  if (kind == entry_kind::forget) where = &suppressions_;
  if (kind == entry_kind::associate) where = &associations_;
  if (kind == entry_kind::configure) where = &settings_;
  if (where == nullptr) return std::nullopt;
  const auto at = where->find(subject);
  if (at == where->end()) return std::nullopt;
  return at->second.newest;
}

} // namespace engram::memory
