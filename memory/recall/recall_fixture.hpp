#pragma once
// For tests: a set of memories and what happened to them, put into an index in any order and
// batching.

#include "base/random.hpp"
#include "memory/access.hpp"
#include "memory/index/index.hpp"
#include "memory/index/keys.hpp"
#include "memory/recall/recall.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace engram::memory {

struct test_memory {
  episode what;
  bool hidden = false;
  std::int64_t first_order = 0; // before it was amended to what.order
  std::uint64_t accesses = 0;
};

struct test_edge {
  std::string source, target, kind;
  double weight;
};

/// Owner of an index under test.
class test_index {
public:
  explicit test_index(std::uint32_t dimension = 0, std::string language = "english")
      : words(std::move(language)) {
    config.identity = {{7, 9}};
    config.dimension = dimension;
    memories = std::make_unique<index>(config);
  }

  std::uint32_t add(const episode& what) {
    auto kept = std::make_shared<const episode>(what);
    const std::uint32_t ordinal = memories->size();
    memories->add(ordinal, {key(what.id), base::fast_hash128(what.id + what.text), kept,
                            std::make_shared<const analysed>(words.analyse(*kept)),
                            base::hlc{std::uint64_t{1'000'000'000'000} << 16}, what.order});
    return ordinal;
  }
  std::uint32_t add(std::string id, std::string text, std::string session = {},
                    std::string speaker = {}) {
    episode e;
    e.id = std::move(id);
    e.text = std::move(text);
    e.session = std::move(session);
    e.speaker = std::move(speaker);
    e.order = memories->size();
    return add(e);
  }
  void relate(const test_edge& e) {
    memories->set_edge(key(e.source), key(e.target), e.kind, base::q32::from(e.weight));
  }
  base::memory_key key(const std::string& id) const { return memory_key_of(config.identity, id); }

  recall_answer ask(const recall_query& query) {
    return recall(*memories->publish(), {words}, query);
  }
  std::vector<std::string> ask(std::string text, bool spread = true) {
    recall_query query;
    query.cue.text = std::move(text);
    query.spread = spread;
    std::vector<std::string> ids;
    for (const hit& h : ask(query).hits) ids.push_back(h.id);
    return ids;
  }

  space_config config;
  analyser words;
  std::unique_ptr<index> memories;
};

} // namespace engram::memory
