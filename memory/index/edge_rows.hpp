#pragma once
// Explicit associations by the ordinals they join, compiled now and then from the runs: what a
// spread follows, where the runs would ask for two searches a memory and two more an association.
// Immutable; any thread. Invariant: a row holds what the runs said about a memory when it was
// compiled, in an order that is the same on every replica.

#include "memory/index/edges.hpp"
#include "memory/index/segment.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

class edge_rows {
public:
  /// The other end, and how it is joined: an index into styles().
  struct neighbour {
    std::uint32_t ordinal = 0, style = 0;
  };
  /// Kind and weight. Associations have few of them, so each stands here once.
  struct style {
    double weight = 0;
    std::uint32_t kind = 0; // index into edge_runs::kinds
  };

  /// Of the memories 0 .. size - 1, which `segments` hold.
  static std::shared_ptr<const edge_rows>
  compile(const edge_runs& from, const std::vector<std::shared_ptr<const segment>>& segments,
          std::uint32_t size);

  std::uint32_t size() const noexcept { return size_; }
  /// Hidden memories included, itself not; ascending by (weight descending, kind's name, key,
  /// content). Requires: ordinal < size().
  std::span<const neighbour> out_of(std::uint32_t ordinal) const noexcept {
    return row(out_, ordinal);
  }
  std::span<const neighbour> into(std::uint32_t ordinal) const noexcept {
    return row(in_, ordinal);
  }
  const std::vector<style>& styles() const noexcept { return styles_; }
  std::size_t bytes() const noexcept;

private:
  struct rows {
    std::vector<std::uint32_t> offsets; // size + 1
    std::vector<neighbour> neighbours;
  };
  static std::span<const neighbour> row(const rows& of, std::uint32_t ordinal) noexcept {
    return {of.neighbours.data() + of.offsets[ordinal],
            of.neighbours.data() + of.offsets[ordinal + 1]};
  }
  friend class row_compiler;

  std::uint32_t size_ = 0;
  rows out_, in_;
  std::vector<style> styles_;
};

} // namespace engram::memory
