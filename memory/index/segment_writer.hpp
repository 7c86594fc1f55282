#pragma once
// Makes segments: from memories that just came, and from two neighbours. Runs on the index's owner;
// only its mentions are added to what it returns, before it is published.

#include "memory/index/segment.hpp"
#include "memory/text/analyser.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace engram::memory {

/// A memory as it waits for its segment.
struct pending_memory {
  document facts; // id_begin is set by the builder
  std::string id;
  std::shared_ptr<const analysed> words;
  std::shared_ptr<const embedding> vector; // nullptr: none
};

/// The current position of a memory within (when, session).
using order_lookup = std::function<std::int64_t(std::uint32_t ordinal)>;
/// Number under which the frequency of a key is counted; draws a new one for a new key.
using term_numbering = std::function<std::uint32_t(std::uint64_t key)>;

/// `dimension`: of the space's embeddings.
std::shared_ptr<segment> build_segment(std::uint32_t first, std::uint32_t dimension,
                                       std::span<const pending_memory> memories,
                                       const term_numbering& number);

/// Requires: a.end() == b.first.
std::shared_ptr<segment> merge_segments(const segment& a, const segment& b);

/// Fills the orders of mentions, once these are complete.
void sort_namings(segment& of);

/// A memory without a time comes before those with one.
std::shared_ptr<const session_order> sort_by_session(const segment& of, const order_lookup& order);

} // namespace engram::memory
