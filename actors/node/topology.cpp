// The node and what an operator asks of the whole cluster: what a change would move, whether copies
// are good, which feature level is in force.

#include "actors/core/audits.hpp"
#include "actors/node/node.hpp"

#include <algorithm>
#include <map>

namespace engram::actors {

// -- plan ---------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t newcomers_max = 1'000;

/// Answers that come one by one, in any order; `all` is called with the last.
template <class T>
struct gathering {
  gathering(std::size_t count, std::function<void(std::vector<base::result<T>>)> when_all)
      : got(count, base::result<T>(base::error{base::errc::unavailable, {}})), left(count),
        all(std::move(when_all)) {}

  void take(std::size_t which, base::result<T> what) {
    {
      const std::lock_guard lock(mutex);
      got[which] = std::move(what);
      if (--left > 0) return;
    }
    all(std::move(got));
  }

  std::mutex mutex;
  std::vector<base::result<T>> got;
  std::size_t left;
  std::function<void(std::vector<base::result<T>>)> all;
};

void total(topology_plan& plan, std::uint64_t rate) {
  std::map<std::pair<base::store_id, std::uint32_t>, std::uint64_t> by_receiver;
  for (const auto& move : plan.moves) {
    plan.entries += move.entries;
    plan.bytes += move.bytes;
    by_receiver[{move.to, move.newcomer}] += move.bytes;
  }
  plan.bytes_per_second = rate;
  std::uint64_t most = 0;
  for (const auto& [who, bytes] : by_receiver) most = std::max(most, bytes);
  if (rate > 0) plan.time = base::duration{static_cast<std::int64_t>(most * 1'000 / rate)};
}

} // namespace

base::result<std::vector<membership::member>>
node::members_after(const topology_change& change) const {
  const auto now = router_.members();
  if (change.what == topology_change::kind::join) {
    if (change.newcomers == 0 || change.newcomers > newcomers_max)
      return {base::errc::invalid_argument, "new members: 1 to " + std::to_string(newcomers_max)};
    return membership::with_newcomers(*now, change.newcomers);
  }
  const auto found =
      std::find_if(now->begin(), now->end(), [&](const auto& m) { return m.id == change.member; });
  if (found == now->end() || found->state == membership::member_state::left)
    return {base::errc::invalid_argument, "no member " + change.member.hex()};
  return membership::without(*now, change.member);
}

void node::plan(topology_change change, reply<topology_plan> done) {
  const auto after = members_after(change);
  if (!after) return refuse(done, after.error());
  topology_plan out;
  if (change.what != topology_change::kind::join) {
    const bool dead = change.what == topology_change::kind::replace;
    const auto may = directory_->read([&](const membership::directory& d) {
      return may_retire(members_now(), change.member, dead, d);
    });
    if (!may) out.refusal = may.error().message();
  }
  std::vector<base::space_id> spaces;
  for (const auto& row :
       directory_->read([](const membership::directory& d) { return d.resolvable(); }))
    spaces.push_back(row.identity);
  out.spaces = spaces.size();
  auto moves =
      membership::moves_between(spaces, *router_.members(), *after, config_.replication_factor);
  for (auto& move : moves) {
    auto& planned = out.moves.emplace_back();
    planned.from = move.from;
    planned.newcomer = membership::newcomer_number(move.to, change.newcomers);
    if (planned.newcomer == 0) planned.to = move.to;
  }
  weigh_moves(std::move(moves), std::move(out), std::move(done));
}

/// How much they are is asked of the replicas that are there now.
void node::weigh_moves(std::vector<membership::replica_move> moves, topology_plan out,
                       reply<topology_plan> done) {
  if (moves.empty()) {
    total(out, config_.replication.copy_bytes_per_second);
    return done(std::move(out));
  }
  std::vector<membership::space_row> rows(moves.size());
  directory_->read([&](const membership::directory& d) {
    for (std::size_t i = 0; i < moves.size(); ++i)
      if (const auto* row = d.find(moves[i].space)) rows[i] = *row;
    return true;
  });
  for (std::size_t i = 0; i < rows.size(); ++i) out.moves[i].space = rows[i].what.name;
  auto answers = std::make_shared<gathering<space_info>>(
      rows.size(), [rate = config_.replication.copy_bytes_per_second, out = std::move(out),
                    done](std::vector<base::result<space_info>> got) mutable {
        for (std::size_t i = 0; i < got.size(); ++i) {
          if (!got[i]) continue;
          out.moves[i].known = true;
          out.moves[i].entries = got[i]->entries;
          out.moves[i].bytes = got[i]->disk_bytes;
        }
        total(out, rate);
        done(std::move(out));
      });
  for (std::size_t i = 0; i < rows.size(); ++i)
    info(rows[i].identity,
         [answers, i](base::result<space_info> got) { answers->take(i, std::move(got)); });
}

// -- repair -------------------------------------------------------------------------------------

void node::repair(std::string space, reply<std::vector<space_comparison>> done) {
  auto rows = directory_->read([](const membership::directory& d) { return d.resolvable(); });
  if (!space.empty()) {
    std::erase_if(rows, [&](const auto& row) { return row.what.name != space; });
    if (rows.empty()) return refuse(done, {base::errc::unknown_space, "space=" + space});
  }
  if (rows.empty()) return done(std::vector<space_comparison>{});
  auto all = std::make_shared<gathering<space_comparison>>(
      rows.size(), [done](std::vector<base::result<space_comparison>> got) {
        std::vector<space_comparison> out;
        for (auto& one : got) out.push_back(*std::move(one));
        done(std::move(out));
      });
  for (std::size_t i = 0; i < rows.size(); ++i)
    repair_one(rows[i],
               [all, i](base::result<space_comparison> got) { all->take(i, std::move(got)); });
}

/// A damaged copy takes another's by itself once it has seen its damage; one that only differs has
/// to be told.
void node::repair_one(const membership::space_row& row, reply<space_comparison> done) {
  const auto placed = router_.find(row.identity).placed.replicas;
  auto make = [this, row](bool rebuild) {
    auto out = std::make_shared<ask>();
    out->space = row.identity;
    out->now = ports_.clock.wall();
    out->deadline = ports_.clock.monotonic() + std::chrono::milliseconds(config_.deadline.count());
    out->what = audit_ask{rebuild};
    return out;
  };
  auto judged = [this, placed, make, name = row.what.name,
                 done](std::vector<base::result<audit>> got) {
    std::vector<audited_copy> copies;
    for (std::size_t i = 0; i < placed.size(); ++i)
      copies.push_back({placed[i], std::move(got[i])});
    space_comparison out{name, judge(copies)};
    for (const auto& one : out.copies)
      if (one.verdict == copy_verdict::diverged)
        ask_audit(one.store, make(true), [](const base::result<audit>&) {});
    done(std::move(out));
  };
  auto all = std::make_shared<gathering<audit>>(placed.size(), std::move(judged));
  for (std::size_t i = 0; i < placed.size(); ++i)
    ask_audit(placed[i], make(false),
              [all, i](base::result<audit> got) { all->take(i, std::move(got)); });
}

void node::ask_audit(const base::store_id& who, std::shared_ptr<ask> what, reply<audit> done) {
  auto answered = [done = std::move(done)](base::result<answer> got) {
    if (!got) return done(got.error());
    if (auto* said = std::get_if<audit>(&*got)) return done(std::move(*said));
    done(base::error{base::errc::incompatible, "another answer than was asked for"});
  };
  const bool here = who == store_;
  if (here) return answer_audit(*what, std::move(answered));
  send(who, std::move(what), std::move(answered));
}

void node::answer_audit(const ask& what, reply<answer> done) {
  if (!replication_) return done(base::error{base::errc::unavailable, "a cluster of one"});
  replication_->look_into(what.space, std::get<audit_ask>(what.what).rebuild,
                          [done = std::move(done)](base::result<audit> got) {
                            if (got)
                              done(answer{*std::move(got)});
                            else
                              done(got.error());
                          });
}

// -- the feature level --------------------------------------------------------------------------

std::uint32_t node::level() const {
  return std::max<std::uint32_t>(
      1, directory_->read([](const membership::directory& d) { return d.level(); }));
}

std::vector<membership::advertisement> node::advertisements() const {
  std::vector<membership::advertisement> out;
  const auto members = members_now();
  for (auto& who : standings()) {
    const auto info = std::find_if(members.begin(), members.end(),
                                   [&](const member_info& m) { return m.store == who.id; });
    if (info == members.end()) continue;
    out.push_back({std::move(who), info->feature_min, info->feature_max});
  }
  return out;
}

void node::raise_level(std::uint32_t to, reply<void> done) {
  propose(
      [to](const membership::directory& d) -> directory_host::decision {
        if (d.level() >= to) return std::optional<membership::directory_op>{};
        return std::optional<membership::directory_op>{membership::raise_level_op{to}};
      },
      std::move(done));
}

void node::upgrade(reply<std::uint32_t> done) {
  const auto now = level();
  const auto to = membership::common_level(advertisements(), now);
  if (!to) return refuse(done, to.error());
  if (*to <= now) return done(now);
  raise_level(*to, [done, level = *to](const base::result<void>& raised) {
    if (raised)
      done(level);
    else
      done(raised.error());
  });
}

void node::look_at_level() {
  if (!replication_ || joining_) return;
  const auto members = advertisements();
  const auto to = feature_level_.look(members, level(), ports_.clock.monotonic());
  if (!to) return;
  if (is_first_alive()) raise_level(*to, [](const base::result<void>&) {});
}

} // namespace engram::actors
