#pragma once
// Certificates made on the spot by the openssl command, for tests of TLS.

#include "node/testing/temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace engram::node {

class certificates {
public:
  certificates() {
    make_authority("ca");
    make_authority("stranger");
    sign("server", "ca");
    sign("client", "ca");
    sign("intruder", "stranger");
  }
  certificates(const certificates&) = delete;

  std::string certificate(const std::string& of) const { return folder_.path + "/" + of + ".crt"; }
  std::string key(const std::string& of) const { return folder_.path + "/" + of + ".key"; }
  bool are_there() const { return std::filesystem::exists(certificate("intruder")); }

private:
  void run(const std::string& arguments) {
    auto code =
        std::system(("cd " + folder_.path + " && openssl " + arguments + " 2>/dev/null").c_str());
    (void)code; // are_there() tells
  }
  void make_authority(const std::string& name) {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" +
        name + " -keyout " + name + ".key -out " + name + ".crt");
  }
  void sign(const std::string& name, const std::string& by) {
    run("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + name +
        " -addext subjectAltName=DNS:localhost -keyout " + name + ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA " + by + ".crt -CAkey " + by +
        ".key -CAcreateserial -days 2 -copy_extensions copy -out " + name + ".crt");
  }

  temporary_folder folder_;
};

} // namespace engram::node
