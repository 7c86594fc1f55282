#include "node/rpc/tls.hpp"

#include <kj/exception.h>
#include <kj/vector.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <iterator>
#include <memory>

namespace engram::node {

namespace {

base::result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file && !file.eof()) return base::error{base::errc::unavailable, "cannot read " + path};
  if (text.find("-----BEGIN") == std::string::npos) {
    return base::error{base::errc::invalid_argument, path + ": holds no PEM block"};
  }
  return text;
}

kj::StringPtr ptr(const std::string& text) { return {text.c_str(), text.size()}; }

/// Each certificate of a file with several authorities stands for itself.
std::vector<std::string> split_certificates(const std::string& pem) {
  static constexpr std::string_view END = "-----END CERTIFICATE-----";
  std::vector<std::string> all;
  std::size_t begin = 0, end = 0;
  while ((end = pem.find(END, begin)) != std::string::npos) {
    all.push_back(pem.substr(begin, end + END.size() - begin) + "\n");
    begin = end + END.size();
  }
  return all;
}

/// KJ takes any pair, and then every handshake fails.
bool belong_together(const std::string& certificate, const std::string& key) {
  auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  };
  auto certificate_bio = bio(certificate), key_bio = bio(key);
  std::unique_ptr<X509, decltype(&X509_free)> leaf(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr), &X509_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> secret(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  return leaf && secret && X509_check_private_key(leaf.get(), secret.get()) == 1;
}

base::error unusable() {
  return {base::errc::invalid_argument,
          "tls_cert, tls_key, tls_client_ca or tls_peer_ca is no usable PEM "
          "certificate or key, or the first two do not belong together"};
}

using made = kj::Maybe<kj::Own<kj::TlsContext>>;

/// `authority_file`: of whom the other side needs a certificate; empty: it needs none.
base::result<made> make_context(const config& settings, const std::string& authority_file,
                                kj::Timer& timer) {
  TRY_ASSIGN(auto certificate, read_file(settings.tls_cert));
  TRY_ASSIGN(auto key, read_file(settings.tls_key));
  std::string authorities;
  if (!authority_file.empty()) {
    TRY_ASSIGN(authorities, read_file(authority_file));
  }

  if (!belong_together(certificate, key)) return unusable();
  made context;
  // KJ quotes what it could not parse; with a key that must not reach a log.
  auto failure = kj::runCatchingExceptions([&]() {
    kj::TlsKeypair pair{kj::TlsPrivateKey(ptr(key)), kj::TlsCertificate(ptr(certificate))};
    kj::Vector<kj::TlsCertificate> trusted;
    for (const auto& each : split_certificates(authorities)) {
      trusted.add(kj::TlsCertificate(ptr(each)));
    }
    kj::TlsContext::Options options;
    options.useSystemTrustStore = false;
    options.verifyClients = !authorities.empty();
    options.trustedCertificates = trusted.asPtr();
    options.minVersion = kj::TlsVersion::TLS_1_2;
    options.defaultKeypair = pair;
    options.timer = timer;
    options.acceptTimeout = 10 * kj::SECONDS;
    context = kj::heap<kj::TlsContext>(kj::mv(options));
  });
  if (failure != nullptr) return unusable();
  return context;
}

} // namespace

base::result<made> make_tls(const config& settings, kj::Timer& timer) {
  if (!settings.has_tls()) return made(nullptr);
  return make_context(settings, settings.tls_client_ca, timer);
}

base::result<made> make_peer_tls(const config& settings, kj::Timer& timer) {
  if (settings.tls_peer_ca.empty()) return made(nullptr);
  return make_context(settings, settings.tls_peer_ca, timer);
}

} // namespace engram::node
