#pragma once
// Schema <-> domain. Readers point into a message and are gone after the call; domain values own
// what they hold. Decoding checks what only the edge can know (numbers of enumerants, sizes);
// whether a value makes sense is decided at acceptance. Pure functions; a KJ exception means that
// the message itself is broken.

#include "actors/service/cluster.hpp"
#include "actors/service/concepts.hpp"
#include "actors/service/keys.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"
#include "schema/client.capnp.h"

namespace engram::node {

// -- values, both directions (codec_values.cpp) --
std::string decode(capnp::Text::Reader text);
std::string decode(capnp::Data::Reader bytes);
std::vector<std::string> decode(capnp::List<capnp::Text>::Reader list);
std::optional<base::instant> decode(schema::Instant::Reader when);
std::optional<memory::embedding> decode(schema::Embedding::Reader vector);
memory::episode decode(schema::Episode::Reader from);
memory::association decode(schema::Association::Reader from);

/// The text goes out with its length, so it need not end in a zero byte.
capnp::Text::Reader text_of(const std::string& text);
capnp::Data::Reader data_of(const std::string& bytes);
void encode(const base::error& from, schema::ErrorInfo::Builder into);
void encode(std::optional<base::instant> from, schema::Instant::Builder into);
void encode(const memory::embedding& from, schema::Embedding::Builder into);
void encode(const memory::interval& from, schema::Interval::Builder into);
void encode(const memory::episode& from, schema::Episode::Builder into);
void encode(const memory::explanation& from, schema::Explanation::Builder into);
void encode(const memory::association& from, schema::Association::Builder into);
template <class Strings, class Builder>
void encode_texts(const Strings& from, Builder into) {
  for (unsigned i = 0; i < from.size(); ++i) into.set(i, text_of(from[i]));
}

// -- requests (codec_requests.cpp) --
base::result<actors::durability> decode(schema::Durability from);
base::result<memory::forget_mode> decode(schema::ForgetMode from);
base::result<actors::key_spec> decode(schema::KeySpec::Reader from);
actors::space_spec decode(schema::SpaceSpec::Reader from);
base::result<actors::read_options> decode(schema::ReadOptions::Reader from);
memory::cue decode(schema::Cue::Reader from);
base::result<actors::recall_request> decode(schema::RecallQuery::Reader from);
base::result<actors::spread_request> decode(schema::SpreadQuery::Reader from);
base::result<actors::space_selector> decode(schema::Selector::Reader from);

// -- answers (codec_answers.cpp) --
void encode(const base::result<actors::receipt>& from, schema::Receipt::Builder into);
void encode(const actors::write_reply& from, schema::MemorySpace::ReceiptsResult::Builder into);
void encode(const actors::memory_record& from, schema::MemoryRecord::Builder into);
/// Without content (null): an episode of which only the id is set.
void encode(const memory::hit& from, const actors::memory_record* content,
            schema::Hit::Builder into);
void encode(const memory::activated& from, const actors::memory_record* content,
            schema::SpreadAnswer::Activated::Builder into);
void encode(const std::vector<actors::memory_record>& from,
            capnp::List<schema::MemoryRecord>::Builder into);
void encode(const actors::coverage& from, schema::Coverage::Builder into);
void encode(const actors::recall_reply& from, schema::RecallAnswer::Builder into);
void encode(const actors::spread_reply& from, schema::SpreadAnswer::Builder into);
void encode(const actors::space_info& from, schema::SpaceInfo::Builder into);
void encode(const actors::key_info& from, schema::KeyInfo::Builder into);
void encode(const actors::node_status& from, schema::Status::Builder into);

// -- the cluster (codec_cluster.cpp) --
void encode(const actors::cluster_info& from, schema::Cluster::Builder into);
void encode(const actors::topology_plan& from, schema::Plan::Builder into);
void encode(const actors::space_comparison& from, schema::Comparison::Builder into);
/// errc::malformed_message: an id that is not 16 bytes; invalid_argument: another change.
base::result<actors::topology_change> decode(schema::Change::Reader from);

// -- concepts, both directions (codec_concepts.cpp) --
base::result<actors::concepts_request> decode(schema::ConceptQuery::Reader from);
void encode(const actors::concepts_reply& from, schema::ConceptsAnswer::Builder into);
void encode(const actors::consolidation_report& from, schema::Consolidation::Builder into);
void encode(const actors::knowledge& from, schema::Knowledge::Builder into);
void encode(const actors::knowing_reply& from, schema::KnowingAnswer::Builder into);
actors::concepts_reply decode(schema::ConceptsAnswer::Reader from);
actors::consolidation_report decode(schema::Consolidation::Reader from);

// -- purges (purge.cpp) --
base::result<memory::purge_target> decode(schema::PurgeTarget::Reader from);
void encode(const memory::purge_target& from, schema::PurgeTarget::Builder into);
void encode(const actors::purge_certificate& from, schema::PurgeCertificate::Builder into);

// -- events, both directions (events.cpp) --
actors::watch_request decode(schema::WatchQuery::Reader from);
void encode(const actors::watch_request& from, schema::WatchQuery::Builder into);
void encode(const actors::watch_reply& from, schema::Events::Builder into);
base::result<actors::watch_reply> decode(schema::Events::Reader from);

// -- the query language (codec_query.cpp) --
base::result<actors::query_request> decode(schema::Query::Reader from);
base::result<actors::query_request> decode(schema::ReviseQuery::Reader from);
void encode(const memory::query_parameters& from,
            capnp::List<schema::Parameter>::Builder into); // as many as there are
void encode(const actors::query_reply& from, schema::QueryAnswer::Builder into);
/// What this node understands.
void encode_language(schema::Language::Builder into);

} // namespace engram::node
