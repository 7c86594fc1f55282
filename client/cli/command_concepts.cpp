#include "client/cli/commands.hpp"
#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

namespace engram::client {

namespace {

std::string span_text(const std::optional<base::instant>& first,
                      const std::optional<base::instant>& last) {
  if (!first || !last) return {};
  const auto from = day_text(*first), until = day_text(*last);
  return from == until ? ", " + from : ", " + from + " to " + until;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& each : list) out.append(out.empty() ? "" : ", ").append(each);
  return out;
}

void append_when(const std::optional<base::instant>& first,
                 const std::optional<base::instant>& last, json_writer& w) {
  if (first) w.field("first", base::format_time(*first));
  if (last) w.field("last", base::format_time(*last));
}

void append(const concepts_answer& answer, json_writer& w) {
  w.begin_object().key("concepts").begin_array();
  for (const auto& each : answer.concepts) {
    w.begin_object().field("name", each.name).field("version", each.version);
    w.key("strength").number(each.strength).key("coherence").number(each.coherence);
    w.key("similarity").number(each.similarity).key("members").natural(each.members);
    append_when(each.first, each.last, w);
    if (!each.exemplar.empty()) w.field("exemplar", each.exemplar);
    w.key("citations").strings(each.citations).end_object();
  }
  w.end_array().key("total").natural(answer.total).key("members").natural(answer.members);
  w.key("memories").natural(answer.memories).key("coarse").boolean(answer.coarse);
  w.field("as_of", base::format_time(answer.as_of)).field("content", answer.content);
  w.key("took_us").natural(answer.took_us).end_object();
}

void print(const concepts_answer& answer, bool cued, const shell& to) {
  for (const auto& each : answer.concepts) {
    const auto& title = each.exemplar.empty() ? each.name : each.exemplar;
    to.out() << to.styled(style::bold, title) << "  "
             << to.styled(style::good, "strength " + fixed_text(each.strength, 2))
             << (cued ? ", like the cue " + fixed_text(each.similarity, 2) : std::string()) << ", "
             << plural(each.members, "memory", "memories") << span_text(each.first, each.last)
             << '\n';
    if (!each.citations.empty())
      to.out() << "     " << to.styled(style::dim, joined(each.citations)) << '\n';
  }
  if (answer.concepts.empty()) to.out() << "No concepts.\n";
  to.out() << to.styled(style::dim, count_text(answer.concepts.size()) + " of " +
                                        plural(answer.total, "concept", "concepts") + ", " +
                                        count_text(answer.members) + " of " +
                                        plural(answer.memories, "memory", "memories") +
                                        " in them, in " + micros_text(answer.took_us))
           << '\n';
  if (answer.coarse)
    to.out() << to.styled(style::warn, "coarse: no replica was reached; as of " +
                                           ago_text(answer.as_of, to.now()))
             << '\n';
}

void append(const knowing_answer& answer, json_writer& w) {
  w.begin_object().key("spaces").begin_array();
  for (const auto& each : answer.spaces) {
    w.begin_object();
    append_knowledge(each, w);
    w.end_object();
  }
  w.end_array().key("spaces_asked").natural(answer.spaces_asked);
  w.key("spaces_shared").natural(answer.spaces_shared);
  w.key("took_us").natural(answer.took_us).end_object();
}

void print(const knowing_answer& answer, const shell& to) {
  for (const auto& each : answer.spaces)
    to.out() << to.styled(style::bold, each.space) << "  " << knowledge_text(each) << '\n';
  if (answer.spaces.empty()) to.out() << "No space is known to know about this.\n";
  to.out() << to.styled(style::dim, plural(answer.spaces_shared, "space shares", "spaces share") +
                                        " concepts, of " + count_text(answer.spaces_asked) +
                                        " asked, in " + micros_text(answer.took_us))
           << '\n';
}

int tell_who_knows(const concepts_arguments& asked, concept_query query, shell& in,
                   connection& node) {
  const auto answer =
      in.loop().wait(node.open_spaces(asked.across).knowing(std::move(query.cue), query.limit));
  if (!answer) return in.fail(answer.error());
  if (in.json()) {
    json_writer w;
    append(*answer, w);
    return in.print(w);
  }
  print(*answer, in);
  return EXIT_DONE;
}

} // namespace

int run_command(const concepts_arguments& asked, shell& in) {
  auto query = asked.query;
  auto vector = read_embedding_file(asked.embedding_file);
  if (!vector) return in.fail(vector.error());
  query.cue.vector = *std::move(vector);
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  if (asked.is_across()) return tell_who_knows(asked, std::move(query), in, *node);
  const bool cued = !query.cue.text.empty() || query.cue.vector;
  const auto answer = in.loop().wait(node->open_space(asked.space).concepts(std::move(query)));
  if (!answer) return in.fail(answer.error());
  if (in.json()) {
    json_writer w;
    append(*answer, w);
    return in.print(w);
  }
  print(*answer, cued, in);
  return EXIT_DONE;
}

int run_command(const consolidate_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto made = in.loop().wait(node->open_space(asked.space).consolidate());
  if (!made) return in.fail(made.error());
  if (in.json()) {
    json_writer w;
    w.begin_object().key("total").natural(made->total).key("members").natural(made->members);
    w.key("memories").natural(made->memories).key("changed").natural(made->changed);
    w.key("shared").boolean(made->shared).field("content", made->content);
    return in.print(w.key("took_us").natural(made->took_us).end_object());
  }
  in.out() << plural(made->total, "concept", "concepts") << " of " << count_text(made->members)
           << " among " << plural(made->memories, "memory", "memories") << ", "
           << count_text(made->changed) << " new or changed, in " << micros_text(made->took_us)
           << (made->shared ? ", shared with every node\n" : ", not shared\n");
  return EXIT_DONE;
}

int run_command(const space_configure_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto done =
      in.loop().wait(node->open_space(asked.name).configure(asked.setting, asked.value));
  if (!done) return in.fail(done.error());
  if (done->items.empty()) return in.fail({base::errc::internal, "no receipt"});
  if (!done->items[0]) return in.fail(done->items[0].error());
  if (in.json()) {
    json_writer w;
    return in.print(w.begin_object().key("done").boolean(true).end_object());
  }
  in.out() << asked.name << ": " << asked.setting << " is " << asked.value << '\n';
  return EXIT_DONE;
}

} // namespace engram::client
