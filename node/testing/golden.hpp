#pragma once
// For tests: messages as canonical bytes, compared with those kept in schema/golden, a line each.

#include "base/bytes.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

#include <fstream>
#include <string>

namespace engram::node {

class golden_file {
public:
  /// `sources`: the project's root; `name`: without folder and ".hex".
  golden_file(const std::string& sources, const std::string& name)
      : file_(sources + "/schema/golden/" + name + ".hex") {}

  /// The next line is this message: a reader, or a builder.
  template <class Root>
  void check(Root root) {
    const auto words = capnp::canonicalize(reader_of(root));
    const auto bytes = words.asBytes();
    std::string kept;
    std::getline(file_, kept);
    CHECK(base::to_hex({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}) == kept);
  }

private:
  template <class Root>
  static auto reader_of(Root root) {
    if constexpr (requires { root.asReader(); })
      return root.asReader();
    else
      return root;
  }

  std::ifstream file_;
};

} // namespace engram::node
