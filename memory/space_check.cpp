#include "memory/codec.hpp"
#include "memory/space_state.hpp"

namespace engram::memory {
namespace {

using base::errc;
using check_result = base::result<verdict>;

verdict fresh() { return {}; }
verdict known(base::hlc stamp) { return {admission::known, stamp}; }
verdict in_flight() { return {admission::in_flight, {}}; }

/// Judges operations against the state and what is pending, as if that were done already.
struct judge {
  const space::state& s;
  const pending_set& pending;

  bool deleted(const base::memory_key& key) const {
    const std::uint32_t row = s.find_subject(key);
    return pending.erasing(key) || (row != no_row && s.subjects[row].grave);
  }
  bool exists(const base::memory_key& key) const {
    const std::uint32_t row = s.find_subject(key);
    return (row != no_row && s.subjects[row].first_version != no_row) ||
           pending.remembering(key).has_value();
  }

  /// `content` of a register write in flight decides before the state does.
  template <class Settled>
  verdict judge_register(const prepared& p, Settled settled) const {
    const auto newest = pending.writing(p.kind, p.subject);
    if (newest) return *newest == p.content ? in_flight() : fresh();
    return settled();
  }

  check_result remember(const prepared& p) const {
    if (deleted(p.subject)) return {errc::deleted, "id=" + p.what->id};
    if (const auto content = pending.remembering(p.subject)) {
      if (*content == p.content) return in_flight();
      return {errc::conflict, "id=" + p.what->id + " (a write in flight)"};
    }
    const std::uint32_t subject = s.find_subject(p.subject);
    if (subject == no_row || s.subjects[subject].first_version == no_row) return fresh();
    const std::uint32_t same = s.find_version(subject, p.content);
    if (same == no_row) return {errc::conflict, "id=" + p.what->id};
    const version_row& v = s.versions[same];
    // A damaged body is healed by the same content, so it may be written again.
    return v.ordinal == no_row ? fresh() : known(v.stored_at);
  }

  check_result associate(const prepared& p) const {
    const auto& what = std::get<associate_op>(p.operation).what;
    for (const auto& [key, id] : {std::pair(p.source, what.source), {p.target, what.target}}) {
      if (deleted(key)) return {errc::deleted, "id=" + id};
      if (!exists(key)) return {errc::unknown_memory, "id=" + id};
    }
    return judge_register(p, [&] {
      const std::uint32_t row = s.find_association(p.subject);
      if (row == no_row) return fresh();
      const association_row& a = s.associations[row];
      const bool same = !a.dead && a.weight == unit_to_steps(what.weight);
      return same ? known(a.stamp.at) : fresh();
    });
  }

  check_result forget(const prepared& p) const {
    const auto& what = std::get<forget_op>(p.operation);
    const std::uint32_t row = s.find_subject(p.subject);
    const bool grave = row != no_row && s.subjects[row].grave;
    if (what.mode == forget_mode::erase) {
      if (grave) return known({});
      if (pending.erasing(p.subject)) return in_flight();
    }
    if (deleted(p.subject)) return {errc::deleted, "id=" + what.id};
    if (!exists(p.subject)) return {errc::unknown_memory, "id=" + what.id};
    if (what.mode == forget_mode::erase) return fresh();
    return judge_register(p, [&] {
      const auto at = row == no_row ? s.suppressions.end() : s.suppressions.find(row);
      const bool hidden = at != s.suppressions.end() && at->second.mode == forget_mode::suppress;
      if (hidden != (what.mode == forget_mode::suppress)) return fresh();
      return known(at == s.suppressions.end() ? base::hlc{} : at->second.stamp.at);
    });
  }

  check_result configure(const prepared& p) const {
    const auto& what = std::get<configure_op>(p.operation);
    return judge_register(p, [&] {
      const auto at = s.settings.find(what.name);
      const bool same = at != s.settings.end() && at->second.value == what.value;
      return same ? known(at->second.stamp.at) : fresh();
    });
  }
};

} // namespace

base::result<verdict> space::check(const prepared& p, const pending_set& pending) const {
  const judge j{*state_, pending};
  switch (p.kind) {
  case entry_kind::remember:
    return j.remember(p);
  case entry_kind::associate:
    return j.associate(p);
  case entry_kind::forget:
    return j.forget(p);
  case entry_kind::configure:
    return j.configure(p);
  case entry_kind::access:
  case entry_kind::purge:
    break;
  }
  return fresh();
}

} // namespace engram::memory
