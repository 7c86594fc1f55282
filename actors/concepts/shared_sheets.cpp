#include "actors/concepts/shared_sheets.hpp"

#include <algorithm>
#include <utility>

namespace engram::actors {

shared_sheets::shared_sheets(parts with)
    : with_(std::move(with)), gossip_(with_.rules, with_.seed, with_.is_dropped),
      sent_(with_.registry.add_counter("engram_actors_concept_messages_sent_total",
                                       "Messages about concepts sent to other members")),
      received_(with_.registry.add_counter("engram_actors_concept_messages_received_total",
                                           "Messages about concepts that came from others")),
      malformed_(with_.registry.add_counter(
          "engram_actors_concept_messages_malformed_total",
          "Messages about concepts that could not be read, or came while too much waited")),
      sheets_(with_.registry.add_gauge("engram_actors_concept_sheets",
                                       "Spaces whose strongest concepts are here")),
      sheet_bytes_(with_.registry.add_gauge("engram_actors_concept_sheet_bytes",
                                            "Bytes of them, records only")) {}

// -- of spaces that lie here --------------------------------------------------------------------

membership::sheet_version shared_sheets::publish(const base::space_id& space, std::uint64_t covered,
                                                 std::vector<membership::sheet_record> records) {
  const std::lock_guard lock(mutex_);
  return gossip_.publish(space, covered, std::move(records), with_.clock.wall());
}

void shared_sheets::withdraw(const base::space_id& space, std::uint64_t covered) {
  const std::lock_guard lock(mutex_);
  const auto held = gossip_.find(space);
  if (held && !held->records.empty()) gossip_.publish(space, covered, {}, with_.clock.wall());
}

void shared_sheets::confirm(const base::space_id& space, const membership::sheet_version& version) {
  const std::lock_guard lock(mutex_);
  gossip_.confirm(space, version, with_.clock.wall());
}

// -- among others -------------------------------------------------------------------------------

void shared_sheets::set_members(const std::vector<member_info>& members) {
  std::vector<base::store_id> others;
  const std::lock_guard lock(mutex_);
  addresses_.clear();
  for (const auto& each : members) {
    if (each.store == with_.self || each.state >= membership::member_state::dead) continue;
    others.push_back(each.store);
    addresses_[each.store] = each.address;
  }
  std::sort(others.begin(), others.end());
  gossip_.set_members(std::move(others));
}

void shared_sheets::arrived(const base::store_id& from, std::string message) {
  received_.add();
  const auto queued = with_.pool.submit([this, from, message = std::move(message)] {
    const auto what = membership::sheet_message::decode_sheet_message(message);
    if (!what) return malformed_.add();
    membership::concept_gossip::effects effects;
    {
      const std::lock_guard lock(mutex_);
      effects = gossip_.step(from, *what, with_.clock.wall());
    }
    send(std::move(effects));
  });
  if (!queued) malformed_.add();
}

void shared_sheets::send(membership::concept_gossip::effects effects) {
  if (with_.net == nullptr) return;
  for (const auto& [to, what] : effects.sends) {
    std::string address;
    {
      const std::lock_guard lock(mutex_);
      const auto known = addresses_.find(to);
      if (known == addresses_.end()) continue;
      address = known->second;
    }
    sent_.add();
    with_.net->send(address, channel::concepts, membership::sheet_message::encode(what));
  }
}

void shared_sheets::tick() {
  membership::concept_gossip::effects effects;
  {
    const std::lock_guard lock(mutex_);
    effects = gossip_.tick(with_.clock.wall());
    sheets_.set(static_cast<std::int64_t>(gossip_.size()));
    sheet_bytes_.set(static_cast<std::int64_t>(gossip_.bytes()));
    std::erase_if(read_, [&](const auto& one) { return gossip_.find(one.first) == nullptr; });
  }
  send(std::move(effects));
}

// -- what sheets tell ---------------------------------------------------------------------------

/// Requires: the gossip's mutex.
std::shared_ptr<const sheet_view> shared_sheets::view_of(const base::space_id& space) {
  const auto held = gossip_.find(space);
  if (!held || held->records.empty()) return nullptr;
  auto& known = read_[space];
  if (!known.view || known.version != held->head.version ||
      known.view->as_of != held->head.confirmed) {
    auto view = actors::read_sheet(*held);
    if (!view) {
      malformed_.add();
      return nullptr;
    }
    known = {held->head.version, std::make_shared<const sheet_view>(*std::move(view))};
  }
  return known.view;
}

const memory::analyser& shared_sheets::words_of(const std::string& language) {
  auto& made = analysers_[language];
  if (!made) made = std::make_unique<memory::analyser>(language);
  return *made;
}

bool shared_sheets::has(const base::space_id& space) {
  const std::lock_guard lock(mutex_);
  return view_of(space) != nullptr;
}

std::optional<concepts_reply> shared_sheets::list(const membership::space_row& of,
                                                  const concepts_ask& asked) {
  std::optional<memory::concept_cue> cue;
  std::shared_ptr<const sheet_view> view;
  {
    const std::lock_guard lock(mutex_);
    view = view_of(of.identity);
    if (!view) return std::nullopt;
    if (has_words(asked.cue))
      cue = memory::cue_for(of.identity, words_of(of.what.language), asked.cue);
  }
  return actors::answer_from(*view, cue, asked.limit);
}

std::optional<knowledge> shared_sheets::know(const membership::space_row& about,
                                             const memory::cue& cue) {
  if (!has_words(cue)) return std::nullopt;
  std::shared_ptr<const sheet_view> view;
  memory::concept_cue compared;
  {
    const std::lock_guard lock(mutex_);
    view = view_of(about.identity);
    if (!view) return std::nullopt;
    compared = memory::cue_for(about.identity, words_of(about.what.language), cue);
  }
  auto out = knowledge_of(*view, compared);
  if (out) out->space = about.what.name;
  return out;
}

knowing_reply shared_sheets::know_all(const std::vector<membership::space_row>& of,
                                      const memory::cue& cue, std::uint32_t limit) {
  knowing_reply out;
  for (const auto& row : of) {
    ++out.spaces_asked;
    out.spaces_shared += has(row.identity);
    if (auto known = know(row, cue); known && known->match.high > 0)
      out.spaces.push_back(*std::move(known));
  }
  std::sort(out.spaces.begin(), out.spaces.end(), [](const knowledge& a, const knowledge& b) {
    return std::tie(b.match.point, b.match.high, a.space) <
           std::tie(a.match.point, a.match.high, b.space);
  });
  if (out.spaces.size() > limit) out.spaces.resize(limit);
  return out;
}

} // namespace engram::actors
