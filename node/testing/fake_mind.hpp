#pragma once
// What is asked of more than memories, answered from what a test put here.

#include "actors/service/concepts.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/watches.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engram::node {

class fake_mind : public actors::query_service,
                  public actors::concept_service,
                  public actors::watch_service {
public:
  actors::query_request last_query;
  actors::space_selector query_where; // of the last one across spaces
  std::vector<std::string> query_readable;
  base::result<actors::query_reply> known_findings = actors::query_reply{};
  actors::concepts_reply known_concepts;
  actors::knowing_reply known_knowing;

  void query(base::space_id, actors::query_request request,
             actors::reply<actors::query_reply> done) override {
    last_query = std::move(request);
    done(known_findings);
  }
  void query_across(actors::space_selector where, std::vector<std::string> readable,
                    actors::query_request request,
                    actors::reply<actors::query_reply> done) override {
    query_where = std::move(where);
    query_readable = std::move(readable);
    query({}, std::move(request), std::move(done));
  }
  void concepts(base::space_id, actors::concepts_request,
                actors::reply<actors::concepts_reply> done) override {
    done(known_concepts);
  }
  void consolidate(base::space_id, actors::reply<actors::consolidation_report> done) override {
    done(actors::consolidation_report{3, 20, 40, 1, 99, true, {5, 6}});
  }
  void knowing(actors::space_selector, std::vector<std::string>, memory::cue, std::uint32_t,
               actors::reply<actors::knowing_reply> done) override {
    done(known_knowing);
  }
  actors::space_selector watch_where; // of the last watch across spaces
  actors::watch_request last_watch;
  actors::watch_reply known_events;
  void watch_across(actors::space_selector where, std::vector<std::string>,
                    actors::watch_request asked, actors::reply<actors::watch_reply> done) override {
    watch_where = std::move(where);
    last_watch = std::move(asked);
    done(known_events);
  }
  void watch(base::space_id, actors::watch_request,
             actors::reply<actors::watch_reply> done) override {
    done(actors::watch_reply{});
  }
};

} // namespace engram::node
