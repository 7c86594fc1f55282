#include "client/space.hpp"

#include "base/planted.hpp"
#include "client/ids.hpp"
#include "client/import_state.hpp"
#include "client/space_state.hpp"

namespace engram::client {

namespace {

template <class Response>
base::result<write_result> written(const Response& response) {
  const auto result = response.getResult();
  if (result.isError()) return decode(result.getError());
  const auto ok = result.getOk();
  return write_result{decode_list<base::result<receipt>>(ok.getReceipts()),
                      to_string(ok.getToken())};
}

void encode_all(const std::vector<std::string>& from, capnp::List<capnp::Text>::Builder to) {
  for (unsigned i = 0; i < from.size(); ++i) to.set(i, text_of(from[i]));
}

} // namespace

space::space(std::shared_ptr<link> shared, std::string name) : state_(std::make_shared<state>()) {
  state_->wire = std::move(shared);
  state_->name = std::move(name);
}

const std::string& space::name() const noexcept { return state_->name; }

promise<space_info> space::info() const {
  return state_->wire->retrying<space_info>([at = state_](const session_ptr& s) {
    return with_space<space_info>(at, s, [](schema::MemorySpace::Client& to) {
      return to.infoRequest().send().then([](auto response) -> base::result<space_info> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        return decode(result.getOk());
      });
    });
  });
}

promise<write_result> space::remember(std::vector<episode> episodes, durability d,
                                      std::vector<std::string>* ids) const {
  for (episode& e : episodes) {
    if (e.id.empty()) e.id = draw_id();
    if (ids) ids->push_back(e.id);
  }
  auto kept = std::make_shared<const std::vector<episode>>(std::move(episodes));
  return state_->wire->retrying<write_result>([at = state_, kept, d](const session_ptr& s) {
    return with_space<write_result>(at, s, [kept, d](schema::MemorySpace::Client& to) {
      auto request = to.rememberRequest();
      auto list = request.initEpisodes(static_cast<unsigned>(kept->size()));
      for (unsigned i = 0; i < kept->size(); ++i) encode((*kept)[i], list[i]);
      if (base::planted("new_id_on_retry"))
        for (auto each : list) each.setId(kj::str(each.getId(), "~", draw_id()));
      request.setDurability(encode(d));
      return request.send().then([](auto response) { return written(response); });
    });
  });
}

promise<write_result> space::associate(std::vector<association> associations, durability d) const {
  auto kept = std::make_shared<const std::vector<association>>(std::move(associations));
  return state_->wire->retrying<write_result>([at = state_, kept, d](const session_ptr& s) {
    return with_space<write_result>(at, s, [kept, d](schema::MemorySpace::Client& to) {
      auto request = to.associateRequest();
      auto list = request.initAssociations(static_cast<unsigned>(kept->size()));
      for (unsigned i = 0; i < kept->size(); ++i) encode((*kept)[i], list[i]);
      request.setDurability(encode(d));
      return request.send().then([](auto response) { return written(response); });
    });
  });
}

promise<write_result> space::forget(std::vector<std::string> ids, forget_mode mode,
                                    durability d) const {
  return state_->wire->retrying<write_result>([at = state_, ids, mode, d](const session_ptr& s) {
    return with_space<write_result>(at, s, [ids, mode, d](schema::MemorySpace::Client& to) {
      auto request = to.forgetRequest();
      encode_all(ids, request.initIds(static_cast<unsigned>(ids.size())));
      request.setMode(encode(mode));
      request.setDurability(encode(d));
      return request.send().then([](auto response) { return written(response); });
    });
  });
}

promise<std::vector<memory_record>> space::get(std::vector<std::string> ids,
                                               read_options read) const {
  using records = std::vector<memory_record>;
  return state_->wire->retrying<records>([at = state_, ids, read](const session_ptr& s) {
    return with_space<records>(at, s, [ids, read](schema::MemorySpace::Client& to) {
      auto request = to.getRequest();
      encode_all(ids, request.initIds(static_cast<unsigned>(ids.size())));
      encode(read, request.initRead());
      return request.send().then([](auto response) -> base::result<records> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        return decode_list<memory_record>(result.getOk());
      });
    });
  });
}

promise<recall_answer> space::recall(recall_query query) const {
  return call<recall_answer>(state_, std::move(query), [](auto& to) { return to.recallRequest(); });
}

promise<spread_answer> space::spread(spread_query query) const {
  return call<spread_answer>(state_, std::move(query), [](auto& to) { return to.spreadRequest(); });
}

promise<query_answer> space::ask(query statement) const {
  return call<query_answer>(state_, std::move(statement),
                            [](auto& to) { return to.queryRequest(); });
}

promise<query_answer> space::revise(revision change) const {
  return call<query_answer>(state_, std::move(change), [](auto& to) { return to.reviseRequest(); });
}

promise<watch_answer> space::watch(watch_query query) const {
  return call<watch_answer>(state_, std::move(query), [](auto& to) { return to.watchRequest(); });
}

promise<scan_page> space::scan(std::string cursor, std::uint32_t limit) const {
  return state_->wire->retrying<scan_page>([at = state_, cursor, limit](const session_ptr& s) {
    return with_space<scan_page>(at, s, [cursor, limit](schema::MemorySpace::Client& to) {
      auto request = to.scanRequest();
      request.setCursor(data_of(cursor));
      request.setLimit(limit);
      return request.send().then([](auto response) -> base::result<scan_page> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        const auto ok = result.getOk();
        return scan_page{decode_list<memory_record>(ok.getRecords()), to_string(ok.getCursor())};
      });
    });
  });
}

promise<concepts_answer> space::concepts(concept_query query) const {
  return call<concepts_answer>(state_, std::move(query),
                               [](auto& to) { return to.conceptsRequest(); });
}

promise<consolidation> space::consolidate() const {
  return state_->wire->retrying<consolidation>([at = state_](const session_ptr& s) {
    return with_space<consolidation>(at, s, [](schema::MemorySpace::Client& to) {
      return to.consolidateRequest().send().then([](auto response) -> base::result<consolidation> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        return decode(result.getOk());
      });
    });
  });
}

promise<purge_certificate> space::purge(std::string name, bool is_source, durability d) const {
  return state_->wire->retrying<purge_certificate>(
      [at = state_, name, is_source, d](const session_ptr& s) {
        return with_space<purge_certificate>(
            at, s, [name, is_source, d](schema::MemorySpace::Client& to) {
              auto request = to.purgeRequest();
              auto target = request.initTarget();
              if (is_source)
                target.setSource(text_of(name));
              else
                target.setPerson(text_of(name));
              request.setDurability(encode(d));
              return request.send().then([](auto response) -> base::result<purge_certificate> {
                const auto result = response.getResult();
                if (result.isError()) return decode(result.getError());
                return decode(result.getOk());
              });
            });
      });
}

promise<write_result> space::configure(std::string name, std::string value, durability d) const {
  return state_->wire->retrying<write_result>([at = state_, name, value, d](const session_ptr& s) {
    return with_space<write_result>(at, s, [name, value, d](schema::MemorySpace::Client& to) {
      auto request = to.configureRequest();
      request.setName(text_of(name));
      request.setValue(text_of(value));
      request.setDurability(encode(d));
      return request.send().then([](auto response) { return written(response); });
    });
  });
}

promise<import_stream> space::open_import(durability d) const { return open_stream({}, 1, d); }

promise<import_stream> space::open_stream(std::string name, std::uint64_t next,
                                          durability d) const {
  auto made = std::make_shared<import_stream::state>(state_, std::move(name), next, d);
  return made->open().then([made](base::result<void> opened) -> base::result<import_stream> {
    if (!opened) return opened.error();
    return import_stream(made);
  });
}

} // namespace engram::client
