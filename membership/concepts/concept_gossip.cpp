#include "membership/concepts/concept_gossip.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace engram::membership {

using namespace sheet_message;

namespace {

constexpr std::size_t wishes_max = 16; // sheets asked for at once
constexpr std::size_t partners = 2;    // that hear of a change at once

std::size_t bucket_of(const base::space_id& space) {
  return static_cast<std::size_t>(space.value.high >> 58);
}

std::uint64_t digest_of(const sheet_head& head) {
  base::writer out;
  for (const auto part : {head.space.value.high, head.space.value.low, head.version.covered,
                          head.version.content.high, head.version.content.low,
                          static_cast<std::uint64_t>(head.confirmed.ms)})
    out.u64(part);
  return base::fast_hash64(out.view());
}

const base::hash128& content_of_nothing() {
  static const base::hash128 none = content_of({});
  return none;
}

} // namespace

concept_gossip::concept_gossip(concept_rules rules, std::uint64_t seed, dropped_rule dropped)
    : rules_(rules), dropped_(std::move(dropped)), random_(seed) {}

// -- what is held -------------------------------------------------------------------------------

bool concept_gossip::is_credible(const sheet_head& head, base::instant now) const {
  return head.confirmed <= now + rules_.ahead_max && now - head.confirmed <= rules_.kept &&
         !dropped_(head.space);
}

base::instant concept_gossip::stamp(base::instant now) const {
  return {now.ms - now.ms % rules_.step.count()};
}

void concept_gossip::set_head(known& of, const sheet_head& head) {
  auto& sum = buckets_[bucket_of(head.space)];
  sum += digest_of(head) - digest_of(of.head);
  of.head = head;
  if (!of.content) return;
  auto same = *of.content;
  same.head = head;
  of.content = std::make_shared<const sheet>(std::move(same));
}

void concept_gossip::erase(std::map<base::space_id, known>::iterator at) {
  buckets_[bucket_of(at->first)] -= digest_of(at->second.head);
  bytes_ -= at->second.bytes;
  beyond_ -= at->second.content == nullptr;
  changed_ = urgent_ = true;
  sheets_.erase(at);
}

void concept_gossip::put(known what) {
  if (const auto old = sheets_.find(what.head.space); old != sheets_.end()) erase(old);
  buckets_[bucket_of(what.head.space)] += digest_of(what.head);
  bytes_ += what.bytes;
  beyond_ += what.content == nullptr;
  changed_ = urgent_ = true;
  sheets_.emplace(what.head.space, std::move(what));
}

/// The merge: the newer of what is held and this.
void concept_gossip::take(const sheet_head& head, std::vector<sheet_record> records) {
  const auto held = sheets_.find(head.space);
  if (held != sheets_.end() && !is_newer(head, held->second.head)) return;
  asked_.erase(head.space);
  if (held != sheets_.end() && held->second.head.version == head.version && held->second.content)
    return set_head(held->second, head);
  const auto size = bytes_of(records);
  const auto given_up = held == sheets_.end() ? 0 : held->second.bytes;
  if (bytes_ - given_up + size > rules_.bytes_max) return put({head, nullptr, 0});
  put({head, std::make_shared<const sheet>(sheet{head, std::move(records)}), size});
}

sheet_version concept_gossip::publish(const base::space_id& space, std::uint64_t covered,
                                      std::vector<sheet_record> records, base::instant now) {
  std::size_t kept = 0;
  for (std::uint64_t bytes = 0; kept < std::min(records.size(), rules_.records_max); ++kept)
    if (bytes += bytes_of(records[kept]); bytes > rules_.sheet_bytes_max) break;
  records.resize(kept);
  const sheet_version version{covered, content_of(records)};
  // A space that never shared anything has nothing to take back.
  if (!dropped_(space) && (kept > 0 || sheets_.contains(space)))
    take({space, version, stamp(now)}, std::move(records));
  return version;
}

void concept_gossip::confirm(const base::space_id& space, const sheet_version& version,
                             base::instant now) {
  const auto held = sheets_.find(space);
  if (held == sheets_.end() || held->second.head.version != version) return;
  if (held->second.head.confirmed < stamp(now))
    set_head(held->second, {space, version, stamp(now)});
}

std::shared_ptr<const sheet> concept_gossip::find(const base::space_id& space) const {
  const auto held = sheets_.find(space);
  return held == sheets_.end() ? nullptr : held->second.content;
}

std::vector<std::shared_ptr<const sheet>> concept_gossip::all() const {
  std::vector<std::shared_ptr<const sheet>> out;
  for (const auto& [space, held] : sheets_)
    if (held.content && !held.content->records.empty()) out.push_back(held.content);
  return out;
}

std::uint64_t concept_gossip::digest() const {
  base::writer out;
  for (const auto sum : buckets_) out.u64(sum);
  return base::fast_hash64(out.view());
}

std::vector<sheet_head> concept_gossip::heads_in(std::uint64_t buckets) const {
  std::vector<sheet_head> out;
  for (const auto& [space, held] : sheets_)
    if ((buckets >> bucket_of(space) & 1) != 0) out.push_back(held.head);
  return out;
}

// -- what is said -------------------------------------------------------------------------------

concept_gossip::effects concept_gossip::step(const base::store_id& from,
                                             const sheet_message::any& what, base::instant now) {
  now_ = now;
  effects out;
  std::visit([&](const auto& said) { answer(from, said, out); }, what);
  out.changed = std::exchange(changed_, false);
  return out;
}

concept_gossip::effects concept_gossip::tick(base::instant now) {
  now_ = now;
  effects out;
  for (auto at = sheets_.begin(); at != sheets_.end();) {
    const auto next = std::next(at);
    if (!is_credible(at->second.head, now)) erase(at);
    at = next;
  }
  std::erase_if(asked_, [&](const auto& one) { return one.second <= now; });
  out.changed = std::exchange(changed_, false);
  const bool is_due = now >= next_beat_ || next_beat_ - now > rules_.interval; // a clock set back
  if (!is_due && !urgent_) return out;
  next_beat_ = now + rules_.interval;
  const bool is_news = std::exchange(urgent_, false);
  if (sheets_.empty() || others_.empty()) return out;
  const std::size_t count = std::min(is_news ? partners : 1, others_.size());
  const auto first = random_.below(others_.size());
  for (std::size_t i = 0; i < count; ++i)
    out.sends.push_back({others_[(first + i) % others_.size()], root{digest()}});
  return out;
}

void concept_gossip::answer(const base::store_id& to, const root& what, effects& out) {
  if (what.digest != digest()) out.sends.push_back({to, digests{buckets_}});
}

void concept_gossip::answer(const base::store_id& to, const digests& what, effects& out) {
  heads mine;
  for (std::size_t i = 0; i < BUCKETS; ++i)
    if (what.buckets[i] != buckets_[i]) mine.buckets |= std::uint64_t{1} << i;
  if (mine.buckets == 0) return;
  mine.answer = true;
  mine.items = heads_in(mine.buckets);
  out.sends.push_back({to, std::move(mine)});
}

void concept_gossip::answer(const base::store_id& to, const heads& what, effects& out) {
  if (what.answer) out.sends.push_back({to, heads{what.buckets, false, heads_in(what.buckets)}});
  for (const auto& head : what.items) {
    const auto held = sheets_.find(head.space);
    const bool is_known = held != sheets_.end();
    if (!is_credible(head, now_) || (is_known && !is_newer(head, held->second.head))) continue;
    if (is_known && held->second.head.version == head.version)
      set_head(held->second, head);
    else if (head.version.content == content_of_nothing())
      take(head, {});
    else
      wish_for(to, head, out);
  }
}

void concept_gossip::wish_for(const base::store_id& from, const sheet_head& head, effects& out) {
  const auto asked = asked_.find(head.space);
  const auto is_waiting = [&] { // not for ever, when the clock was set back
    return asked->second > now_ && asked->second - now_ <= rules_.patience;
  };
  if (asked != asked_.end() ? is_waiting() : asked_.size() >= wishes_max) return;
  asked_[head.space] = now_ + rules_.patience;
  wish what{head.space, {}};
  if (const auto held = find(head.space))
    for (const auto& record : held->records) what.held.push_back(tag_of(record));
  std::sort(what.held.begin(), what.held.end());
  out.sends.push_back({from, std::move(what)});
}

void concept_gossip::answer(const base::store_id& to, const wish& what, effects& out) {
  const auto held = find(what.space);
  if (!held) return; // another member has it
  part reply{held->head, {}, {}};
  for (const auto& record : held->records) {
    reply.tags.push_back(tag_of(record));
    if (!std::binary_search(what.held.begin(), what.held.end(), reply.tags.back()))
      reply.records.push_back(record);
  }
  out.sends.push_back({to, std::move(reply)});
}

void concept_gossip::answer(const base::store_id&, const part& what, effects&) {
  asked_.erase(what.head.space);
  if (!is_credible(what.head, now_) || what.tags.size() > rules_.records_max) return;
  std::map<std::uint64_t, const sheet_record*> at_hand;
  const auto held = find(what.head.space);
  if (held)
    for (const auto& record : held->records) at_hand.emplace(tag_of(record), &record);
  for (const auto& record : what.records) at_hand.emplace(tag_of(record), &record);
  std::vector<sheet_record> records;
  for (const auto tag : what.tags) {
    const auto found = at_hand.find(tag);
    if (found == at_hand.end()) return; // what was held has changed meanwhile: asked for again
    records.push_back(*found->second);
  }
  if (content_of(records) != what.head.version.content ||
      bytes_of(records) > rules_.sheet_bytes_max)
    return;
  take(what.head, std::move(records));
}

} // namespace engram::membership
