// Recall over several spaces: selected, asked, merged. And what a quorum read has to see.

#include "actors/core/majority.hpp"
#include "actors/core/merge.hpp"
#include "actors/core/selection.hpp"
#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr auto first_code_of_state = 200; // below: what is wrong with the request itself

/// What every space refuses is the request's fault, not a lack of coverage.
const base::error* refused_by_all(const std::vector<recalled_part>& parts) {
  const bool all = std::all_of(parts.begin(), parts.end(), [](const recalled_part& part) {
    return !part.got && static_cast<int>(part.got.error().code) < first_code_of_state;
  });
  return all ? &parts.front().got.error() : nullptr;
}

base::result<recall_reply> answer_of(std::vector<recalled_part> parts,
                                     const recall_request& request) {
  if (const auto* why = refused_by_all(parts)) return *why;
  auto out = merge(std::move(parts), request.query.limit);
  if (request.read.strict) TRY(check_whole(out.coverage));
  return out;
}

base::result<recall_reply> recalled(base::result<answer> got) {
  if (!got) return got.error();
  return std::get<recall_reply>(*std::move(got));
}

} // namespace

void node::recall_across(space_selector where, std::vector<std::string> readable,
                         recall_request request, reply<recall_reply> done) {
  auto rows = directory_->read(
      [&](const membership::directory& known) { return select(known, where, readable); });
  if (!rows) return refuse(done, rows.error());
  if (request.read.token.size() > token_bytes_max)
    return refuse(done, {base::errc::invalid_argument, "token"});
  {
    std::unique_lock lock(admission_mutex_);
    if (const auto taken = admission_.take_read(); !taken) {
      lock.unlock();
      return refuse(done, taken.error());
    }
  }
  set_now(request.query);
  gather(*std::move(rows), std::move(request), std::move(done));
}

void node::gather(std::vector<membership::space_row> rows, recall_request request,
                  reply<recall_reply> done) {
  const auto began = ports_.clock.monotonic();
  if (request.read.level == read_level::any) {
    const tokens same(rows.size(), request.read.token);
    return gather_on(std::move(rows), same, std::move(request), began, std::move(done));
  }
  struct looks {
    std::mutex mutex;
    tokens with;
    std::size_t left = 0;
  };
  const auto all = std::make_shared<looks>();
  all->with.assign(rows.size(), base::error{});
  all->left = rows.size();
  const auto until = began + deadline_of(request.read.deadline);
  for (std::size_t i = 0; i < rows.size(); ++i)
    seen_by_majority(rows[i].identity, request.read.token, until,
                     [this, i, all, rows, request, began, done](base::result<std::string> token) {
                       {
                         const std::lock_guard lock(all->mutex);
                         all->with[i] = std::move(token);
                         if (--all->left != 0) return;
                       }
                       gather_on(rows, all->with, request, began, done);
                     });
}

void node::gather_on(std::vector<membership::space_row> rows, const tokens& with,
                     recall_request request, clock_time began, reply<recall_reply> done) {
  const auto deadline = deadline_of(request.read.deadline);
  std::vector<driver::part> parts;
  std::vector<recalled_part> answers;
  std::vector<std::size_t> asked_for; // by part
  for (std::size_t i = 0; i < rows.size(); ++i) {
    answers.push_back({rows[i].what.name, rows[i].identity, base::error{}, 0});
    if (!with[i]) {
      answers[i].got = with[i].error();
      continue;
    }
    auto asked = std::make_shared<ask>();
    asked->space = rows[i].identity;
    asked->token = *with[i];
    asked->now = ports_.clock.wall();
    asked->deadline = began + deadline;
    asked->what = recall_ask{request.query, request.with_content};
    auto to = route_to(*asked);
    if (!to) {
      answers[i].got = to.error();
      continue;
    }
    parts.push_back({*std::move(to), std::move(asked)});
    asked_for.push_back(i);
  }
  auto finish = [this, began, rows = std::move(rows), request = std::move(request),
                 answers = std::move(answers), asked_for = std::move(asked_for),
                 done = std::move(done)](std::vector<driver::outcome> all) mutable {
    for (std::size_t i = 0; i < all.size(); ++i) {
      answers[asked_for[i]].got = recalled(std::move(all[i].got));
      answers[asked_for[i]].replicas_asked = all[i].replicas_asked;
    }
    auto out = answer_of(std::move(answers), request);
    const auto took = ports_.clock.monotonic() - began;
    metrics_.read_us.record_us(static_cast<std::uint64_t>(took.count() / 1000));
    if (!out) metrics_.refused(out.error());
    if (out && request.reinforce) reinforce_across(rows, *out, request.query.now);
    const auto end = [this, done](base::result<recall_reply> answered) {
      done(std::move(answered));
      give_read();
    };
    if (!out || out->coverage.missing_spaces.empty()) return end(std::move(out));
    // Comparing a cue with a thousand concepts is nothing for a link's thread.
    const auto queued = pool_.submit_admitted([this, rows, request, out, end] {
      auto coarse = *out;
      answer_coarsely(rows, request.query.cue, coarse);
      end(std::move(coarse));
    });
    if (!queued) end(std::move(out));
  };
  if (parts.empty()) return finish({});
  const auto spent = std::chrono::duration_cast<base::duration>(ports_.clock.monotonic() - began);
  driver_.run_all(std::move(parts), deadline - spent, std::move(finish));
}

void node::reinforce_across(const std::vector<membership::space_row>& rows,
                            const recall_reply& given, base::instant at) {
  for (const auto& row : rows) {
    std::vector<memory::hit> hits;
    for (std::size_t i = 0; i < given.spaces.size(); ++i)
      if (given.spaces[i] == row.what.name) hits.push_back(given.answer.hits[i]);
    reinforce(row.identity, hits, at);
  }
}

/// What `token` names and a majority of the space's replicas hold. Every replica is asked once; who
/// stays silent has no say.
void node::seen_by_majority(const base::space_id& space, std::string token, clock_time until,
                            reply<std::string> done) {
  const auto all = router_.find(space);
  const auto needed = router_.voices_needed(all);
  if (!needed) return done(needed.error());
  if (*needed <= 1) return done(std::move(token));
  struct shared {
    explicit shared(majority of) : voices(std::move(of)) {}
    std::mutex mutex;
    majority voices;
  };
  const auto heard =
      std::make_shared<shared>(majority(space, std::move(token), all.replicas.size(), *needed));
  const auto left = std::chrono::duration_cast<base::duration>(until - ports_.clock.monotonic());
  for (const auto& replica : all.replicas) {
    auto asked = std::make_shared<ask>();
    asked->space = space;
    asked->now = ports_.clock.wall();
    asked->deadline = until;
    asked->what = vector_ask{};
    route one = all;
    one.replicas = {replica};
    driver_.run(one, std::move(asked), left, [heard, done](base::result<answer> got) {
      std::optional<base::result<std::string>> decided;
      {
        const std::lock_guard lock(heard->mutex);
        decided = got ? heard->voices.step(std::get<vector_reply>(*got).vector)
                      : heard->voices.step(got.error());
      }
      if (decided) done(*std::move(decided));
    });
  }
}

} // namespace engram::actors
