#include "memory/space_state.hpp"

#include "base/bytes.hpp"

namespace engram::memory {

/// Stored items as take() wants them; built by stage() on any thread, then only read.
struct staged {
  struct version {
    episode_item item;
    std::shared_ptr<const episode> what; // nullptr: the body is damaged
    std::shared_ptr<const analysed> words;
  };
  std::uint64_t items = 0;
  std::vector<version> versions;
  std::vector<state_item> others;
  std::vector<std::string> unreadable; // items that are no items
};

namespace {

constexpr std::size_t named_max = 1000;

/// A body that does not belong to its item is as bad as none.
void stage_body(staged::version& v, std::string payload, const space_config& config,
                const analyser& words) {
  auto body = decode_prepared(entry_kind::remember, std::move(payload), config, words);
  if (!body || body->subject != v.item.key || body->content != v.item.content) return;
  v.what = std::move(body->what);
  v.words = std::move(body->words);
}

std::string name_of(const base::memory_key& key) { return "memory key " + key.hex(); }

} // namespace

std::optional<payload_ref> space::payload_of(std::string_view key) noexcept {
  return episode_ref(key);
}

std::shared_ptr<const staged> space::stage(std::vector<stored_item> items,
                                           const space_config& config, const analyser& words) {
  auto out = std::make_shared<staged>();
  out->items = items.size();
  for (auto& stored : items) {
    auto item = decode_item(stored.key, stored.value);
    if (!item) {
      out->unreadable.push_back(item.error().context + " key " + base::to_hex(stored.key));
    } else if (const auto* e = std::get_if<episode_item>(&*item)) {
      staged::version v{*e, nullptr, nullptr};
      if (stored.payload) stage_body(v, std::move(*stored.payload), config, words);
      out->versions.push_back(std::move(v));
    } else {
      out->others.push_back(*std::move(item));
    }
  }
  return out;
}

namespace {

/// Puts one item that is no version into the tables. What it means for the index is told at the
/// end, since items come in any order.
struct taker {
  space::state& s;

  void operator()(const episode_item&) const {}
  void operator()(const duplicate_item& i) const { s.duplicates[s.intern(i.key)].push_back(i.ref); }
  void operator()(const grave_item& i) const {
    subject_row& row = s.subjects[s.intern(i.key)];
    if (!row.grave) ++s.graves;
    row.grave = true;
  }
  void operator()(const suppress_item& i) const {
    s.suppressions[s.intern(i.key)] = {i.stamp, i.mode};
  }
  void operator()(const access_item& i) const {
    s.accesses[s.intern(i.key)] = std::make_shared<const access_record>(i.record);
  }
  void operator()(const association_item& i) const {
    if (s.find_association(i.key) == no_row) s.show_edge(s.associations[s.add_association(i)]);
  }
  void operator()(const setting_item& i) const { s.settings[i.name] = {i.key, i.value, i.stamp}; }
  void operator()(const bucket_item& i) const { s.stored_buckets[i.index] = i.sum; }
};

} // namespace

void space::take(const staged& items) {
  state& s = *state_;
  s.last.reset();
  s.report.items += items.items;
  for (const auto& v : items.versions) {
    const item_bytes logical = logical_item(v.item);
    s.hash.add(logical.key, logical.value);
    const std::uint32_t row = s.add_version(v.item);
    if (v.what) {
      ++s.report.memories;
      s.index_version(s.versions[row], v.what, v.words);
    } else {
      ++s.damaged;
      s.report.damaged.push_back(name_of(v.item.key));
    }
  }
  for (const auto& item : items.others) {
    const item_bytes logical = logical_item(item);
    if (!logical.key.empty()) s.hash.add(logical.key, logical.value);
    std::visit(taker{s}, item);
  }
  s.report.damaged.insert(s.report.damaged.end(), items.unreadable.begin(), items.unreadable.end());
}

load_report space::finish_load(std::vector<std::string> unreadable) {
  state& s = *state_;
  for (const auto& [subject, row] : s.suppressions) s.show(subject);
  for (const auto& [subject, record] : s.accesses) s.show_access(subject);

  s.hash.clear_changed();
  for (std::size_t i = 0; i < state_hash::bucket_count; ++i) {
    const auto number = static_cast<std::uint16_t>(i);
    const auto at = s.stored_buckets.find(number);
    const base::hash128 stored = at == s.stored_buckets.end() ? base::hash128{} : at->second;
    if (stored == s.hash.bucket(i)) continue;
    s.report.mismatched.push_back(number);
    // What is applied from now on may write over the damage; the sum goes on telling of it.
    if (at != s.stored_buckets.end()) s.hash.keep(i, stored);
  }
  s.stored_buckets.clear();

  load_report report = std::exchange(s.report, {});
  report.damaged.insert(report.damaged.end(), std::make_move_iterator(unreadable.begin()),
                        std::make_move_iterator(unreadable.end()));
  report.damaged_count = report.damaged.size();
  if (report.damaged.size() > named_max) report.damaged.resize(named_max);
  return report;
}

} // namespace engram::memory
