#include "node/gossip/member_driver.hpp"

#include "membership/swim/swim_codec.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace engram::node {

using membership::member_event;
using membership::member_record;
using membership::member_state;

namespace {

constexpr std::uint64_t INCARNATIONS_AHEAD = 16;
constexpr std::uint64_t HEARD_BYTES_MAX = 64u << 20;
constexpr base::duration KEEP_INTERVAL{1'000};
constexpr base::duration FAREWELL{500}; // a few rounds of gossip

} // namespace

member_driver::member_driver(log& to, const base::clock& clock, base::entropy& entropy,
                             base::registry& registry)
    : log_(to), clock_(clock), entropy_(entropy), metrics_(registry) {}

member_driver::~member_driver() { stop(); }

// -- life --

base::result<void> member_driver::start(beginning how, base::key_ring keys,
                                        membership::packet_policy policy) {
  auto found = load_members(how.file);
  if (!found) log_.warn("node", "known members lost", {{"why", found.error().message()}});
  member_image image{how.cluster, how.self.id, 0, {}};
  if (found && *found && (*found)->cluster == how.cluster && (*found)->self == how.self.id)
    image = std::move(**found);
  how.self.incarnation = image.incarnation_max + 1;
  image.incarnation_max += INCARNATIONS_AHEAD;
  TRY(save_members(how.file, image));
  durable_ = reserved_ = image.incarnation_max;

  std::vector<std::string> seeds;
  for (const auto& each : how.seeds) seeds.push_back(each.text());
  core_.emplace(how.rules, how.self, std::move(seeds), base::random(entropy_.draw().low));
  core_->remember(now(), image.members);
  // A file from its very first moments names nobody but itself.
  const bool knows_others =
      std::any_of(image.members.begin(), image.members.end(),
                  [&how](const member_record& each) { return each.id != how.self.id; });
  members_known_ = !how.met_others || knows_others;
  how_.emplace(std::move(how));
  look_at_members(); // before anybody can ask for copies
  keeper_ = std::make_unique<member_keeper>(
      how_->file,
      [this](const auto& written, const auto& how_it_went) { kept(written, how_it_went); });
  running_ = true;
  how_->socket.start(
      *this, {how_->cluster, how_->self.id, std::move(keys), policy, clock_.wall(), entropy_},
      clock_);
  return base::success();
}

void member_driver::stop() {
  if (!running_.exchange(false)) return;
  how_->socket.stop();
  end_farewells(true);
  keep_members(true);
  keeper_.reset();
}

base::instant member_driver::now() const {
  return {std::chrono::duration_cast<base::duration>(clock_.monotonic()).count()};
}

// -- what comes in --

bool member_driver::packet_arrived(std::string_view body) {
  const auto message = membership::decode_message(body);
  if (message) step(*message);
  return message.has_value();
}

void member_driver::hear(const actors::peer_identity& from, std::string bytes) {
  if (!running_ || heard_bytes_.load() + bytes.size() > HEARD_BYTES_MAX)
    return metrics_.dropped.add();
  heard_bytes_ += bytes.size();
  how_->socket.post([this, who = from.store, bytes = std::move(bytes)] {
    heard_bytes_ -= bytes.size();
    const auto message = membership::decode_message(bytes);
    if (!message || message->sender != who) return metrics_.dropped.add();
    step(*message);
  });
}

void member_driver::step(const membership::message& in) { carry_out(core_->step(now(), in)); }

void member_driver::woken() {
  carry_out(core_->tick(now()));
  end_farewells(false);
  keep_members(false);
}

// -- what goes out --

void member_driver::carry_out(membership::swim_actions what) {
  if (what.persist_incarnation) reserve_incarnations();
  for (auto& each : what.send) send(std::move(each));
  metrics_.doubt.set(core_->health());
  look_at_members();
  for (const auto& each : what.events) tell(each);
  keep_members(std::exchange(members_grew_, false)); // soon: who forgets it takes itself for alone
  schedule();
}

void member_driver::send(membership::envelope what) {
  hold_back_undurable(what.message);
  if (what.reliable)
    send_reliably(what.address, membership::encode(what.message));
  else
    how_->socket.send(what.address,
                      membership::encode(what.message, membership::PACKET_BODY_BYTES_MAX));
}

void member_driver::send_reliably(const std::string& to, const std::string& bytes) {
  const auto parsed = parse_seed(to);
  const bool is_seed =
      std::find_if(how_->seeds.begin(), how_->seeds.end(),
                   [&](const address& each) { return each.text() == to; }) != how_->seeds.end();
  if (!parsed || !is_seed || parsed->is_literal())
    return how_->peers.send(to, actors::channel::membership, bytes);
  // One name may stand for all members, this one among them.
  how_->socket.resolve(*parsed, [this, bytes](const std::vector<address>& all) {
    for (const auto& each : all) {
      if (each.text() != how_->self.peer_address)
        how_->peers.send(each.text(), actors::channel::membership, bytes);
    }
  });
}

void member_driver::hold_back_undurable(membership::message& in) const {
  if (core_->incarnation() <= durable_.load()) return;
  const auto is_early = [&](const member_record& about) {
    return about.id == how_->self.id && about.incarnation > durable_.load();
  };
  std::erase_if(in.updates, [&](const membership::update& each) { return is_early(each.about); });
  if (auto* whole = std::get_if<membership::table>(&in.body))
    std::erase_if(whole->records, is_early);
}

void member_driver::schedule() {
  auto next = core_->next_tick();
  for (const auto& each : farewells_) next = std::min(next, each.at);
  how_->socket.wake_after(std::max(base::duration{0}, next - now()));
}

// -- what is told --

void member_driver::tell(const membership::member_change& what) {
  metrics_.happened(what.what);
  const auto level = what.what == member_event::duplicated ? severity::error
                     : what.what == member_event::suspected || what.what == member_event::failed
                         ? severity::warn
                         : severity::info;
  log_.write(level, "node", "member " + std::string(to_string(what.what)),
             {{"member", what.who.id.hex()},
              {"address", what.who.peer_address},
              {"incarnation", std::to_string(what.who.incarnation)}});
}

void member_driver::look_at_members() {
  auto known = core_->members();
  if (known == members_) return;
  members_grew_ = members_grew_ || known.size() > members_.size();
  members_ = std::move(known);
  members_known_ = members_known_ || members_.size() > 1;
  if (!members_known_) return;
  members_unkept_ = true;
  metrics_.count(members_);
  std::vector<actors::member_info> told;
  for (const auto& each : members_)
    told.push_back({each.id, each.peer_address, each.state, each.incarnation, each.zone,
                    each.feature_min, each.feature_max});
  how_->on_members(std::move(told));
}

// -- what is kept --

void member_driver::reserve_incarnations() {
  if (core_->incarnation() + INCARNATIONS_AHEAD / 2 <= reserved_) return;
  reserved_ = core_->incarnation() + INCARNATIONS_AHEAD;
  members_unkept_ = true;
  keep_members(true);
}

void member_driver::keep_members(bool at_once) {
  if (!members_unkept_ || (!at_once && now() - kept_at_ < KEEP_INTERVAL)) return;
  members_unkept_ = false;
  kept_at_ = now();
  keeper_->keep({how_->cluster, how_->self.id, reserved_, core_->members()});
}

void member_driver::kept(const member_image& image, const base::result<void>& how) {
  if (how) {
    durable_ = image.incarnation_max;
    return;
  }
  metrics_.unkept.add();
  log_.error("node", "known members not kept", {{"why", how.error().message()}});
}

// -- goodbye --

void member_driver::say_goodbye() {
  if (!running_) return;
  auto said = std::make_shared<std::promise<void>>();
  auto done = said->get_future();
  how_->socket.post([this, said] {
    carry_out(core_->pause(now()));
    said->set_value();
  });
  done.wait();
}

void member_driver::leave(actors::reply<void> done) {
  if (!running_) return done(base::error{base::errc::unavailable, "not a member yet"});
  how_->socket.post([this, done = std::move(done)]() mutable {
    if (std::all_of(members_.begin(), members_.end(), [this](const member_record& each) {
          return each.id == how_->self.id || each.state == member_state::left;
        }))
      return done(base::error{base::errc::unavailable, "a cluster of one"});
    farewells_.push_back({now() + FAREWELL, std::move(done)});
    carry_out(core_->leave(now()));
  });
}

void member_driver::end_farewells(bool all) {
  const auto until = now();
  for (auto& each : farewells_) {
    if (all || each.at <= until) each.done(base::success());
  }
  std::erase_if(farewells_, [&](const farewell& each) { return all || each.at <= until; });
}

} // namespace engram::node
