// Purges, to clients and between members.
#include "actors/service/writes.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/codec.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

base::result<memory::purge_target> decode(schema::PurgeTarget::Reader from) {
  using kind = memory::purge_target::kind;
  switch (from.which()) {
  case schema::PurgeTarget::PERSON:
    return memory::purge_target{kind::person, decode(from.getPerson())};
  case schema::PurgeTarget::SOURCE:
    return memory::purge_target{kind::source, decode(from.getSource())};
  }
  return base::error{base::errc::invalid_argument, "a purge this node does not know"};
}

void encode(const memory::purge_target& from, schema::PurgeTarget::Builder into) {
  if (from.what == memory::purge_target::kind::person)
    into.setPerson(text_of(from.name));
  else
    into.setSource(text_of(from.name));
}

void encode(const actors::purge_certificate& from, schema::PurgeCertificate::Builder into) {
  into.setMemories(from.memories);
  into.setComplete(from.complete());
  auto list = into.initReplicas(static_cast<unsigned>(from.replicas.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    const auto& each = from.replicas[i];
    const auto store = each.store.value.bytes();
    list[i].setStore(capnp::Data::Reader(store.data(), store.size()));
    list[i].setConfirmed(each.confirmed);
    list[i].setWhy(text_of(each.why));
  }
  into.setAtMs(from.at.ms);
}

kj::Promise<void> space_server::purge(PurgeContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto target = decode(params.getTarget());
  auto may = check(actors::scope::admin);
  if (may && !how) may = how.error();
  if (!may || !target) {
    answer_error(edge_, context, may ? target.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::purge_certificate>(
      edge_, context,
      [&](auto reply) {
        edge_.service().writes.purge(id_, *std::move(target), *how, std::move(reply));
      },
      [](auto result, const actors::purge_certificate& made) { encode(made, result.initOk()); });
}

} // namespace engram::node
