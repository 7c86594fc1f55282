// What clients ask of a member.

#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"
#include "memory/limits.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

namespace {
constexpr base::duration read_patience{3'000};
} // namespace

// -- clients ------------------------------------------------------------------------------------

bool cluster_node::shows(const copy& which, const std::string& id) {
  const auto& index = *which.view->state->index;
  const auto found = index.find_id(id);
  return std::any_of(found.begin(), found.end(), [&](auto row) { return index.visible(row); });
}

void cluster_node::ask(const question& what, base::instant steady, answer_to done,
                       std::uint64_t write) {
  tell_time(steady);
  const auto found = copies_.find(what.space);
  if (reopen_ || found == copies_.end() || core_of(what.space).is_distrusted() ||
      core_of(what.space).is_stray())
    return done({base::errc::unavailable, false, {}});
  auto& which = found->second;
  const auto* asked = std::get_if<write_question>(&what.what);
  if (std::holds_alternative<vector_question>(what.what)) {
    if (!which.readable) return done({base::errc::unavailable, false, {}}); // it has no say yet
    actors::version_vector held;
    for (const auto& [origin, mark] : core_of(what.space).held().marks())
      held.raise(origin, mark.sequence);
    return done({{}, false, actors::make_token(what.space, held, {})});
  }
  if (asked == nullptr) {
    reads_.push_back({what, std::move(done), steady_ + read_patience});
    return answer_reads();
  }
  const auto route = router_.find(what.space);
  if (const auto copies = router_.copies_needed(route, asked->wanted); !copies)
    return done({copies.error().code, false, {}});
  if (!has_room()) return done({base::errc::overloaded, false, {}});
  auto ready = memory::prepare(asked->what, *which.config, memory::limits{}, with_.words);
  CHECK(ready.has_value());
  with_.world.issued(ready->operation_hash);
  auto sealed = seal_payload(with_.entropy.draw(), ready->payload);
  actors::write_request request{++last_id_, {}, asked->wanted};
  request.items.emplace_back(actors::write_item{*std::move(ready), std::move(sealed)});
  asked_.emplace(std::pair{what.space, last_id_}, std::move(done));
  which.writes[last_id_] = write;
  carry_out(which, which.part->step_write(std::move(request)));
  commit();
}

void cluster_node::answer_reads() {
  for (std::size_t i = 0; i < reads_.size();) {
    const auto* which = find(reads_[i].what.space);
    const auto seen = actors::read_token(reads_[i].what.token, reads_[i].what.space);
    const bool ready = which != nullptr && which->readable &&
                       (with_.planted.ignore_tokens || which->view->applied.covers(*seen));
    const bool late = which == nullptr || steady_ >= reads_[i].until;
    if (!ready && !late) {
      ++i;
      continue;
    }
    const auto waits = std::move(reads_[i]);
    reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(i));
    if (ready)
      read_now(waits.what, waits.done);
    else
      waits.done({base::errc::deadline_exceeded, false, {}});
  }
}

void cluster_node::read_now(const question& what, const answer_to& done) {
  const auto& which = *find(what.space);
  done({std::nullopt, shows(which, std::get<read_question>(what.what).id),
        actors::make_token(what.space, which.view->applied, runs_->self().origin)});
}

/// Only where a majority of the members can be told, as a node does.
base::result<void> cluster_node::propose(
    const std::function<std::optional<membership::directory_op>(const membership::directory&)>&
        decide,
    base::instant steady) {
  tell_time(steady);
  std::size_t up = 1, known = 1;
  for (const auto& [id, state] : members_) {
    up += membership::is_up(state);
    known += state != membership::member_state::left;
  }
  if (reopen_ || up < membership::quorum_of(static_cast<std::uint32_t>(known)))
    return {base::errc::too_few_replicas, {}};
  const auto op = decide(directory_);
  if (!op) return base::success();
  auto& which = copies_.at(membership::directory_identity());
  submission asked{++last_id_, which.number, which.space, {}};
  const auto operation = with_.entropy.draw();
  with_.world.issued(operation);
  asked.items.push_back({static_cast<std::uint8_t>(membership::kind_of(*op)), operation,
                         seal_payload(with_.entropy.draw(), membership::encode(*op))});
  CHECK(log_->append(std::move(asked)).has_value());
  commit();
  return base::success();
}

/// One of them says so: the first of those that are up.
void cluster_node::give_up_long_dead() {
  const bool is_first = std::none_of(members_.begin(), members_.end(), [this](const auto& member) {
    return member.second == membership::member_state::alive && member.first < self_;
  });
  if (!is_first || has_left() || with_.planted.wait_for_the_dead) return;
  for (const auto& id : succession_.given_up(since_start()))
    (void)propose(
        [&](const membership::directory& d) -> std::optional<membership::directory_op> {
          if (d.retired(id)) return std::nullopt;
          return membership::retire_member_op{id};
        },
        steady_);
}

} // namespace engram::simulation
