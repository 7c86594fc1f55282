#pragma once
// For tests: a space with its analyser and a hand for accepting operations as the partition does.

#include "memory/space.hpp"
#include "memory/text/analyser.hpp"

#include "tests/support/doctest.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace engram::memory {

inline space_config test_config(std::uint32_t dimension = 0) {
  space_config config;
  config.identity = {{0x1111, 0x2222}};
  config.name = "test";
  config.dimension = dimension;
  return config;
}

inline episode episode_of(std::string id, std::string text) {
  episode e;
  e.id = std::move(id);
  e.text = std::move(text);
  return e;
}

inline association associated(std::string source, std::string target, double weight = 1.0) {
  association a;
  a.source = std::move(source);
  a.target = std::move(target);
  a.kind = "related";
  a.weight = weight;
  return a;
}

/// What a disk would hold of a space: state items and payloads, moved by its state changes.
struct test_disk {
  std::map<std::string, std::string> items;
  std::map<payload_ref, std::string> payloads;

  void write(const state_changes& changes) {
    for (const auto& put : changes.puts) items[put.key] = put.value;
    for (const auto& key : changes.erases) items.erase(key);
    for (const auto& ref : changes.payload_erases) payloads.erase(ref);
  }
  std::vector<stored_item> stored() const {
    std::vector<stored_item> out;
    for (const auto& [key, value] : items) {
      stored_item item{key, value, std::nullopt};
      if (const auto ref = space::payload_of(key))
        if (const auto at = payloads.find(*ref); at != payloads.end()) item.payload = at->second;
      out.push_back(std::move(item));
    }
    return out;
  }
};

/// One origin writing into one space, without a log.
struct test_space {
  space_config config = test_config();
  analyser words{"english"};
  limits bounds;
  space state{config};
  pending_set pending;
  test_disk disk;
  std::uint64_t sequence = 0;
  std::uint64_t time = 1'000'000;

  prepared make(operation what) const {
    auto p = prepare(std::move(what), config, bounds, words);
    REQUIRE(p);
    return *std::move(p);
  }
  entry_meta next_meta(const prepared& p) {
    entry_meta meta;
    meta.origin = {{7, 7}};
    meta.origin_number = 1;
    meta.sequence = ++sequence;
    meta.stamp = {(time += 1000) << 16};
    meta.operation = p.operation_hash;
    return meta;
  }
  /// Durable at once.
  applied commit(const prepared& p) {
    const entry_meta meta = next_meta(p);
    disk.payloads[{meta.origin_number, meta.sequence}] = p.payload;
    const applied done = state.apply(meta, p);
    disk.write(state.drain());
    return done;
  }
  base::result<verdict> judge(operation what) const {
    return state.check(make(std::move(what)), pending);
  }
  applied write(operation what) {
    const prepared p = make(std::move(what));
    const auto judged = state.check(p, pending);
    REQUIRE(judged);
    REQUIRE(judged->admission == admission::fresh);
    return commit(p);
  }
  applied remember(std::string id, std::string text) {
    return write(remember_op{episode_of(std::move(id), std::move(text))});
  }
};

} // namespace engram::memory
