#pragma once
// Domain answers to JSON text. Numbers above 2^53 (stamps) and opaque bytes (tokens) go out as
// strings: JSON readers would round the former and refuse the latter.

#include "actors/service/cluster.hpp"
#include "actors/service/concepts.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"

#include <string>

namespace engram::node {

/// `ids` name the items, in order.
std::string write_receipts(const std::vector<std::string>& ids, const actors::write_reply& reply);
std::string write_records(const std::vector<actors::memory_record>& records);
std::string write_recall(const actors::recall_reply& reply);
std::string write_spread(const actors::spread_reply& reply);
std::string write_findings(const actors::query_reply& reply);
std::string write_concepts(const actors::concepts_reply& reply);
std::string write_consolidation(const actors::consolidation_report& made);
std::string write_events(const actors::watch_reply& reply);
std::string write_certificate(const actors::purge_certificate& made);
std::string write_knowing(const actors::knowing_reply& reply);
std::string write_space(const actors::space_info& space);
std::string write_spaces(const std::vector<actors::space_info>& spaces);
std::string write_status(const actors::node_status& status);
std::string write_cluster(const actors::cluster_info& seen);
/// An RFC 9457 problem: code, certainty and advice beside title and detail.
std::string write_problem(const base::error& why, unsigned status);
/// The HTTP status that says most nearly what the code says.
unsigned http_status(base::errc code);

} // namespace engram::node
