#include "node/cluster_side.hpp"

#include "node/net/services.hpp"
#include "node/version.hpp"

#include <algorithm>

namespace engram::node {

namespace {

constexpr int PORT_TRIES = 16; // for one number free in both protocols
constexpr base::duration WAIT_FIRST{200}, WAIT_LAST{5'000};

membership::swim_config rules_of(const config& settings) {
  auto rules = membership::swim_config::paced(base::duration(settings.probe_interval_ms));
  rules.suspicion_multiplier = static_cast<std::uint32_t>(settings.suspicion_multiplier);
  return rules;
}

bool is_ready_within(const std::shared_future<void>& event, base::duration wait) {
  return event.wait_for(wait) == std::future_status::ready;
}

} // namespace

std::string advertised(const config& settings, const address& bound) {
  auto told = settings.advertise.empty() ? bound : parse_address(settings.advertise).value();
  if (told.port == 0) told.port = bound.port;
  return told.text();
}

bool founds_cluster(const config& settings) {
  return !settings.join.empty() &&
         settings.join.front().text() == advertised(settings, settings.gossip);
}

cluster_side::cluster_side(parts from)
    : parts_(from), gossip_metrics_(from.registry),
      driver_(from.logger, from.clock, from.entropy, from.registry) {}

cluster_side::~cluster_side() {
  if (peers_) peers_->close(); // first who calls the driver, then the driver
  driver_.stop();
}

base::result<std::unique_ptr<cluster_side>> cluster_side::start(parts from) {
  std::unique_ptr<cluster_side> made(new cluster_side(from));
  TRY_ASSIGN(made->keys_, read_cluster_keys(from.settings.cluster_key_file));
  TRY_ASSIGN(made->peers_, peer_host::start({from.logger, from.clock, from.entropy, from.registry,
                                             *made, from.settings, made->keys_.texts}));
  return made;
}

// -- joining --

base::result<base::hash128> cluster_side::ask_seeds() {
  const auto& settings = parts_.settings;
  base::error why{base::errc::unavailable, "no seed but this node itself"};
  std::vector<address> seeds;
  for (const auto& named : settings.join) {
    if (!named.is_service()) {
      seeds.push_back(named);
    } else if (auto places = services_of(named.host)) {
      seeds.insert(seeds.end(), places->begin(), places->end());
    } else {
      why = places.error();
    }
  }
  for (const auto& seed : seeds) {
    if (seed.text() == advertised(settings, settings.gossip)) continue;
    const auto answer = peers_->ask_seed(seed);
    if (answer) {
      parts_.logger.info("node", "joining", {{"cluster", answer->hex()}, {"seed", seed.text()}});
      return *answer;
    }
    why = answer.error();
    why.context = seed.text() + ": " + why.context;
  }
  return why;
}

base::result<std::optional<base::hash128>>
cluster_side::find_cluster(const std::shared_future<void>& give_up) {
  const auto& settings = parts_.settings;
  if (settings.join.empty()) return std::optional<base::hash128>();
  std::promise<void> nobody;
  const auto stop = give_up.valid() ? give_up : nobody.get_future().share();
  std::string told;
  for (auto wait = WAIT_FIRST;; wait = std::min(wait * 2, WAIT_LAST)) {
    const auto answer = ask_seeds();
    if (answer) return std::optional(*answer);
    if (founds_cluster(settings)) return std::optional<base::hash128>();
    if (const auto why = answer.error().message(); std::exchange(told, why) != why)
      parts_.logger.warn("node", "waiting for a seed: an empty folder serves nobody",
                         {{"why", why}});
    if (is_ready_within(stop, wait))
      return base::error{base::errc::shutting_down, "told to stop before any seed answered"};
  }
}

// -- running --

base::result<address> cluster_side::open_ports(edge& owner, actors::peer_identity self) {
  for (int tries = 0;; ++tries) {
    TRY_ASSIGN(socket_, gossip_socket::open(parts_.settings.gossip, gossip_metrics_));
    self.address = advertised(parts_.settings, socket_->bound());
    const auto opened = peers_->open(owner, socket_->bound(), self);
    if (opened) return parse_address(self.address);
    if (parts_.settings.gossip.port != 0 || tries == PORT_TRIES) return opened.error();
  }
}

base::result<void> cluster_side::open(edge& owner, actors::node_core& core,
                                      const actors::node_status& status, bool met_others,
                                      const std::string& member_file) {
  core_ = &core;
  TRY_ASSIGN(
      const auto told,
      open_ports(owner,
                 {status.cluster, status.store, status.origin, FEATURE_MIN, FEATURE_MAX, {}}));
  membership::member_record self;
  self.id = status.store;
  self.gossip_address = self.peer_address = told.text();
  self.feature_min = FEATURE_MIN;
  self.feature_max = FEATURE_MAX;
  const auto& settings = parts_.settings;
  self.zone = settings.zone;
  return driver_.start({*socket_, *peers_, rules_of(settings), status.cluster, std::move(self),
                        settings.join, member_file, met_others,
                        [&core](auto members) { core.set_members(std::move(members)); }},
                       keys_.ring, {settings.seal_packets, settings.accept_plain_packets});
}

void cluster_side::message_arrived(const actors::peer_identity& from, actors::channel on,
                                   std::string message) {
  if (on == actors::channel::membership)
    driver_.hear(from, std::move(message));
  else
    core_->sink().message_arrived(from, on, std::move(message));
}

void cluster_side::asked(const actors::peer_identity& from, std::shared_ptr<actors::ask> what,
                         actors::reply<actors::answer> done) {
  core_->sink().asked(from, std::move(what), std::move(done));
}

} // namespace engram::node
