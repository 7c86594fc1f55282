// What a node says of concepts: asked of a replica, or from the sheets it holds itself.

#include "actors/core/query_check.hpp"
#include "actors/core/selection.hpp"
#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

/// Nobody who has the space was reached, or nobody in time.
bool node::is_out_of_reach(const base::error& why) {
  switch (why.code) {
  case base::errc::unavailable:
  case base::errc::deadline_exceeded:
  case base::errc::disconnected:
  case base::errc::timed_out:
  case base::errc::space_parked:
    return true;
  default:
    return false;
  }
}

namespace {

base::result<void> check_limit(std::uint32_t limit) {
  if (limit >= 1 && limit <= CONCEPTS_SHOWN_MAX) return base::success();
  return {base::errc::invalid_argument,
          "limit=" + std::to_string(limit) + ", at most " + std::to_string(CONCEPTS_SHOWN_MAX)};
}

} // namespace

void node::configure(base::space_id space, std::string name, std::string value, durability d,
                     reply<write_reply> done) {
  write_ask asked{{}, d};
  asked.operations.push_back({memory::configure_op{std::move(name), std::move(value)}, {}});
  write(space, std::move(asked), 1024, std::move(done));
}

void node::concepts(base::space_id space, concepts_request request, reply<concepts_reply> done) {
  const auto row = directory_->read([&](const membership::directory& d) {
    const auto* found = d.find(space);
    return found == nullptr ? std::optional<membership::space_row>{} : *found;
  });
  if (!row) return refuse(done, {base::errc::unknown_space, "id=" + space.hex()});
  if (const auto fine = check_limit(request.limit); !fine) return refuse(done, fine.error());
  const concepts_ask asked{std::move(request.cue), request.limit};
  auto otherwise = [this, row = *row, asked, strict = request.read.strict,
                    done = std::move(done)](base::result<concepts_reply> got) {
    if (got || strict || !is_out_of_reach(got.error())) return done(std::move(got));
    const auto queued = pool_.submit_admitted([this, row, asked, done, why = got.error()] {
      if (auto coarse = concepts_.sheets().list(row, asked))
        done(*std::move(coarse));
      else
        done(why);
    });
    if (!queued) done(queued.error());
  };
  read<concepts_reply>(space, asked, request.read, std::move(otherwise));
}

void node::consolidate(base::space_id space, reply<consolidation_report> done) {
  read<consolidation_report>(space, consolidate_ask{},
                             {"", config_.deadline_max, false, read_level::any}, std::move(done));
}

void node::knowing(space_selector where, std::vector<std::string> readable, memory::cue cue,
                   std::uint32_t limit, reply<knowing_reply> done) {
  if (const auto fine = check_limit(limit); !fine) return refuse(done, fine.error());
  if (cue.text.empty() && !cue.vector)
    return refuse(done, {base::errc::empty_cue, "words or an embedding"});
  auto rows = directory_->read([&](const membership::directory& known) {
    return select(known, where, readable, known.resolvable().size());
  });
  if (!rows) return refuse(done, rows.error());
  const auto queued = pool_.submit([this, rows = *std::move(rows), cue = std::move(cue), limit,
                                    done] { done(concepts_.sheets().know_all(rows, cue, limit)); });
  if (!queued) refuse(done, queued.error());
}

void node::answer_coarsely(const std::vector<membership::space_row>& rows, const memory::cue& cue,
                           recall_reply& to) {
  for (auto& missing : to.coverage.missing_spaces) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const membership::space_row& each) {
      return each.what.name == missing.name;
    });
    if (row != rows.end()) missing.known = concepts_.sheets().know(*row, cue);
  }
}

} // namespace engram::actors
