#include "node/peer/peer_join.hpp"

#include "node/peer/peer_codec.hpp"
#include "node/peer/peer_values.hpp"
#include "node/rpc/kj_error.hpp"

#include <capnp/rpc-twoparty.h>

namespace engram::node {

namespace {

using asked = base::result<base::hash128>;

asked judge(const peer_context& shared, const peer_hello& dialling,
            schema::PeerPort::GreetResult::Reader greeting) {
  if (greeting.isError())
    return base::error{static_cast<base::errc>(greeting.getError().getCode()),
                       "the seed refuses: " + decode(greeting.getError().getContext())};
  const auto ok = greeting.getOk();
  TRY_ASSIGN(auto who, decode(ok.getHello()));
  TRY_ASSIGN(auto nonce, decode_hash(ok.getHello().getNonce()));
  TRY(check_features(shared.self, who));
  if (who.cluster.is_zero())
    return base::error{base::errc::incompatible, "the seed names no cluster"};
  if (!shared.accepts(decode(ok.getProof()), peer_side::answered, dialling, {who, nonce}))
    return base::error{base::errc::unauthenticated, "the seed does not know the cluster's key"};
  return who.cluster;
}

} // namespace

kj::Promise<asked> ask_for_cluster(const peer_context& shared, kj::Own<kj::AsyncIoStream> stream) {
  auto client = kj::heap<capnp::TwoPartyClient>(*stream);
  const peer_hello dialling{shared.self, shared.entropy.draw()};
  auto request = client->bootstrap().castAs<schema::PeerPort>().greetRequest();
  auto hello = request.initHello();
  encode(dialling.who, hello);
  with_bytes(dialling.nonce, [&](auto bytes) { hello.setNonce(bytes); });
  return request.send()
      .then([&shared, dialling](auto answer) {
        auto judged = judge(shared, dialling, answer.getResult());
        if (!judged) shared.refuse(judged.error());
        return judged;
      })
      .catch_([](kj::Exception&& failure) -> asked { return to_error(failure); })
      .attach(kj::mv(client), kj::mv(stream));
}

} // namespace engram::node
