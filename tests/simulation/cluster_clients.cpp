// What clients do: sessions that write, delete and read with a token; streams; quorum reads.

#include "actors/core/majority.hpp"
#include "base/check.hpp"
#include "tests/simulation/cluster_slot.hpp"

#include <algorithm>

namespace engram::simulation {

namespace {
constexpr std::size_t plain_sessions = 6; // streams have the ones behind
constexpr base::duration stream_pause{300}, stream_patience{3'000};
} // namespace

void cluster_world::client() {
  if (!faulty_ || options_.operations_per_second <= 0) return;
  operate();
  client_ms_ += 2'000.0 / options_.operations_per_second * random_.unit();
  const auto pause = static_cast<std::int64_t>(client_ms_);
  client_ms_ -= static_cast<double>(pause);
  at(base::duration{pause}, [this] { client(); });
}

void cluster_world::operate() {
  const auto contact = random_.below(slots_.size());
  auto& node = slots_[contact]->node;
  const auto who = random_.below(plain_sessions);
  const auto name = "space-" + std::to_string(random_.below(options_.spaces));
  const auto dice = random_.unit();
  if (!node || now_ < slots_[contact]->paused_until) return;
  const auto* row = node->directory().resolve(name);
  if (row == nullptr) return;
  ++tally_.operations;
  const auto space = row->identity;
  auto& mine = sessions_[who];
  question what{space, actors::make_token(space, mine.seen[space], {}), {}};
  auto& known = mine.writes[space];
  if (dice >= options_.write_share && !known.empty()) {
    const auto i = known[random_.below(known.size())];
    if (random_.chance(options_.quorum_reads)) return quorum_read(contact, who, i);
    what.what = read_question{writes_[i].id};
    return ask(contact, what, 0,
               [this, who, what, i](const answer& got) { answered(who, what, i, got); });
  }
  const auto wanted =
      random_.chance(options_.local_share) ? actors::durability::local : actors::durability::quorum;
  if (!known.empty() && random_.chance(options_.delete_share)) {
    const auto i = known[random_.below(known.size())];
    writes_[i].deleted = true;
    what.what =
        write_question{memory::forget_op{writes_[i].id, memory::forget_mode::erase}, wanted};
    return ask(contact, what, ~0ull,
               [this, who, what](const answer& got) { answered(who, what, std::nullopt, got); });
  }
  const auto i = writes_.size();
  memory::episode episode;
  episode.id = "memory-" + std::to_string(i);
  episode.text = "The " + std::to_string(i % 97) + "th letter of " + std::to_string(i % 7);
  writes_.push_back({space, episode.id, now_, false, false, {}, {}});
  what.what = write_question{memory::remember_op{std::move(episode)}, wanted};
  ask(contact, what, i, [this, who, what, i](const answer& got) {
    if (!got.error) sessions_[who].writes[what.space].push_back(i);
    answered(who, what, std::nullopt, got);
  });
}

/// The contact passes it on to the first replica it would ask.
void cluster_world::ask(std::size_t contact, const question& what, std::uint64_t write,
                        answer_to done) {
  const auto route = slots_[contact]->node->route_to(what.space);
  if (!route.replicas.empty())
    ask_replica(contact, index(route.replicas.front()).index, what, write, std::move(done));
}

/// Whatever the network doubles, one answer is taken.
void cluster_world::ask_replica(std::size_t contact, std::size_t to, const question& what,
                                std::uint64_t write, answer_to done) {
  auto& here = *slots_[contact];
  if (to == contact) {
    here.node->ask(what, steady(here), std::move(done), write);
    return care(here);
  }
  auto waits = std::make_shared<answer_to>(std::move(done));
  carry(contact, to, true, [this, what, write, waits, contact, to](slot& who) {
    const auto back = [this, waits, contact, to](const answer& got) {
      carry(to, contact, true, [waits, got](slot&) {
        if (const auto first = std::exchange(*waits, {})) first(got);
      });
    };
    who.node->ask(what, steady(who), back, write);
  });
}

void cluster_world::answered(std::size_t who, const question& what, std::optional<std::size_t> read,
                             const answer& got) {
  if (got.error) return;
  ++tally_.answered;
  auto seen = actors::read_token(got.token, what.space);
  CHECK(seen.has_value());
  sessions_[who].seen[what.space].join(*seen);
  if (!read) return;
  tally_.reads_seen += got.seen;
  if (!got.seen && !writes_[*read].deleted)
    fail("session " + std::to_string(who) + " no longer sees " + writes_[*read].id);
}

// -- quorum reads -------------------------------------------------------------------------------

/// None of the disks that held it when it was acknowledged is gone.
bool cluster_world::is_intact(const written& what) const {
  return what.acknowledged &&
         std::all_of(what.holders.begin(), what.holders.end(),
                     [this](const auto& h) { return slots_[h.first]->generation == h.second; });
}

/// Those who hold it are replicas in the view `in`, and enough of them.
bool cluster_world::is_promised(const written& what, const actors::route& in) const {
  return is_intact(what) && what.holders.size() >= in.placed.quorum &&
         std::all_of(what.holders.begin(), what.holders.end(),
                     [&](const auto& h) { return in.placed.holds(slots_[h.first]->id); });
}

/// Without a token: what somebody was told is there, it finds, where those who told it still hold
/// the space.
void cluster_world::quorum_read(std::size_t contact, std::size_t who, std::size_t write) {
  const auto& about = writes_[write];
  const auto route = slots_[contact]->node->route_to(about.space);
  const auto& placed = route.placed.replicas;
  const bool promised = is_promised(about, route);
  const auto needed = options_.planted.read_one_copy ? 1 : route.placed.quorum;
  auto heard = std::make_shared<actors::majority>(about.space, "", placed.size(), needed);
  const auto read = [this, contact, who, write, promised](const std::string& token) {
    const question what{writes_[write].space, token, read_question{writes_[write].id}};
    if (!slots_[contact]->node) return;
    ask(contact, what, 0, [this, who, what, write, promised](const answer& got) {
      if (got.error) return;
      ++tally_.quorum_reads;
      const auto& asked = writes_[write];
      if (!got.seen && promised && is_intact(asked) && !asked.deleted)
        fail("a quorum read missed what was acknowledged: " + asked.id);
      answered(who, what, std::nullopt, got);
    });
  };
  for (const auto& replica : placed)
    ask_replica(contact, index(replica).index, {about.space, {}, vector_question{}}, 0,
                [heard, read](const answer& got) {
                  const auto seen =
                      heard->step(got.error ? base::result<std::string>(*got.error, "")
                                            : base::result<std::string>(got.token));
                  if (seen && *seen) read(**seen);
                });
}

// -- streams ------------------------------------------------------------------------------------

std::string cluster_world::item_id(std::size_t number, std::uint64_t item,
                                   std::uint64_t attempt) const {
  const auto named = "stream-" + std::to_string(number) + "-" + std::to_string(item);
  return attempt == 1 ? named : named + "-" + std::to_string(attempt);
}

void cluster_world::run_stream(std::size_t number) {
  if (!faulty_) return;
  at(stream_pause, [this, number] { run_stream(number); });
  auto& mine = streams_[number];
  const auto contact = random_.below(slots_.size());
  const auto& node = slots_[contact]->node;
  if (!node || now_ < slots_[contact]->paused_until) return;
  if (!mine.space || node->directory().dropped(*mine.space)) {
    const auto* row =
        node->directory().resolve("space-" + std::to_string(number % options_.spaces));
    if (row == nullptr) return;
    mine = {mine.session, row->identity, {}, 0, {}, true};
  }
  if (mine.settled || now_ - mine.sent >= stream_patience) send_item(number, contact);
}

void cluster_world::send_item(std::size_t number, std::size_t contact) {
  auto& mine = streams_[number];
  if (std::exchange(mine.settled, false)) {
    mine.items.push_back(writes_.size());
    mine.attempts = 0;
    writes_.push_back(
        {*mine.space, item_id(number, mine.items.size(), 1), now_, false, false, {}, {}});
  }
  mine.sent = now_;
  tally_.sent_again += ++mine.attempts > 1;
  const auto item = mine.items.size();
  const auto write = mine.items.back();
  memory::episode episode;
  episode.id = item_id(number, item, options_.planted.fresh_names ? mine.attempts : 1);
  episode.text = "Page " + std::to_string(item) + " of roll " + std::to_string(number);
  const auto space = *mine.space;
  const question what{space, actors::make_token(space, sessions_[mine.session].seen[space], {}),
                      write_question{memory::remember_op{std::move(episode)}}};
  ask(contact, what, write, [this, number, what, item, write](const answer& got) {
    auto& now_mine = streams_[number];
    if (now_mine.space != what.space) return;
    answered(now_mine.session, what, std::nullopt, got);
    if (now_mine.items.size() != item || now_mine.settled) return; // an earlier attempt's answer
    if (got.error) {
      now_mine.sent = now_ - stream_patience; // again, through another member
      return;
    }
    now_mine.settled = true;
    ++tally_.streamed;
    sessions_[now_mine.session].writes[what.space].push_back(write);
  });
}

} // namespace engram::simulation
