#include "node/cluster_keys.hpp"

#include <algorithm>
#include <fstream>

namespace engram::node {

namespace {

/// Without comment and blanks, in lower case.
std::string digits_of(std::string line) {
  line.resize(std::min(line.find('#'), line.size()));
  std::erase_if(line, [](unsigned char c) { return c == ' ' || c == '\t' || c == '\r'; });
  for (char& c : line) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return line;
}

} // namespace

base::result<cluster_keys> read_cluster_keys(const std::string& path) {
  cluster_keys out;
  if (path.empty()) return out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (auto digits = digits_of(std::move(line)); !digits.empty())
      out.texts.push_back(std::move(digits));
  }
  if (!file.eof()) return base::error{base::errc::unavailable, "cannot read " + path};
  auto ring = base::key_ring::parse(out.texts);
  if (!ring) return base::error{ring.error().code, path + ": " + ring.error().context};
  out.ring = *std::move(ring);
  if (out.ring.empty()) return base::error{base::errc::invalid_argument, path + ": holds no key"};
  return out;
}

} // namespace engram::node
