#include "node/rpc/session.hpp"

#include "actors/service/cluster.hpp"
#include "actors/service/keys.hpp"
#include "actors/service/spaces.hpp"
#include "node/rpc/answer.hpp"
#include "node/version.hpp"

#include <algorithm>

namespace engram::node {

using actors::scope;

kj::Promise<void> bootstrap_server::hello(HelloContext context) {
  auto hello = context.getResults().initHello();
  hello.setVersion(text_of(std::string(version())));
  auto cluster = identity_.cluster.bytes();
  auto store = identity_.store.value.bytes();
  hello.setClusterId(capnp::Data::Reader(cluster.data(), cluster.size()));
  hello.setStoreId(capnp::Data::Reader(store.data(), store.size()));
  hello.setFeatureMin(FEATURE_MIN);
  hello.setFeatureMax(FEATURE_MAX);
  const auto nobody = edge_.anonymous();
  hello.setKeyRequired(!nobody && nobody.error().code == base::errc::unauthenticated);
  return kj::READY_NOW;
}

kj::Promise<void> bootstrap_server::authenticate(AuthenticateContext context) {
  auto key = decode(context.getParams().getKey());
  if (!key.empty()) {
    return answer<actors::authority>(
        edge_, context,
        [&](auto reply) { edge_.service().keys.authenticate(std::move(key), std::move(reply)); },
        [this](auto result, actors::authority who) {
          result.setSession(kj::heap<session_server>(edge_, std::move(who)));
        });
  }
  auto who = edge_.anonymous();
  if (!who)
    answer_error(edge_, context, who.error());
  else
    context.getResults().initResult().setSession(kj::heap<session_server>(edge_, *who));
  return kj::READY_NOW;
}

namespace {

/// Writes the arm `ok` of a SpaceResult.
auto hand_out(edge& owner, const actors::authority& who) {
  return [&owner, who](auto result, const actors::space_info& found) {
    auto ok = result.initOk();
    ok.setSpace(kj::heap<space_server>(owner, who, found.spec.name, found.identity));
    encode(found, ok.initInfo());
  };
}

void keep_covered(std::vector<actors::space_info>& spaces, const actors::authority& who) {
  std::erase_if(spaces, [&](const auto& each) { return !edge::covers(who, each.spec.name); });
}

} // namespace

kj::Promise<void> session_server::space(SpaceContext context) {
  auto name = decode(context.getParams().getName());
  // Rights first: whether a space exists is nobody's business who may not read it.
  if (auto may = edge_.check(who_, scope::read, name); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::space_info>(
      edge_, context,
      [&](auto reply) { edge_.service().spaces.resolve(std::move(name), std::move(reply)); },
      hand_out(edge_, who_));
}

kj::Promise<void> session_server::createSpace(CreateSpaceContext context) {
  auto spec = decode(context.getParams().getSpec());
  if (auto may = edge_.check(who_, scope::write, spec.name); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::space_info>(
      edge_, context,
      [&](auto reply) { edge_.service().spaces.create_space(std::move(spec), std::move(reply)); },
      hand_out(edge_, who_));
}

kj::Promise<void> session_server::listSpaces(ListSpacesContext context) {
  if (auto may = edge_.check(who_, scope::read, {}); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<std::vector<actors::space_info>>(
      edge_, context, [&](auto reply) { edge_.service().spaces.list_spaces(std::move(reply)); },
      [who = who_](auto result, std::vector<actors::space_info> spaces) {
        keep_covered(spaces, who);
        auto list = result.initOk(static_cast<unsigned>(spaces.size()));
        for (unsigned i = 0; i < list.size(); ++i) encode(spaces[i], list[i]);
      });
}

kj::Promise<void> session_server::dropSpace(DropSpaceContext context) {
  auto name = decode(context.getParams().getName());
  if (auto may = edge_.check(who_, scope::admin, name); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<void>(
      edge_, context,
      [&](auto reply) { edge_.service().spaces.drop_space(std::move(name), std::move(reply)); },
      [](auto result) { result.setOk(); });
}

kj::Promise<void> session_server::createKey(CreateKeyContext context) {
  auto spec = decode(context.getParams().getSpec());
  auto may = edge_.check_everywhere(who_, scope::admin);
  if (!may || !spec) {
    answer_error(edge_, context, may ? spec.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::new_key>(
      edge_, context,
      [&](auto reply) { edge_.service().keys.create_key(*std::move(spec), std::move(reply)); },
      [this](auto result, const actors::new_key& made) {
        edge_.log().info("node", "key created", {{"id", made.info.id}, {"by", who_.key_id}});
        auto ok = result.initOk();
        ok.setSecret(text_of(made.secret));
        encode(made.info, ok.initInfo());
      });
}

kj::Promise<void> session_server::listKeys(ListKeysContext context) {
  if (auto may = edge_.check_everywhere(who_, scope::admin); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<std::vector<actors::key_info>>(
      edge_, context, [&](auto reply) { edge_.service().keys.list_keys(std::move(reply)); },
      [](auto result, const std::vector<actors::key_info>& keys) {
        auto list = result.initOk(static_cast<unsigned>(keys.size()));
        for (unsigned i = 0; i < list.size(); ++i) encode(keys[i], list[i]);
      });
}

kj::Promise<void> session_server::revokeKey(RevokeKeyContext context) {
  auto id = decode(context.getParams().getId());
  if (auto may = edge_.check_everywhere(who_, scope::admin); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<void>(
      edge_, context, [&](auto reply) { edge_.service().keys.revoke_key(id, std::move(reply)); },
      [this, id](auto result) {
        edge_.log().info("node", "key revoked", {{"id", id}, {"by", who_.key_id}});
        result.setOk();
      });
}

kj::Promise<void> session_server::status(StatusContext context) {
  if (auto may = edge_.check(who_, scope::read, {}); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::node_status>(
      edge_, context, [&](auto reply) { edge_.service().cluster.status(std::move(reply)); },
      [who = who_](auto result, actors::node_status status) {
        keep_covered(status.spaces, who);
        encode(status, result.initOk());
      });
}

kj::Promise<void> session_server::spaces(SpacesContext context) {
  auto which = decode(context.getParams().getSelector());
  auto may = which ? edge_.check(who_, *which) : base::result<void>(which.error());
  if (!may)
    answer_error(edge_, context, may.error());
  else
    context.getResults().initResult().setOk(
        kj::heap<spaces_server>(edge_, who_, *std::move(which)));
  return kj::READY_NOW;
}

} // namespace engram::node
