#include "node/rpc/tls.hpp"
#include "node/testing/certificates.hpp"
#include "node/testing/edge_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <kj/debug.h>

#include <fstream>

using namespace engram;
using namespace engram::node;

namespace {

struct tls_fixture : edge_fixture {
  certificates files;
  kj::Maybe<kj::Own<kj::TlsContext>> context;
  kj::Own<listener> server;

  explicit tls_fixture(bool verify_clients) {
    REQUIRE(files.are_there());
    config with = settings;
    with.tls_cert = files.certificate("server");
    with.tls_key = files.key("server");
    if (verify_clients) with.tls_client_ca = files.certificate("ca");
    auto made = make_tls(with, io.provider->getTimer());
    REQUIRE(made);
    context = *kj::mv(made);
    KJ_IF_MAYBE (tls, context) {
      server = kj::heap<listener>(owner, edge_metrics::port::rpc, io.provider->getTimer(), **tls,
                                  rpc_speaker(owner, {{{1, 2}}, {3, 4}}));
    }
  }

  /// Says hello as `who` ("" = without a certificate); whether there was an answer.
  bool hello(const std::string& who) {
    config mine;
    mine.tls_cert = files.certificate("ca");
    auto text = [](const std::string& path) {
      std::ifstream file(path);
      return std::string(std::istreambuf_iterator<char>(file), {});
    };
    auto authority = text(files.certificate("ca"));
    kj::TlsCertificate trusted{kj::StringPtr(authority.c_str())};
    kj::TlsContext::Options options;
    options.useSystemTrustStore = false;
    options.trustedCertificates = kj::arrayPtr(&trusted, 1);
    kj::Maybe<kj::TlsKeypair> pair;
    if (!who.empty()) {
      auto key = text(files.key(who)), certificate = text(files.certificate(who));
      pair = kj::TlsKeypair{kj::TlsPrivateKey(kj::StringPtr(key.c_str())),
                            kj::TlsCertificate(kj::StringPtr(certificate.c_str()))};
      KJ_IF_MAYBE (each, pair) {
        options.defaultKeypair = *each;
      }
    }
    kj::TlsContext client(kj::mv(options));
    auto pipe = kj::newTwoWayPipe();
    server->adopt(kj::mv(pipe.ends[0]));
    bool answered = false;
    auto failure = kj::runCatchingExceptions([&]() {
      auto stream = client.wrapClient(kj::mv(pipe.ends[1]), "localhost").wait(wait());
      capnp::TwoPartyClient rpc(*stream);
      auto said = rpc.bootstrap().castAs<schema::Engram>().helloRequest().send().wait(wait());
      answered = said.getHello().getStoreId().size() == 16;
    });
    (void)failure;
    return answered;
  }
};

} // namespace

TEST_SUITE("node") {

  TEST_CASE("with a certificate the RPC port speaks TLS to any client that trusts it") {
    tls_fixture f(false);
    CHECK(f.hello(""));
    CHECK(f.hello("client"));
  }

  TEST_CASE("with a client authority only clients it signed are let in, and the port lives on") {
    tls_fixture f(true);
    CHECK_FALSE(f.hello(""));
    CHECK_FALSE(f.hello("intruder"));
    CHECK(f.hello("client"));
  }

  TEST_CASE("plain bytes on a TLS port are counted and closed") {
    tls_fixture f(false);
    auto pipe = kj::newTwoWayPipe();
    f.server->adopt(kj::mv(pipe.ends[0]));
    auto reading = pipe.ends[1]->readAllBytes().eagerlyEvaluate(nullptr);
    pipe.ends[1]->write("GET / HTTP/1.1\r\n\r\n", 18).wait(f.wait());
    reading.catch_([](kj::Exception&&) { return kj::Array<kj::byte>(); }).wait(f.wait());
    CHECK(f.metric("engram_node_malformed_total{port=\"rpc\",what=\"handshake\"}") == "1");
    CHECK(f.hello(""));
  }

  TEST_CASE("files that are no certificate or do not belong together are an error without their "
            "content") {
    certificates files;
    REQUIRE(files.are_there());
    auto io = kj::setupAsyncIo();
    config settings;
    auto fault = [&](const std::string& certificate, const std::string& key) {
      settings.tls_cert = certificate;
      settings.tls_key = key;
      auto made = make_tls(settings, io.provider->getTimer());
      REQUIRE_FALSE(made);
      CHECK(made.error().context.find("PRIVATE") == std::string::npos);
      return made.error().code;
    };
    CHECK(fault("/nowhere", files.key("server")) == base::errc::unavailable);
    CHECK(fault("/etc/hostname", files.key("server")) == base::errc::invalid_argument);
    CHECK(fault(files.key("server"), files.key("server")) == base::errc::invalid_argument);
    CHECK(fault(files.certificate("server"), files.key("client")) == base::errc::invalid_argument);
  }

} // TEST_SUITE
