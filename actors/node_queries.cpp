// Recall over several spaces: selected, asked, merged.

#include "actors/core/merge.hpp"
#include "actors/core/selection.hpp"
#include "actors/node.hpp"

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
  {
    std::unique_lock lock(admission_mutex_);
    if (const auto taken = admission_.take_read(); !taken) {
      lock.unlock();
      return refuse(done, taken.error());
    }
  }
  if (request.query.now.ms == 0) request.query.now = ports_.clock.wall();
  gather(*std::move(rows), std::move(request), std::move(done));
}

void node::gather(std::vector<membership::space_row> rows, recall_request request,
                  reply<recall_reply> done) {
  const auto began = ports_.clock.monotonic();
  const auto deadline = deadline_of(request.read.deadline);
  std::vector<driver::part> parts;
  for (const auto& row : rows) {
    auto asked = std::make_shared<ask>();
    asked->space = row.identity;
    asked->token = request.read.token;
    asked->now = ports_.clock.wall();
    asked->deadline = began + deadline;
    asked->what = recall_ask{request.query, request.with_content};
    parts.push_back({router_.find(row.identity), std::move(asked)});
  }
  driver_.run_all(std::move(parts), deadline,
                  [this, began, rows = std::move(rows), request = std::move(request),
                   done = std::move(done)](std::vector<driver::outcome> all) {
                    std::vector<recalled_part> answers;
                    for (std::size_t i = 0; i < all.size(); ++i)
                      answers.push_back({rows[i].what.name, rows[i].identity,
                                         recalled(std::move(all[i].got)), all[i].replicas_asked});
                    auto out = answer_of(std::move(answers), request);
                    const auto took = ports_.clock.monotonic() - began;
                    metrics_.read_us.record_us(static_cast<std::uint64_t>(took.count() / 1000));
                    if (!out) metrics_.refused(out.error());
                    if (out && request.reinforce) reinforce_across(rows, *out, request.query.now);
                    done(std::move(out));
                    give_read();
                  });
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

} // namespace engram::actors
