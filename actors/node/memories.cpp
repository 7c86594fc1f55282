#include "actors/core/features.hpp"
#include "actors/core/merge.hpp"
#include "actors/node/node.hpp"

#include <algorithm>
#include <type_traits>

namespace engram::actors {

namespace {

constexpr std::uint64_t operation_overhead_bytes = 256;

std::uint64_t size_of(const memory::episode& what) {
  std::uint64_t bytes = operation_overhead_bytes + what.id.size() + what.text.size() +
                        what.title.size() + what.speaker.size() + what.place.size() +
                        what.session.size();
  for (const auto& who : what.who) bytes += who.size();
  for (const auto& tag : what.tags) bytes += tag.size();
  return bytes + (what.embedding ? what.embedding->values.size() : 0);
}

template <class Answer>
base::result<void> check_strict(const Answer& got, bool strict) {
  if constexpr (std::is_same_v<Answer, recall_reply> || std::is_same_v<Answer, spread_reply> ||
                std::is_same_v<Answer, query_reply>)
    if (strict) return check_whole(got.coverage);
  (void)got, (void)strict;
  return base::success();
}

} // namespace

base::duration node::deadline_of(base::duration asked) const {
  return asked.count() <= 0 ? config_.deadline : std::min(asked, config_.deadline_max);
}

void node::give_write(std::uint64_t bytes) {
  std::vector<std::function<void()>> drained;
  {
    const std::lock_guard lock(admission_mutex_);
    admission_.give_write(bytes);
    if (admission_.writes() == 0) drained = std::exchange(on_drained_, {});
    drained_.notify_all();
  }
  for (const auto& done : drained) done();
}

void node::give_read() {
  const std::lock_guard lock(admission_mutex_);
  admission_.give_read();
  drained_.notify_all();
}

// -- writes --

void node::write(base::space_id space, write_ask what, std::uint64_t bytes,
                 reply<write_reply> done) {
  const auto refuse = [&](const base::error& why) {
    metrics_.refused(why);
    done(why);
  };
  const auto route = router_.find(space);
  if (const auto copies = router_.copies_needed(route, what.wanted); !copies)
    return refuse(copies.error());
  {
    std::unique_lock lock(admission_mutex_);
    if (const auto taken = admission_.take_write(bytes); !taken) {
      lock.unlock();
      return refuse(taken.error());
    }
  }
  const auto began = ports_.clock.monotonic();
  auto asked = std::make_shared<ask>();
  asked->space = space;
  asked->now = ports_.clock.wall();
  asked->deadline = began + config_.deadline;
  asked->what = std::move(what);
  driver_.run(route, std::move(asked), config_.deadline,
              [this, bytes, began, done = std::move(done)](base::result<answer> got) {
                base::result<write_reply> out =
                    got ? base::result<write_reply>(std::get<write_reply>(*std::move(got)))
                        : base::result<write_reply>(got.error());
                metrics_.wrote(out, ports_.clock.monotonic() - began);
                done(std::move(out));
                give_write(bytes);
              });
}

void node::remember(base::space_id space, std::vector<memory::episode> what, durability d,
                    reply<write_reply> done) {
  write_ask asked{{}, d};
  std::uint64_t bytes = 0;
  for (auto& episode : what) {
    bytes += size_of(episode);
    asked.operations.push_back({memory::remember_op{std::move(episode)}, {}});
  }
  write(space, std::move(asked), bytes, std::move(done));
}

void node::associate(base::space_id space, std::vector<memory::association> what, durability d,
                     reply<write_reply> done) {
  write_ask asked{{}, d};
  const auto bytes = what.size() * operation_overhead_bytes;
  for (auto& association : what)
    asked.operations.push_back({memory::associate_op{std::move(association)}, {}});
  write(space, std::move(asked), bytes, std::move(done));
}

void node::forget(base::space_id space, std::vector<std::string> ids, memory::forget_mode mode,
                  durability d, reply<write_reply> done) {
  write_ask asked{{}, d};
  const auto bytes = ids.size() * operation_overhead_bytes;
  for (auto& id : ids) asked.operations.push_back({memory::forget_op{std::move(id), mode}, {}});
  write(space, std::move(asked), bytes, std::move(done));
}

void node::append(base::space_id space, std::vector<stream_item> items, durability d,
                  reply<write_reply> done) {
  write_ask asked{{}, d};
  std::uint64_t bytes = 0;
  for (auto& item : items) {
    if (auto* episode = std::get_if<memory::episode>(&item.what)) {
      bytes += size_of(*episode);
      asked.operations.push_back({memory::remember_op{std::move(*episode)}, {}});
    } else {
      bytes += operation_overhead_bytes;
      auto& association = std::get<memory::association>(item.what);
      asked.operations.push_back(
          {memory::associate_op{std::move(association)}, std::move(item.id)});
    }
  }
  write(space, std::move(asked), bytes, std::move(done));
}

// -- reads --

template <class Answer, class What>
void node::read(base::space_id space, What what, const read_options& how, reply<Answer> done) {
  if (how.token.size() > token_bytes_max)
    return refuse(done, {base::errc::invalid_argument, "token"});
  {
    std::unique_lock lock(admission_mutex_);
    if (const auto taken = admission_.take_read(); !taken) {
      lock.unlock();
      return refuse(done, taken.error());
    }
  }
  const auto began = ports_.clock.monotonic();
  const auto deadline = deadline_of(how.deadline);
  if (how.level == read_level::any)
    return read_on<Answer>(space, std::move(what), how.token, how.strict, began, deadline,
                           std::move(done));
  seen_by_majority(space, how.token, began + deadline,
                   [this, space, what = std::move(what), strict = how.strict, began, deadline,
                    done = std::move(done)](base::result<std::string> token) {
                     if (token)
                       return read_on<Answer>(space, what, *std::move(token), strict, began,
                                              deadline, done);
                     refuse(done, token.error());
                     give_read();
                   });
}

base::result<route> node::route_to(const ask& what) const {
  auto out = router_.find(what.space);
  const auto level = needed_level(what.what);
  if (level <= 1 || out.replicas.empty()) return out;
  std::erase_if(out.replicas, [&](const base::store_id& replica) {
    return replica != store_ && knows_at_most(replica) < level;
  });
  if (out.replicas.empty()) return too_old_for(level);
  return out;
}

/// With its place among the reads taken.
template <class Answer, class What>
void node::read_on(base::space_id space, What what, std::string token, bool strict,
                   clock_time began, base::duration deadline, reply<Answer> done) {
  auto asked = std::make_shared<ask>();
  asked->space = space;
  asked->token = std::move(token);
  asked->now = ports_.clock.wall();
  asked->deadline = began + deadline;
  asked->what = std::move(what);
  const auto spent = std::chrono::duration_cast<base::duration>(ports_.clock.monotonic() - began);
  const auto to = route_to(*asked);
  if (!to) {
    refuse(done, to.error());
    return give_read();
  }
  driver_.run(*to, std::move(asked), deadline - spent,
              [this, began, strict, done = std::move(done)](base::result<answer> got) {
                const auto took = ports_.clock.monotonic() - began;
                metrics_.read_us.record_us(static_cast<std::uint64_t>(took.count() / 1000));
                base::result<Answer> out =
                    got ? base::result<Answer>(std::get<Answer>(*std::move(got)))
                        : base::result<Answer>(got.error());
                if (out)
                  if (const auto whole = check_strict(*out, strict); !whole) out = whole.error();
                if (!out) metrics_.refused(out.error());
                done(std::move(out));
                give_read();
              });
}

template void node::read(base::space_id, query_ask, const read_options&, reply<query_reply>);
template void node::read(base::space_id, concepts_ask, const read_options&, reply<concepts_reply>);
template void node::read(base::space_id, consolidate_ask, const read_options&,
                         reply<consolidation_report>);

void node::get(base::space_id space, std::vector<std::string> ids, read_options how,
               reply<std::vector<memory_record>> done) {
  read<std::vector<memory_record>>(space, get_ask{std::move(ids)}, how, std::move(done));
}

void node::recall(base::space_id space, recall_request request, reply<recall_reply> done) {
  set_now(request.query);
  const auto at = request.query.now;
  done = [limit = request.query.limit, done = std::move(done)](base::result<recall_reply> got) {
    if (got) add_claims(*got, limit);
    done(std::move(got));
  };
  if (request.reinforce)
    done = [this, space, at, done = std::move(done)](base::result<recall_reply> got) {
      if (got) reinforce(space, got->answer.hits, at);
      done(std::move(got));
    };
  read<recall_reply>(space, recall_ask{std::move(request.query), request.with_content},
                     request.read, std::move(done));
}

/// What the asker left open happened now.
void node::set_now(memory::recall_query& query) const {
  if (query.now.ms == 0) query.now = ports_.clock.wall();
  for (auto& prime : query.primes)
    if (prime.at.ms == 0) prime.at = query.now;
}

void node::reinforce(const base::space_id& space, const std::vector<memory::hit>& hits,
                     base::instant at) {
  if (!hits.empty() && !reinforcement_.add(space, access_of(space, hits, at, entropy_.draw())))
    metrics_.reinforcements_dropped.add();
}

void node::spread(base::space_id space, spread_request request, reply<spread_reply> done) {
  if (request.query.now.ms == 0) request.query.now = ports_.clock.wall();
  read<spread_reply>(space, spread_ask{std::move(request.query), request.with_content},
                     request.read, std::move(done));
}

void node::scan(base::space_id space, std::string cursor, std::uint32_t limit,
                reply<scan_page> done) {
  read<scan_page>(space, scan_ask{std::move(cursor), limit}, {}, std::move(done));
}

void node::info(base::space_id space, reply<space_info> done) {
  const auto row = directory_->read([&](const membership::directory& d) {
    const auto* found = d.find(space);
    return found == nullptr ? std::optional<membership::space_row>{} : *found;
  });
  if (!row) return refuse(done, {base::errc::unknown_space, "id=" + space.hex()});
  info_of(*row, std::move(done));
}

void node::info_of(const membership::space_row& row, reply<space_info> done) {
  read<space_info>(row.identity, info_ask{}, {},
                   [this, row, done = std::move(done)](base::result<space_info> got) {
                     if (got) {
                       got->generation = row.what.generation;
                       return done(std::move(got));
                     }
                     if (got.error().code != base::errc::space_parked) return done(got.error());
                     done(glance(row));
                   });
}

} // namespace engram::actors
