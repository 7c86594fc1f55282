#pragma once
// Spaces and their memories in a map, for tests of the edge. Answers at once; not thread-safe
// beyond what one event loop needs; every knob is public.

#include "actors/service/recall.hpp"
#include "actors/service/writes.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace engram::node {

class fake_memories : public actors::space_service,
                      public actors::write_service,
                      public actors::read_service,
                      public actors::recall_service {
public:
  struct space {
    actors::space_info info;
    std::map<std::string, memory::episode> memories;
    std::vector<memory::association> associations;
    std::vector<std::string> association_ids; // of those that came on streams
  };

  std::map<std::string, space> spaces;
  std::string refused_text = "refuse me"; // an episode with this text is refused
  bool hold_writes = false;               // keep replies in `held` until release()
  std::deque<std::function<void()>> held;
  std::optional<base::error> append_fails; // instead of the next append
  std::size_t items_seen = 0;
  actors::recall_request last_recall;
  actors::read_options last_read; // of a get
  actors::space_selector last_selector;
  std::vector<std::string> last_readable;
  std::vector<actors::missing_space> silent; // do not answer a recall across spaces
  std::map<std::string, std::string> registers;

  void release_one() {
    auto next = std::move(held.front());
    held.pop_front();
    next();
  }

  void create_space(actors::space_spec spec, actors::reply<actors::space_info> done) override {
    auto& made = spaces[spec.name];
    made.info.spec = spec;
    made.info.identity = {{7, spaces.size()}};
    done(made.info);
  }
  void resolve(std::string name, actors::reply<actors::space_info> done) override {
    auto found = spaces.find(name);
    if (found == spaces.end()) return done(base::error{base::errc::unknown_space, "space=" + name});
    done(found->second.info);
  }
  void list_spaces(actors::reply<std::vector<actors::space_info>> done) override {
    std::vector<actors::space_info> all;
    for (const auto& [name, each] : spaces) all.push_back(each.info);
    done(all);
  }
  void drop_space(std::string name, actors::reply<void> done) override {
    if (spaces.erase(name) == 0) return done(base::error{base::errc::unknown_space, name});
    done(base::success());
  }

  void info(base::space_id id, actors::reply<actors::space_info> done) override {
    if (auto* found = find(id)) return done(found->info);
    done(base::error{base::errc::unknown_space, ""});
  }

  void remember(base::space_id id, std::vector<memory::episode> what, actors::durability,
                actors::reply<actors::write_reply> done) override {
    auto* into = find(id);
    if (!into) return done(base::error{base::errc::unknown_space, ""});
    items_seen += what.size();
    actors::write_reply reply{{}, "token"};
    for (auto& each : what) {
      if (each.text == refused_text) {
        reply.items.emplace_back(base::error{base::errc::conflict, "id=" + each.id});
        continue;
      }
      actors::receipt receipt;
      receipt.known = into->memories.count(each.id) > 0;
      into->memories[each.id] = std::move(each);
      reply.items.emplace_back(receipt);
    }
    answer(std::move(reply), std::move(done));
  }
  void associate(base::space_id id, std::vector<memory::association> what, actors::durability,
                 actors::reply<actors::write_reply> done) override {
    auto* into = find(id);
    if (!into) return done(base::error{base::errc::unknown_space, ""});
    items_seen += what.size();
    for (auto& each : what) into->associations.push_back(std::move(each));
    answer({actors::receipts(what.size(), actors::receipt{}), "token"}, std::move(done));
  }
  void forget(base::space_id id, std::vector<std::string> ids, memory::forget_mode,
              actors::durability, actors::reply<actors::write_reply> done) override {
    for (const auto& each : ids) find(id)->memories.erase(each);
    answer({actors::receipts(ids.size(), actors::receipt{}), ""}, std::move(done));
  }
  void append(base::space_id id, std::vector<actors::stream_item> items, actors::durability,
              actors::reply<actors::write_reply> done) override {
    if (auto why = std::exchange(append_fails, std::nullopt)) return done(*why);
    auto& into = *find(id);
    items_seen += items.size();
    actors::write_reply reply{{}, "token"};
    for (auto& item : items) {
      actors::receipt receipt;
      if (auto* link = std::get_if<memory::association>(&item.what)) {
        into.associations.push_back(std::move(*link));
        into.association_ids.push_back(item.id);
      } else {
        auto& each = std::get<memory::episode>(item.what);
        if (each.text == refused_text) {
          reply.items.emplace_back(base::error{base::errc::conflict, "id=" + each.id});
          continue;
        }
        receipt.known = into.memories.count(each.id) > 0;
        into.memories[each.id] = std::move(each);
      }
      reply.items.emplace_back(receipt);
    }
    answer(std::move(reply), std::move(done));
  }
  void configure(base::space_id id, std::string name, std::string value, actors::durability,
                 actors::reply<actors::write_reply> done) override {
    if (find(id)) registers[name] = value;
    done(actors::write_reply{{actors::receipt{}}, ""});
  }
  void purge(base::space_id, memory::purge_target target, actors::durability,
             actors::reply<actors::purge_certificate> done) override {
    if (target.name.empty()) return done(base::error{base::errc::invalid_argument, "no name"});
    done(actors::purge_certificate{
        4, {{{{1, 2}}, true, ""}, {{{3, 4}}, false, "out of reach"}}, base::instant{5}});
  }

  void get(base::space_id id, std::vector<std::string> ids, actors::read_options how,
           actors::reply<std::vector<actors::memory_record>> done) override {
    last_read = how;
    std::vector<actors::memory_record> found;
    for (const auto& each : ids) {
      auto at = find(id)->memories.find(each);
      if (at != find(id)->memories.end()) found.push_back(record(at->second));
    }
    done(found);
  }
  void recall(base::space_id id, actors::recall_request request,
              actors::reply<actors::recall_reply> done) override {
    last_recall = request;
    actors::recall_reply reply;
    for (const auto& [name, each] : find(id)->memories) {
      if (each.text.find(request.query.cue.text) == std::string::npos) continue;
      memory::hit hit;
      hit.id = name;
      hit.score = base::q32::from(0.5);
      reply.answer.hits.push_back(hit);
      if (request.with_content) reply.content.push_back(record(each));
    }
    reply.token = "token";
    done(std::move(reply));
  }
  void recall_across(actors::space_selector where, std::vector<std::string> readable,
                     actors::recall_request request,
                     actors::reply<actors::recall_reply> done) override {
    last_selector = where;
    last_readable = readable;
    actors::recall_reply reply;
    reply.coverage.missing_spaces = silent;
    reply.coverage.missing = {0.25, 0.5, 0.75};
    for (const auto& [name, each] : spaces) {
      for (const auto& [id, what] : each.memories) {
        if (what.text.find(request.query.cue.text) == std::string::npos) continue;
        memory::hit hit;
        hit.id = id;
        reply.answer.hits.push_back(hit);
        reply.spaces.push_back(name);
        reply.at_full_coverage.push_back({0.1, 0.2, 0.3});
      }
    }
    if (request.read.strict && !silent.empty())
      return done(base::error{base::errc::unavailable, "not seen: " + silent.front().name});
    done(std::move(reply));
  }
  void spread(base::space_id, actors::spread_request request,
              actors::reply<actors::spread_reply> done) override {
    actors::spread_reply reply;
    for (const auto& each : request.query.from) {
      reply.answer.memories.push_back({0, each, base::q32::from(1), {{each, each, "self", 1}}});
    }
    done(std::move(reply));
  }
  void scan(base::space_id id, std::string cursor, std::uint32_t limit,
            actors::reply<actors::scan_page> done) override {
    actors::scan_page page;
    const auto& all = find(id)->memories;
    auto at = all.upper_bound(cursor);
    for (; at != all.end() && page.records.size() < limit; ++at) {
      page.records.push_back(record(at->second));
    }
    if (at != all.end()) page.cursor = page.records.back().what.id;
    done(std::move(page));
  }

private:
  space* find(base::space_id id) {
    for (auto& [name, each] : spaces) {
      if (each.info.identity == id) return &each;
    }
    return nullptr;
  }
  static actors::memory_record record(const memory::episode& what) {
    actors::memory_record made;
    made.what = what;
    return made;
  }
  void answer(actors::write_reply reply, actors::reply<actors::write_reply> done) {
    if (!hold_writes) return done(std::move(reply));
    held.push_back([reply = std::move(reply), done = std::move(done)] { done(reply); });
  }
};

} // namespace engram::node
