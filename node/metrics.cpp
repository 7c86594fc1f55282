#include "node/metrics.hpp"

#include "node/version.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

namespace engram::node {

namespace {

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (!file) return 0;
  long total = 0, resident = 0;
  int fields = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return fields == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE))
                     : 0;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_files() {
  DIR* folder = opendir("/proc/self/fd");
  if (!folder) return 0;
  int count = 0;
  while (readdir(folder)) ++count;
  closedir(folder);
  return count - 3; // ".", ".." and the listing's own
}

} // namespace

edge_metrics::per_port edge_metrics::register_port(base::registry& registry,
                                                   const std::string& name) {
  std::string label = "port=\"" + name + "\"";
  auto malformed = [&](const char* what) {
    return &registry.add_counter("engram_node_malformed_total", MALFORMED_HELP,
                                 label + ",what=\"" + what + "\"");
  };
  return {registry.add_counter("engram_node_connections_total", "Connections accepted.", label),
          registry.add_counter("engram_node_connections_refused_total",
                               "Connections closed at once because too many were open.", label),
          registry.add_gauge("engram_node_connections", "Connections open.", label),
          {malformed("framing"), malformed("cut"), malformed("protocol"), malformed("handshake")}};
}

edge_metrics::edge_metrics(base::registry& registry)
    : ports_{register_port(registry, "rpc"), register_port(registry, "http"),
             register_port(registry, "peer")},
      calls_(registry.add_counter("engram_node_calls_total", "Calls that were let in.")),
      calls_open_(registry.add_gauge("engram_node_calls", "Calls under way.")),
      call_duration_(registry.add_histogram("engram_node_call_microseconds",
                                            "From the arrival of a call to its answer.")),
      import_items_(registry.add_counter("engram_node_import_items_total",
                                         "Items that arrived on import streams.")),
      import_held_back_(
          registry.add_counter("engram_node_import_held_back_total",
                               "Batches of imports that waited until earlier ones were durable.")) {
  for (const auto& row : base::error_table()) {
    if (row.code == base::errc::ok) continue;
    refused_[row.code] =
        &registry.add_counter("engram_node_errors_total", "Errors answered, one per call or item.",
                              "code=\"" + std::string(row.name) + "\"");
  }
}

void edge_metrics::refused(base::errc code) {
  auto found = refused_.find(code);
  if (found == refused_.end()) found = refused_.find(base::errc::internal);
  if (found != refused_.end()) found->second->add();
}

void register_process_metrics(base::registry& registry, base::instant started) {
  registry.add_callback("engram_node_start_time_seconds", "When the process started, Unix time.",
                        [started] { return static_cast<double>(started.ms) / 1000; });
  registry.add_callback("engram_node_resident_bytes", "Memory of the process in RAM.",
                        resident_bytes);
  registry.add_callback("engram_node_cpu_seconds_total", "User and system CPU time.", cpu_seconds);
  registry.add_callback("engram_node_open_files", "File descriptors.", open_files);
  registry.add_callback(
      "engram_node_info", "Always 1; the version is a label.", [] { return 1.0; },
      "version=\"" + std::string(version()) + "\"");
}

} // namespace engram::node
