#pragma once
// What an operator may decide about a node. A value, filled once at start from rising weight: the
// defaults here, a TOML file, the environment (ENGRAM_...), flags. config_table.hpp names every
// member, with bounds and help; nothing else knows the names.

#include "node/config/address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::node {

struct config {
  // -- places --
  std::string data = "~/.local/share/engram";
  address rpc{"127.0.0.1", 7433};
  address http{"127.0.0.1", 7432};
  address gossip{"127.0.0.1", 7434};
  std::string advertise;
  std::vector<address> join;
  bool new_identity = false;
  bool serve_damaged = false;
  std::string zone;

  // -- cluster --
  std::string cluster_key_file;
  bool seal_packets = true;
  bool accept_plain_packets = false;
  std::uint64_t replication_factor = 3;
  std::uint64_t probe_interval_ms = 1'000;
  std::uint64_t suspicion_multiplier = 3;
  std::uint64_t concept_interval_s = 30;
  std::uint64_t concept_bytes_max = 64u << 20;
  std::uint64_t replace_after_s = 900;
  std::uint64_t remove_after_s = 259'200;
  std::uint64_t copy_bytes_per_s = 64u << 20;
  std::uint64_t log_keep_bytes = 64u << 20;
  std::uint64_t log_keep_s = 3'600;

  // -- transport security --
  std::string tls_cert, tls_key, tls_client_ca, tls_peer_ca;
  std::string tls_peer_name = "engram";

  // -- logging --
  std::string log_level = "info";
  std::string log_format = "text";

  // -- limits of one request --
  std::uint64_t text_bytes_max = 1u << 20;
  std::uint64_t batch_items_max = 1'024;
  std::uint64_t batch_bytes_max = 4u << 20;
  std::uint64_t message_bytes_max = 16u << 20;
  std::uint64_t deadline_ms = 10'000;
  std::uint64_t deadline_max_ms = 120'000;

  // -- limits of the whole node --
  std::uint64_t connections_max = 1'024;
  std::uint64_t calls_max = 4'096;
  std::uint64_t connection_calls_bytes_max = 32u << 20;
  std::uint64_t import_items_max = 4'096;
  std::uint64_t import_bytes_max = 8u << 20;
  std::uint64_t write_bytes_max = 64u << 20;
  std::uint64_t compute_threads = 0;
  std::uint64_t compute_queue_max = 4'096;
  std::uint64_t actor_threads = 0;
  std::uint64_t memory_budget_bytes = 0;
  std::uint64_t disk_reserve_bytes = 64u << 20;
  std::uint64_t drain_ms = 10'000;

  bool has_tls() const { return !tls_cert.empty(); }
  /// Every relation between members that does not hold, as sentences; empty when it can be used.
  std::vector<std::string> faults() const;
};

} // namespace engram::node
