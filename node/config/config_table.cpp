#include "node/config/config_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace engram::node {

namespace {

constexpr std::uint64_t KIB = 1024, MIB = 1024 * KIB, GIB = 1024 * MIB;
constexpr std::array<std::string_view, 4> LEVELS{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> FORMATS{"text", "json"};

// Order is the order of --help and of the document.
const std::array ROWS{
    config_row{"Places", "data", &config::data, "DIR",
               "The data folder; created with mode 0700. One node at a time."},
    config_row{"Places", "rpc", &config::rpc, "HOST:PORT",
               "Where clients call (Cap'n Proto RPC). Off loopback it needs an API key and TLS."},
    config_row{"Places", "http", &config::http, "HOST:PORT",
               "Health, metrics, status and the JSON API. Speaks TLS exactly when it is off "
               "loopback."},
    config_row{"Places", "gossip", &config::gossip, "HOST:PORT",
               "Where other members reach this one, UDP for gossip and TCP for the rest. Off "
               "loopback it needs a cluster key."},
    config_row{"Places", "advertise", &config::advertise, "HOST:PORT",
               "What other members are told to call, when that is not what `gossip` binds: needed "
               "where it binds every address. Port 0: the one that is bound."},
    config_row{
        "Places", "join", &config::join, "HOST:PORT",
        "A member of the cluster to join; may be given more than once, and a name may stand for "
        "several. All members can be given the same list: with an empty folder the one that "
        "stands first founds the cluster, the others wait for it. Instead of HOST:PORT the name of "
        "a DNS service (SRV) such as _engram._udp.example.org, which founds nothing."},
    config_row{"Places", "new_identity", &config::new_identity, "",
               "Give the data folder a new store id: for a copy of another node's folder."},
    config_row{
        "Places", "serve_damaged", &config::serve_damaged, "",
        "Start although tables of the store cannot be opened and other members may have what "
        "they held: for when too many members are damaged at once."},
    config_row{"Places", "zone", &config::zone, "NAME",
               "What fails together with this node (a rack, a building). The replicas of a space "
               "lie in different zones as far as there are that many; none is a zone, too."},

    config_row{"Cluster", "cluster_key_file", &config::cluster_key_file, "FILE",
               "The cluster's secret keys, one of 64 hex digits a line: the first seals and "
               "proves, all open. Members without it are not let in."},
    config_row{"Cluster", "seal_packets", &config::seal_packets, "",
               "false: have the key, but do not use it yet, while a running cluster comes to its "
               "first one."},
    config_row{"Cluster", "accept_plain_packets", &config::accept_plain_packets, "",
               "true: let in who does not use the key yet, for the same while."},
    config_row{"Cluster", "replication_factor", &config::replication_factor, "N",
               "Replicas of a space, as far as there are members. The same on all members.", 1, 64},
    config_row{"Cluster", "probe_interval_ms", &config::probe_interval_ms, "MS",
               "How often a member asks another whether it lives. The same on all members.", 100,
               60'000},
    config_row{"Cluster", "suspicion_multiplier", &config::suspicion_multiplier, "N",
               "How many of these intervals a suspect has at least to speak up. Raising it buys "
               "fewer false alarms for slower ones.",
               1, 100},
    config_row{"Cluster", "concept_interval_s", &config::concept_interval_s, "S",
               "Least time between two consolidations of a space that shares its concepts.", 1,
               86'400},
    config_row{"Cluster", "concept_bytes_max", &config::concept_bytes_max, "BYTES",
               "Of all spaces' strongest concepts on this node. The same on all members.", MIB,
               64 * GIB},
    config_row{"Cluster", "replace_after_s", &config::replace_after_s, "S",
               "A member dead for longer is replaced: others make copies of its spaces, one dead "
               "member per zone in that time. The same on all members.",
               1, 2'592'000},
    config_row{"Cluster", "remove_after_s", &config::remove_after_s, "S",
               "A member dead for so long is given up for good, as by `engram cluster replace`. 0: "
               "never. The same on all members.",
               0, 31'536'000},
    config_row{"Cluster", "copy_bytes_per_s", &config::copy_bytes_per_s, "BYTES",
               "At most so much a second is copied from other members, so that catching up and "
               "moving leave room for the rest. 0: no bound.",
               0, 1ull << 40},
    config_row{
        "Cluster", "log_keep_bytes", &config::log_keep_bytes, "BYTES",
        "Of each log so much stays when all replicas have it. A member that was away catches "
        "up from what is left, or else copies the whole space.",
        4'096, 64 * GIB},
    config_row{"Cluster", "log_keep_s", &config::log_keep_s, "S",
               "Younger entries stay as well, unless the logs take more than a tenth of the disk.",
               1, 31'536'000},

    config_row{
        "Transport security", "tls_cert", &config::tls_cert, "FILE",
        "PEM certificate chain, leaf first. With it the RPC port speaks TLS (1.2 or later)."},
    config_row{"Transport security", "tls_key", &config::tls_key, "FILE",
               "PEM private key of the certificate, not encrypted."},
    config_row{"Transport security", "tls_client_ca", &config::tls_client_ca, "FILE",
               "PEM certificates; clients then need a certificate that one of these signed."},
    config_row{"Transport security", "tls_peer_ca", &config::tls_peer_ca, "FILE",
               "PEM certificates; members then speak TLS with each other, both sides with "
               "`tls_cert`, which one of these signed. Best an authority that signs nobody else."},
    config_row{"Transport security", "tls_peer_name", &config::tls_peer_name, "NAME",
               "DNS name that every member's certificate has among its own."},

    config_row{"Logging", "log_level", &config::log_level, "LEVEL",
               "Least severity that is written.", 0, 0, LEVELS},
    config_row{"Logging", "log_format", &config::log_format, "FORMAT",
               "One line per event on standard error.", 0, 0, FORMATS},

    config_row{"One request", "text_bytes_max", &config::text_bytes_max, "BYTES",
               "Longest text of one episode.", 1 * KIB, 4 * MIB},
    config_row{"One request", "batch_items_max", &config::batch_items_max, "N",
               "Most episodes, associations or ids in one call or one batch of an import.", 1,
               65'536},
    config_row{"One request", "batch_bytes_max", &config::batch_bytes_max, "BYTES",
               "Most bytes of one call's or batch's episodes; also the largest HTTP body.",
               64 * KIB, 64 * MIB},
    config_row{"One request", "message_bytes_max", &config::message_bytes_max, "BYTES",
               "Largest RPC message; a larger one closes its connection. Keep it well above "
               "batch_bytes_max.",
               128 * KIB, 256 * MIB},
    config_row{"One request", "deadline_ms", &config::deadline_ms, "MS",
               "Deadline of a request that names none.", 10, 3'600'000},
    config_row{"One request", "deadline_max_ms", &config::deadline_max_ms, "MS",
               "Longest deadline a request may ask for.", 10, 3'600'000},

    config_row{"Whole node", "connections_max", &config::connections_max, "N",
               "Most open connections, RPC and HTTP counted apart; more are closed at once.", 1,
               1'000'000},
    config_row{"Whole node", "calls_max", &config::calls_max, "N",
               "Most calls under way; more are refused with `overloaded`.", 1, 1'000'000},
    config_row{"Whole node", "connection_calls_bytes_max", &config::connection_calls_bytes_max,
               "BYTES", "Bytes of unanswered calls after which a connection is not read further.",
               1 * MIB, 1 * GIB},
    config_row{"Whole node", "import_items_max", &config::import_items_max, "N",
               "Items of one import that may wait for durability; more holds the client back.", 1,
               1'000'000},
    config_row{"Whole node", "import_bytes_max", &config::import_bytes_max, "BYTES",
               "Bytes of one import that may wait for durability.", 64 * KIB, 1 * GIB},
    config_row{"Whole node", "write_bytes_max", &config::write_bytes_max, "BYTES",
               "Bytes of writes accepted and not yet acknowledged; more are refused with "
               "`overloaded`.",
               1 * MIB, 16 * GIB},
    config_row{"Whole node", "compute_threads", &config::compute_threads, "N",
               "Threads for recall, text analysis and disk reads; 0: cores - 1, at least 1.", 0,
               1'024},
    config_row{"Whole node", "compute_queue_max", &config::compute_queue_max, "N",
               "Jobs that may wait for these threads. More buys throughput at bursts for latency.",
               1, 1'000'000},
    config_row{"Whole node", "actor_threads", &config::actor_threads, "N",
               "Threads that carry actors; 0: 2.", 0, 256},
    config_row{"Whole node", "memory_budget_bytes", &config::memory_budget_bytes, "BYTES",
               "Of open spaces together; the longest unused are closed above it. 0: 60 % of RAM.",
               0, std::uint64_t{1} << 50},
    config_row{
        "Whole node", "disk_reserve_bytes", &config::disk_reserve_bytes, "BYTES",
        "Space kept free on the data folder's file system: writes that would eat into it are "
        "refused.",
        0, std::uint64_t{1} << 50},
    config_row{"Whole node", "drain_ms", &config::drain_ms, "MS",
               "How long a stopping node waits for requests under way.", 0, 600'000},
};

base::error bad(std::string why) { return {base::errc::invalid_argument, std::move(why)}; }

std::optional<std::uint64_t> unit_of(std::string_view suffix) {
  if (suffix.empty() || suffix == "B") return 1;
  if (suffix == "K" || suffix == "KiB") return KIB;
  if (suffix == "M" || suffix == "MiB") return MIB;
  if (suffix == "G" || suffix == "GiB") return GIB;
  return std::nullopt;
}

base::result<std::uint64_t> parse_number(const config_row& row, std::string_view text) {
  std::uint64_t value = 0;
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  auto suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  auto unit = row.is_bytes()   ? unit_of(suffix)
              : suffix.empty() ? std::optional<std::uint64_t>{1}
                               : std::nullopt;
  if (status != std::errc{} || !unit || value > std::numeric_limits<std::uint64_t>::max() / *unit) {
    return bad(row.is_bytes() ? "wanted bytes, as 4096, 64KiB, 16MiB or 1GiB" : "wanted a number");
  }
  value *= *unit;
  if (value < row.lowest || value > row.highest) return bad("wanted " + row.bounds());
  return value;
}

base::result<bool> parse_switch(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "no") return false;
  return bad("wanted true or false");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string readable(const config_row& row, std::uint64_t value) {
  if (!row.is_bytes() || value == 0) return std::to_string(value);
  for (auto [unit, suffix] : {std::pair{GIB, "GiB"}, {MIB, "MiB"}, {KIB, "KiB"}}) {
    if (value % unit == 0) return std::to_string(value / unit) + suffix;
  }
  return std::to_string(value);
}

struct reader {
  const config_row& row;
  const config& from;
  std::string operator()(config_row::text_member m) const { return from.*m; }
  std::string operator()(config_row::number_member m) const { return readable(row, from.*m); }
  std::string operator()(config_row::switch_member m) const { return from.*m ? "true" : "false"; }
  std::string operator()(config_row::address_member m) const { return (from.*m).text(); }
  std::string operator()(config_row::addresses_member m) const {
    std::string all;
    for (const auto& each : from.*m) all += (all.empty() ? "" : ",") + each.text();
    return all;
  }
};

struct assigner {
  const config_row& row;
  config& into;
  std::string_view value;

  base::result<void> operator()(config_row::text_member m) const {
    if (!row.choices.empty() &&
        std::find(row.choices.begin(), row.choices.end(), value) == row.choices.end()) {
      return bad("wanted " + row.bounds());
    }
    if (value.find('\0') != std::string_view::npos) return bad("has a zero byte");
    into.*m = std::string(value);
    return base::success();
  }
  base::result<void> operator()(config_row::number_member m) const {
    TRY_ASSIGN(into.*m, parse_number(row, value));
    return base::success();
  }
  base::result<void> operator()(config_row::switch_member m) const {
    TRY_ASSIGN(into.*m, parse_switch(value));
    return base::success();
  }
  base::result<void> operator()(config_row::address_member m) const {
    TRY_ASSIGN(into.*m, parse_address(value));
    return base::success();
  }
  base::result<void> operator()(config_row::addresses_member m) const {
    TRY_ASSIGN(auto parsed, parse_seed(value));
    (into.*m).push_back(std::move(parsed));
    return base::success();
  }
};

} // namespace

std::string config_row::flag() const {
  std::string name = "--" + std::string(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string config_row::environment() const {
  std::string name = "ENGRAM_";
  for (char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::string config_row::bounds() const {
  if (is_switch()) return "true | false";
  if (std::holds_alternative<number_member>(member)) {
    return readable(*this, lowest) + " to " + readable(*this, highest);
  }
  std::string all;
  for (auto choice : choices) all += (all.empty() ? "" : " | ") + std::string(choice);
  return all;
}

std::string config_row::get(const config& from) const {
  return std::visit(reader{*this, from}, member);
}

base::result<void> config_row::set(config& into, std::string_view value) const {
  return std::visit(assigner{*this, into, value}, member);
}

std::span<const config_row> config_table() { return ROWS; }

const config_row* find_row(std::string_view key) {
  auto found = std::find_if(ROWS.begin(), ROWS.end(), [&](const auto& r) { return r.key == key; });
  return found == ROWS.end() ? nullptr : &*found;
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& each : names) {
    auto distance = edit_distance(name, each);
    if (distance < best_distance) {
      best_distance = distance;
      best = each;
    }
  }
  return best;
}

} // namespace engram::node
