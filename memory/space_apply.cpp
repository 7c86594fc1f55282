#include "base/planted.hpp"
#include "memory/codec.hpp"
#include "memory/space_state.hpp"

#include <algorithm>
#include <tuple>

namespace engram::memory {
namespace {

payload_ref ref_of(const entry_meta& meta) { return {meta.origin_number, meta.sequence}; }
register_stamp stamp_of(const entry_meta& meta) { return {meta.stamp, meta.operation}; }

using effect = applied::effect;

} // namespace

applied space::apply(const entry_meta& meta, const prepared& p) {
  state& s = *state_;
  applied done;
  switch (p.kind) {
  case entry_kind::remember:
    done = s.apply_remember(meta, p);
    break;
  case entry_kind::associate:
    done = s.apply_associate(meta, p);
    break;
  case entry_kind::forget:
    done = s.apply_forget(meta, p);
    break;
  case entry_kind::access:
    done = s.apply_access(meta, p);
    break;
  case entry_kind::configure:
    done = s.apply_configure(meta, p);
    break;
  case entry_kind::purge:
    done = s.apply_purge(p);
    break;
  }
  if (done.what != effect::nothing) s.last.reset();
  return done;
}

// -- remember --

applied space::state::apply_remember(const entry_meta& meta, const prepared& p) {
  const payload_ref ref = ref_of(meta);
  const std::uint32_t subject = intern(p.subject);
  if (subjects[subject].grave) {
    payload_erases.push_back(ref);
    ++purges; // as if it had come before
    last.reset();
    return {};
  }
  const std::uint32_t same = find_version(subject, p.content);
  if (same != no_row) return merge_version(same, ref, meta.stamp, p);
  if (subjects[subject].first_version != no_row && base::planted("one_version")) return {};

  const std::uint32_t row = add_version({ref, p.subject, p.content, meta.stamp, p.what->order});
  put(item_of(versions[row]));
  index_version(versions[row], p.what, p.words);
  show(subject);
  show_access(subject);
  return {effect::created, versions[row].ordinal};
}

applied space::state::merge_version(std::uint32_t version, const payload_ref& ref,
                                    base::hlc stored_at, const prepared& p) {
  version_row& v = versions[version];
  if (v.ref == ref && v.ordinal != no_row) return {};
  const bool earlier = stored_at < v.stored_at || p.what->order < v.order;
  if (earlier) {
    const episode_item before = item_of(v);
    v.stored_at = std::min(v.stored_at, stored_at);
    v.order = std::min(v.order, p.what->order);
    replace(before, item_of(v));
  }
  if (v.ordinal == no_row) {
    heal(v, ref, p);
    return {effect::created, v.ordinal};
  }
  if (earlier) index.amend(v.ordinal, v.stored_at, v.order);
  duplicates[v.subject].push_back(ref);
  put(duplicate_item{ref, p.subject});
  return {effect::merged, v.ordinal};
}

/// The same content arrived again after its first body was found damaged.
void space::state::heal(version_row& v, const payload_ref& ref, const prepared& p) {
  const episode_item before = item_of(v);
  if (v.ref != ref) payload_erases.push_back(v.ref);
  v.ref = ref;
  replace(before, item_of(v));
  --damaged;
  last_damaged.reset();
  index_version(v, p.what, p.words);
  show(v.subject);
  show_access(v.subject);
}

std::uint32_t space::state::add_version(const episode_item& item) {
  const std::uint32_t subject = intern(item.key);
  const auto row = static_cast<std::uint32_t>(versions.size());
  version_row v;
  v.subject = subject;
  v.ref = item.ref;
  v.content = item.content;
  v.stored_at = item.stored_at;
  v.order = item.order;
  v.next = std::exchange(subjects[subject].first_version, row);
  versions.push_back(v);
  return row;
}

void space::state::index_version(version_row& v, std::shared_ptr<const episode> what,
                                 std::shared_ptr<const analysed> words) {
  v.ordinal = index.size();
  index.add(v.ordinal, {subjects[v.subject].key, v.content, std::move(what), std::move(words),
                        v.stored_at, v.order});
  payloads.push_back(v.ref);
}

void space::state::show(std::uint32_t subject) {
  const bool visible = !subjects[subject].grave && !suppressed(subject);
  for (auto v = subjects[subject].first_version; v != no_row; v = versions[v].next)
    if (versions[v].ordinal != no_row) index.set_visible(versions[v].ordinal, visible);
}

void space::state::show_access(std::uint32_t subject) {
  const auto at = accesses.find(subject);
  if (at == accesses.end()) return;
  for (auto v = subjects[subject].first_version; v != no_row; v = versions[v].next)
    if (versions[v].ordinal != no_row) index.set_access(versions[v].ordinal, at->second);
}

// -- associate --

applied space::state::apply_associate(const entry_meta& meta, const prepared& p) {
  const auto& what = std::get<associate_op>(p.operation).what;
  const std::uint32_t source = intern(p.source), target = intern(p.target);
  if (subjects[source].grave || subjects[target].grave) return {};
  const association_item after{
      p.subject, p.source, p.target, what.kind, unit_to_steps(what.weight), stamp_of(meta)};
  const std::uint32_t row = find_association(p.subject);
  if (row == no_row) {
    put(after);
    show_edge(associations[add_association(after)]);
    return {effect::changed, 0};
  }
  association_row& a = associations[row];
  if (std::tie(after.stamp, after.weight) <= std::tie(a.stamp, a.weight)) return {};
  replace(item_of(a), after);
  a.weight = after.weight;
  a.stamp = after.stamp;
  show_edge(a);
  return {effect::changed, 0};
}

std::uint32_t space::state::add_association(const association_item& item) {
  const auto row = static_cast<std::uint32_t>(associations.size());
  association_row a;
  a.source = intern(item.source);
  a.target = intern(item.target);
  a.next_out = std::exchange(subjects[a.source].first_out, row);
  a.next_in = std::exchange(subjects[a.target].first_in, row);
  a.key = item.key;
  a.kind = intern_kind(item.kind);
  a.weight = item.weight;
  a.stamp = item.stamp;
  associations.push_back(a);
  association_table.insert(a.key.value.low, row);
  ++live_associations;
  return row;
}

void space::state::show_edge(const association_row& a) {
  const double weight = a.dead ? 0.0 : steps_to_unit(a.weight);
  index.set_edge(subjects[a.source].key, subjects[a.target].key, kinds[a.kind],
                 base::q32::from(weight));
}

// -- forget --

applied space::state::apply_forget(const entry_meta& meta, const prepared& p) {
  const auto mode = std::get<forget_op>(p.operation).mode;
  const std::uint32_t subject = intern(p.subject);
  if (subjects[subject].grave) return {};
  if (mode == forget_mode::erase) {
    bury(subject);
    return {effect::changed, 0};
  }
  const suppress_row after{stamp_of(meta), mode};
  const auto [at, is_new] = suppressions.try_emplace(subject, after);
  if (is_new) {
    put(item_of(subject, after));
  } else {
    suppress_row& row = at->second;
    if (std::tie(after.stamp, after.mode) <= std::tie(row.stamp, row.mode)) return {};
    replace(item_of(subject, row), item_of(subject, after));
    row = after;
  }
  last_suppressed.reset();
  show(subject);
  return {effect::changed, 0};
}

applied space::state::apply_purge(const prepared& p) {
  for (const auto& key : std::get<purge_op>(p.operation).keys) {
    const std::uint32_t subject = intern(key);
    if (!subjects[subject].grave) bury(subject);
  }
  ++purges;
  return {effect::changed, 0};
}

/// Everything under the key leaves the state, and its bodies the disk.
void space::state::bury(std::uint32_t subject) {
  bury_versions(subject);
  bury_associations(subject);
  if (const auto at = suppressions.find(subject); at != suppressions.end()) {
    erase(item_of(subject, at->second));
    suppressions.erase(at);
    last_suppressed.reset();
  }
  if (const auto at = accesses.find(subject); at != accesses.end()) {
    erase(access_item{subjects[subject].key, *at->second});
    accesses.erase(at);
  }
  subjects[subject].grave = true;
  ++graves;
  put(grave_item{subjects[subject].key});
}

void space::state::bury_versions(std::uint32_t subject) {
  std::uint32_t row = std::exchange(subjects[subject].first_version, no_row);
  for (; row != no_row; row = versions[row].next) {
    version_row& v = versions[row];
    erase(item_of(v));
    payload_erases.push_back(v.ref);
    if (v.ordinal != no_row) {
      index.set_visible(v.ordinal, false);
      index.set_access(v.ordinal, nullptr);
      ++erased_versions;
    } else {
      --damaged;
      last_damaged.reset();
    }
    v.subject = no_row;
  }
  if (const auto at = duplicates.find(subject); at != duplicates.end()) {
    for (const auto& ref : at->second) {
      erase(duplicate_item{ref, subjects[subject].key});
      payload_erases.push_back(ref);
    }
    duplicates.erase(at);
  }
}

void space::state::bury_associations(std::uint32_t subject) {
  const auto kill = [this](association_row& a) {
    if (a.dead) return;
    erase(item_of(a));
    a.dead = true;
    --live_associations;
    show_edge(a);
  };
  for (auto row = subjects[subject].first_out; row != no_row; row = associations[row].next_out)
    kill(associations[row]);
  for (auto row = subjects[subject].first_in; row != no_row; row = associations[row].next_in)
    kill(associations[row]);
}

// -- access and configure --

applied space::state::apply_access(const entry_meta& meta, const prepared& p) {
  const auto& what = std::get<access_op>(p.operation);
  applied done;
  for (const auto& key : what.keys) {
    const std::uint32_t subject = intern(key);
    if (subjects[subject].grave) continue;
    auto& held = accesses[subject];
    access_record record = held ? *held : access_record{};
    if (held) erase(access_item{key, record});
    record.add(what.at, meta.operation);
    if (base::planted("count_twice")) record.add(what.at, meta.operation);
    put(access_item{key, record});
    held = std::make_shared<const access_record>(record);
    show_access(subject);
    done.what = effect::changed;
  }
  return done;
}

applied space::state::apply_configure(const entry_meta& meta, const prepared& p) {
  const auto& what = std::get<configure_op>(p.operation);
  const setting_item after{p.subject, what.name, what.value, stamp_of(meta)};
  const auto [at, is_new] =
      settings.try_emplace(what.name, setting_row{p.subject, what.value, after.stamp});
  if (is_new) {
    put(after);
    return {effect::changed, 0};
  }
  setting_row& row = at->second;
  if (std::tie(after.stamp, after.value) <= std::tie(row.stamp, row.value)) return {};
  replace(setting_item{row.key, what.name, row.value, row.stamp}, after);
  row.value = what.value;
  row.stamp = after.stamp;
  return {effect::changed, 0};
}

} // namespace engram::memory
