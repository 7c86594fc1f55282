#pragma once
// JSON bodies to domain requests: field names and meanings are in docs/http.md. Pure but for the
// ids that a client leaves to us, which come from `new_id`.

#include "actors/service/concepts.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/watches.hpp"
#include "actors/service/writes.hpp"

#include <functional>
#include <string_view>

namespace engram::node {

struct remember_body {
  std::vector<memory::episode> episodes;
  actors::durability how = actors::durability::quorum;
};
struct associate_body {
  std::vector<memory::association> associations;
  actors::durability how = actors::durability::quorum;
};
struct forget_body {
  std::vector<std::string> ids;
  memory::forget_mode mode = memory::forget_mode::suppress;
  actors::durability how = actors::durability::quorum;
};
struct get_body {
  std::vector<std::string> ids;
  actors::read_options read;
};

base::result<remember_body> read_remember(std::string_view json,
                                          const std::function<std::string()>& new_id);
base::result<associate_body> read_associate(std::string_view json);
base::result<forget_body> read_forget(std::string_view json);
base::result<get_body> read_get(std::string_view json);
base::result<actors::recall_request> read_recall(std::string_view json);
struct recall_across_body {
  actors::space_selector where;
  actors::recall_request request;
};
base::result<recall_across_body> read_recall_across(std::string_view json);
base::result<actors::spread_request> read_spread(std::string_view json);
base::result<actors::query_request> read_query(std::string_view json);
base::result<actors::query_request> read_revise(std::string_view json);
struct query_across_body {
  actors::space_selector where;
  actors::query_request request;
};
base::result<query_across_body> read_query_across(std::string_view json);
base::result<actors::concepts_request> read_concepts(std::string_view json);
struct knowing_body {
  actors::space_selector where;
  memory::cue cue;
  std::uint32_t limit = 20;
};
base::result<knowing_body> read_knowing(std::string_view json);
base::result<actors::watch_request> read_watch(std::string_view json);
struct watch_across_body {
  actors::space_selector where;
  actors::watch_request request;
};
base::result<watch_across_body> read_watch_across(std::string_view json);
struct purge_body {
  memory::purge_target target;
  actors::durability how = actors::durability::quorum;
};
base::result<purge_body> read_purge(std::string_view json);
base::result<actors::space_spec> read_space(std::string_view json);

} // namespace engram::node
