#include "base/bytes.hpp"
#include "client/cli/print.hpp"

namespace engram::client {

void append_interval(std::string_view name, const interval& value, json_writer& to) {
  to.key(name).begin_object().key("low").number(value.low).key("point").number(value.point);
  to.key("high").number(value.high).end_object();
}

namespace {

void append_text(std::string_view name, const std::string& text, json_writer& to) {
  if (!text.empty()) to.field(name, text);
}

} // namespace

void append_why(const explanation& why, json_writer& to) {
  to.key("why").begin_object().key("cues").begin_array();
  for (const cue_share& share : why.cues)
    to.begin_object()
        .field("cue", share.cue)
        .key("first_hand")
        .number(share.first_hand)
        .key("by_association")
        .number(share.by_association)
        .end_object();
  to.end_array().key("associations").begin_array();
  for (const association_share& share : why.associations)
    to.begin_object()
        .field("from", share.from)
        .field("kind", share.kind)
        .field("detail", share.detail)
        .key("weight")
        .number(share.weight)
        .key("amount")
        .number(share.amount)
        .end_object();
  to.end_array().key("factors").begin_object();
  for (const auto& [name, value] : why.factors) to.key(name).number(value);
  to.end_object().key("retention").number(why.retention);
  to.key("distinctness").number(why.distinctness).end_object();
}

void append_path(const std::vector<spread_step>& path, json_writer& to) {
  to.key("path").begin_array();
  for (const spread_step& step : path)
    to.begin_object()
        .field("from", step.from)
        .field("to", step.to)
        .field("kind", step.kind)
        .key("amount")
        .number(step.amount)
        .end_object();
  to.end_array();
}

namespace {

void append_associations(const std::vector<association>& list, json_writer& to) {
  to.key("associations").begin_array();
  for (const association& each : list)
    to.begin_object()
        .field("target", each.target)
        .field("kind", each.kind)
        .key("weight")
        .number(each.weight)
        .end_object();
  to.end_array();
}

} // namespace

void append_episode(const episode& what, json_writer& to) {
  to.field("id", what.id);
  append_text("text", what.text, to);
  append_text("title", what.title, to);
  if (what.when) to.field("when", base::format_time(*what.when));
  append_text("speaker", what.speaker, to);
  if (!what.who.empty()) to.key("who").strings(what.who);
  append_text("place", what.place, to);
  append_text("session", what.session, to);
  if (!what.tags.empty()) to.key("tags").strings(what.tags);
  if (what.embedding) {
    to.key("embedding").begin_array();
    for (const float x : base::dequantise(*what.embedding)) to.number(x);
    to.end_array();
  }
  if (what.confidence != 0.9) to.key("confidence").number(what.confidence);
  if (what.order != 0) to.key("order").integer(what.order);
}

void append_knowledge(const knowledge& known, json_writer& to) {
  to.field("space", known.space);
  append_interval("match", known.match, to);
  to.key("concepts").natural(known.concepts).key("members").natural(known.members);
  to.key("memories").natural(known.memories);
  if (known.first) to.field("first", base::format_time(*known.first));
  if (known.last) to.field("last", base::format_time(*known.last));
  to.field("as_of", base::format_time(known.as_of));
}

void append_coverage(const coverage& seen, json_writer& to) {
  to.key("coverage").begin_object();
  to.key("spaces_asked").natural(seen.spaces_asked);
  to.key("spaces_answered").natural(seen.spaces_answered);
  to.key("replicas_asked").natural(seen.replicas_asked);
  to.key("replicas_answered").natural(seen.replicas_answered);
  to.key("memories").natural(seen.memories).key("damaged").natural(seen.damaged);
  to.key("stale_ms").natural(seen.stale_ms).key("lagging").natural(seen.lagging);
  append_interval("missing", seen.missing, to);
  to.key("missing_spaces").begin_array();
  for (const missing_space& space : seen.missing_spaces) {
    to.begin_object().field("name", space.name).field("why", space.why.message());
    if (space.known) {
      to.key("known").begin_object();
      append_knowledge(*space.known, to);
      to.end_object();
    }
    to.end_object();
  }
  to.end_array();
  to.end_object();
}

void append_space(const space_info& space, json_writer& to) {
  to.begin_object().field("name", space.spec.name).field("identity", space.identity);
  to.key("generation").natural(space.generation);
  to.key("dimension").natural(space.spec.dimension).field("language", space.spec.language);
  to.key("memories").natural(space.memories).key("associations").natural(space.associations);
  to.key("suppressed").natural(space.suppressed).key("graves").natural(space.graves);
  to.key("damaged").natural(space.damaged).key("memory_bytes").natural(space.memory_bytes);
  to.key("parked").boolean(space.parked).field("state_hash", space.state_hash).end_object();
}

void append_record(const memory_record& record, json_writer& to) {
  to.begin_object();
  append_episode(record.what, to);
  to.field("stored", base::format_time(record.stored_at));
  to.key("suppressed").boolean(record.suppressed);
  to.key("accesses").natural(record.access_count);
  if (record.last_access) to.field("last_access", base::format_time(*record.last_access));
  to.key("retention").number(record.retention);
  append_associations(record.associations, to);
  to.end_object();
}

void append_answer(const recall_answer& answer, json_writer& to) {
  to.begin_object().key("hits").begin_array();
  for (const hit& found : answer.hits) {
    to.begin_object();
    append_episode(found.what, to);
    to.key("score").number(found.score).key("activation").number(found.activation);
    // Its name differs from the episode's own confidence, which is about encoding.
    append_interval("certainty", found.confidence, to);
    const auto& point = found.confidence.point;
    append_interval("certainty_at_full_coverage",
                    found.at_full_coverage.value_or(interval{point, point, point}), to);
    append_text("space", found.space, to);
    to.field("stored", base::format_time(found.stored_at));
    if (found.why) append_why(*found.why, to);
    to.end_object();
  }
  to.end_array().key("considered").natural(answer.considered);
  append_coverage(answer.coverage, to);
  to.field("token", base::to_hex(answer.token));
  to.key("took_us").natural(answer.took_us).end_object();
}

void append_answer(const spread_answer& answer, json_writer& to) {
  to.begin_object().key("memories").begin_array();
  for (const activated& found : answer.memories) {
    to.begin_object();
    append_episode(found.what, to);
    to.key("activation").number(found.activation);
    append_path(found.path, to);
    to.end_object();
  }
  to.end_array().key("rounds").natural(answer.rounds);
  append_coverage(answer.coverage, to);
  to.key("took_us").natural(answer.took_us).end_object();
}

} // namespace engram::client
