#include "client/connection.hpp"

#include "base/bytes.hpp"
#include "client/dial.hpp"
#include "client/link.hpp"

namespace engram::client {

base::result<connection> connection::open(event_loop& loop, const connection_options& options) {
  TRY_ASSIGN(auto servers, tcp_dialers(loop.io(), options));
  return loop.wait(open(std::move(servers), loop.timer(), options));
}

promise<connection> connection::open(std::vector<dialer> servers, kj::Timer& timer,
                                     connection_options options) {
  auto shared = std::make_shared<link>(std::move(servers), timer, std::move(options));
  return shared->open().then([shared](base::result<session_ptr> got) -> base::result<connection> {
    if (!got) return got.error();
    return connection(shared);
  });
}

const peer_info& connection::peer() const { return link_->peer(); }

space connection::open_space(std::string name) const { return space(link_, std::move(name)); }

space_set connection::open_spaces(space_selector which) const {
  return space_set(link_, std::move(which));
}

promise<space_info> connection::create_space(const space_spec& spec) const {
  return link_->retrying<space_info>([spec](const session_ptr& s) -> promise<space_info> {
    auto request = link::client_of(s).createSpaceRequest();
    encode(spec, request.initSpec());
    return request.send().then([](auto response) -> base::result<space_info> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return decode(result.getOk().getInfo());
    });
  });
}

promise<std::vector<space_info>> connection::list_spaces() const {
  using list = std::vector<space_info>;
  return link_->retrying<list>([](const session_ptr& s) -> promise<list> {
    return link::client_of(s).listSpacesRequest().send().then(
        [](auto response) -> base::result<list> {
          const auto result = response.getResult();
          if (result.isError()) return decode(result.getError());
          return decode_list<space_info>(result.getOk());
        });
  });
}

promise<void> connection::drop_space(const std::string& name) const {
  return link_->retrying<void>([name](const session_ptr& s) -> promise<void> {
    auto request = link::client_of(s).dropSpaceRequest();
    request.setName(text_of(name));
    return request.send().then([](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return base::success();
    });
  });
}

promise<new_key> connection::create_key(const key_spec& spec) const {
  auto attempt = [spec](const session_ptr& s) -> promise<new_key> {
    auto request = link::client_of(s).createKeyRequest();
    encode(spec, request.initSpec());
    return request.send().then([](auto response) -> base::result<new_key> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return new_key{decode(result.getOk().getInfo()), to_string(result.getOk().getSecret())};
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<new_key>(*kept).then([kept](base::result<new_key> made) { return made; });
}

promise<std::vector<key_info>> connection::list_keys() const {
  using list = std::vector<key_info>;
  return link_->retrying<list>([](const session_ptr& s) -> promise<list> {
    return link::client_of(s).listKeysRequest().send().then(
        [](auto response) -> base::result<list> {
          const auto result = response.getResult();
          if (result.isError()) return decode(result.getError());
          return decode_list<key_info>(result.getOk());
        });
  });
}

promise<void> connection::revoke_key(const std::string& id) const {
  return link_->retrying<void>([id](const session_ptr& s) -> promise<void> {
    auto request = link::client_of(s).revokeKeyRequest();
    request.setId(text_of(id));
    return request.send().then([](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return base::success();
    });
  });
}

promise<node_status> connection::status() const {
  return link_->retrying<node_status>([](const session_ptr& s) -> promise<node_status> {
    return link::client_of(s).statusRequest().send().then(
        [](auto response) -> base::result<node_status> {
          const auto result = response.getResult();
          if (result.isError()) return decode(result.getError());
          return decode(result.getOk());
        });
  });
}

promise<language> connection::language() const {
  return link_->retrying<client::language>([](const session_ptr& s) -> promise<client::language> {
    return link::client_of(s).languageRequest().send().then(
        [](auto response) -> base::result<client::language> {
          return decode(response.getLanguage());
        });
  });
}

promise<cluster_info> connection::cluster() const {
  return link_->retrying<cluster_info>([](const session_ptr& s) -> promise<cluster_info> {
    return link::client_of(s).clusterRequest().send().then(
        [](auto response) -> base::result<cluster_info> {
          const auto result = response.getResult();
          if (result.isError()) return decode(result.getError());
          return decode(result.getOk());
        });
  });
}

promise<void> connection::leave() const {
  auto attempt = [](const session_ptr& s) -> promise<void> {
    return link::client_of(s).leaveRequest().send().then([](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return base::success();
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<void>(*kept).then([kept](base::result<void> done) { return done; });
}

promise<void> connection::retire(const std::string& member, bool dead) const {
  auto attempt = [member, dead](const session_ptr& s) -> promise<void> {
    auto request = link::client_of(s).retireRequest();
    const std::string bytes = base::from_hex(member).value_or(std::string{});
    request.setMember(data_of(bytes));
    request.setDead(dead);
    return request.send().then([](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return base::success();
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<void>(*kept).then([kept](base::result<void> done) { return done; });
}

promise<topology_plan> connection::plan(const topology_change& change) const {
  auto attempt = [change](const session_ptr& s) -> promise<topology_plan> {
    auto request = link::client_of(s).planRequest();
    encode(change, request.initChange());
    return request.send().then([](auto response) -> base::result<topology_plan> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      return decode(result.getOk());
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<topology_plan>(*kept).then(
      [kept](base::result<topology_plan> done) { return done; });
}

promise<std::vector<space_comparison>> connection::repair(const std::string& space) const {
  using found = std::vector<space_comparison>;
  auto attempt = [space](const session_ptr& s) -> promise<found> {
    auto request = link::client_of(s).repairRequest();
    request.setSpace(text_of(space));
    return request.send().then([](auto response) -> base::result<found> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      found out;
      for (auto each : result.getOk()) out.push_back(decode(each));
      return out;
    });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<found>(*kept).then([kept](base::result<found> done) { return done; });
}

promise<std::uint32_t> connection::upgrade() const {
  auto attempt = [](const session_ptr& s) -> promise<std::uint32_t> {
    return link::client_of(s).upgradeRequest().send().then(
        [](auto response) -> base::result<std::uint32_t> {
          const auto result = response.getResult();
          if (result.isError()) return decode(result.getError());
          return result.getLevel();
        });
  };
  auto kept = std::make_shared<decltype(attempt)>(std::move(attempt));
  return link_->once<std::uint32_t>(*kept).then(
      [kept](base::result<std::uint32_t> done) { return done; });
}

} // namespace engram::client
