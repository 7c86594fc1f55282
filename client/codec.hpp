#pragma once
// Between the client's values and the schema's messages: every conversion of this folder, once.
// Reading never fails: enumerators of a newer node become the nearest that is known here, and an
// unknown error code becomes errc::internal with its name kept in the context.

#include "client/event_types.hpp"
#include "client/query_types.hpp"
#include "client/types.hpp"

#include "schema/client.capnp.h"
#include "schema/common.capnp.h"

namespace engram::client {

// -- to the wire --
void encode(const episode& from, schema::Episode::Builder to);
void encode(const association& from, schema::Association::Builder to);
void encode(const cue& from, schema::Cue::Builder to);
void encode(const recall_query& from, schema::RecallQuery::Builder to);
void encode(const spread_query& from, schema::SpreadQuery::Builder to);
void encode(const space_selector& from, schema::Selector::Builder to);
void encode(const concept_query& from, schema::ConceptQuery::Builder to);
void encode(const query& from, schema::Query::Builder to);
void encode(const revision& from, schema::ReviseQuery::Builder to);
void encode(const std::optional<base::instant>& from, schema::Instant::Builder to);
void encode(const read_options& from, schema::ReadOptions::Builder to);
void encode(const space_spec& from, schema::SpaceSpec::Builder to);
void encode(const key_spec& from, schema::KeySpec::Builder to);
schema::Durability encode(durability from) noexcept;
schema::ForgetMode encode(forget_mode from) noexcept;

// -- from the wire --
base::error decode(schema::ErrorInfo::Reader from);
interval decode(schema::Interval::Reader from);
coverage decode(schema::Coverage::Reader from);
explanation decode(schema::Explanation::Reader from);
spread_step decode(schema::SpreadAnswer::Step::Reader from);
episode decode(schema::Episode::Reader from);
association decode(schema::Association::Reader from);
base::result<receipt> decode(schema::Receipt::Reader from);
recall_answer decode(schema::RecallAnswer::Reader from);
spread_answer decode(schema::SpreadAnswer::Reader from);
memory_record decode(schema::MemoryRecord::Reader from);
knowledge decode(schema::Knowledge::Reader from);
concepts_answer decode(schema::ConceptsAnswer::Reader from);
consolidation decode(schema::Consolidation::Reader from);
purge_certificate decode(schema::PurgeCertificate::Reader from);
knowing_answer decode(schema::KnowingAnswer::Reader from);
query_answer decode(schema::QueryAnswer::Reader from);
void encode(const watch_query& from, schema::WatchQuery::Builder to);
watch_answer decode(schema::Events::Reader from);
language decode(schema::Language::Reader from);
space_info decode(schema::SpaceInfo::Reader from);
key_info decode(schema::KeyInfo::Reader from);
node_status decode(schema::Status::Reader from);
cluster_info decode(schema::Cluster::Reader from);
void encode(const topology_change& from, schema::Change::Builder to);
topology_plan decode(schema::Plan::Reader from);
space_comparison decode(schema::Comparison::Reader from);
peer_info decode(schema::Engram::Hello::Reader from);

/// How an RPC exception reads as an error: the call itself did not work.
base::error decode(const kj::Exception& from);

std::string to_string(capnp::Text::Reader from);
std::string to_string(capnp::Data::Reader from);
std::string hex_of(capnp::Data::Reader from);
capnp::Text::Reader text_of(const std::string& from) noexcept;
capnp::Data::Reader data_of(const std::string& from) noexcept;

/// A copy of every element, decoded.
template <class To, class List>
std::vector<To> decode_list(const List& from) {
  std::vector<To> to;
  to.reserve(from.size());
  for (auto element : from) to.push_back(decode(element));
  return to;
}

} // namespace engram::client
