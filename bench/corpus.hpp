#pragma once
// What the benchmarks remember: WordNet and this machine's changelogs, read as `engram import`
// reads them. Real texts, on every Debian machine; nothing is kept in this repository.

#include "client/import/record.hpp"
#include "client/types.hpp"
#include "memory/types.hpp"

#include <vector>

namespace engram::bench {

struct corpus {
  std::vector<client::episode> episodes;
  std::vector<client::association> associations;
};

/// At most `limit` memories, associations among them only.
corpus wordnet(std::size_t limit = SIZE_MAX);
/// Empty where the documents were left out when the machine was set up.
corpus changelogs(std::size_t limit = SIZE_MAX);

/// The engine's value of what a client gives.
memory::episode engine_episode(const client::episode& from);

} // namespace engram::bench
