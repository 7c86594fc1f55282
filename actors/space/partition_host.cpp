#include "actors/space/partition_host.hpp"

#include <stdexcept>

namespace engram::actors {

partition_host::partition_host(std::unique_ptr<partition> core, std::shared_ptr<space_slot> slot,
                               log_thread& log, copies_port& copies)
    : core_(std::move(core)), slot_(std::move(slot)), log_(log), copies_(copies) {}

partition_host::~partition_host() { abandon({base::errc::internal, "the partition is gone"}); }

void partition_host::start() { carry_out(core_->step_opened()); }

void partition_host::step_write(write_job& job) {
  auto waiting = write_stage::waiting;
  if (!job.asked->stage.compare_exchange_strong(waiting, write_stage::logged)) return; // expired
  const auto request = ++last_request_;
  askers_.emplace(request, std::exchange(job.done, nullptr));
  carry_out(core_->step_write({request, std::move(job.items), job.wanted}));
}

bool partition_host::step_quiet() {
  auto effects = core_->step_quiet();
  const bool more = effects.published != nullptr;
  carry_out(std::move(effects));
  return more;
}

void partition_host::step_logged(std::vector<log_outcome> outcomes) {
  ++outcomes_heard_;
  for (const auto& outcome : outcomes)
    if (outcome.ticket == 0) throw std::runtime_error("entries were appended again");
  carry_out(core_->step_logged(std::move(outcomes)));
}

void partition_host::step_foreign(std::vector<foreign_entry> entries) {
  ++outcomes_heard_;
  carry_out(core_->step_foreign(std::move(entries)));
}

void partition_host::carry_out(partition::effects effects) {
  if (effects.note) log_.note(slot_->number, *std::move(effects.note));
  if (effects.published) slot_->publish(std::move(effects.published));
  for (auto& finished : effects.replies) answer(std::move(finished));
  if (effects.to_log) log_.submit(*std::move(effects.to_log));
}

void partition_host::answer(partition::finished_write finished) {
  auto asker = askers_.extract(finished.id);
  CHECK(!asker.empty(), finished.id);
  auto done = std::move(asker.mapped());
  if (finished.wanted == durability::local || !finished.needs)
    return done(std::move(finished.reply));
  copies_.await(slot_->config.identity, *std::move(finished.needs), finished.wanted,
                [reply = std::move(finished.reply),
                 done = std::move(done)](const base::result<std::size_t>& copies) mutable {
                  for (auto& item : reply.items) {
                    if (!item) continue;
                    if (copies)
                      item->copies = static_cast<std::uint16_t>(*copies);
                    else
                      item = copies.error();
                  }
                  done(std::move(reply));
                });
}

void partition_host::abandon(const base::error& why) {
  for (auto& [request, done] : std::exchange(askers_, {})) done(why);
}

std::optional<log_place> partition_host::failing() const {
  const auto& at = core_->applying();
  if (!at) return std::nullopt;
  return log_place{at->origin, at->sequence};
}

} // namespace engram::actors
