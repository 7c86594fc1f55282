#pragma once
// What readers see of a space: immutable, shared by any number of threads, freed with its last
// reader. Segments of consecutive ordinals hold what never changes about a memory; copy-on-write
// pages hold what does (visibility, stamps, access). Hidden memories are still found by key, and
// count nowhere else.

#include "memory/index/edges.hpp"
#include "memory/index/occasions.hpp"
#include "memory/index/pages.hpp"
#include "memory/index/segment.hpp"
#include "memory/types.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace engram::memory {

/// What may change about a memory after it came.
struct amendable {
  std::int64_t order = 0;
  base::hlc stored_at;
};

/// The last two that came with a title, by which most titles are found: they have no more.
struct title_bearers {
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  std::array<std::uint32_t, 2> latest{none, none}; // ordinals, newest first
};

class snapshot {
public:
  static constexpr std::uint32_t none = title_bearers::none;

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t visible_count() const noexcept { return visible_count_; }
  std::uint64_t visible_length() const noexcept { return visible_length_; }
  bool visible(std::uint32_t ordinal) const noexcept {
    return visible_count_ == size_ || !hidden_.test(ordinal);
  }

  const document& facts(std::uint32_t ordinal) const noexcept;
  std::string_view id(std::uint32_t ordinal) const noexcept;
  std::int64_t order(std::uint32_t ordinal) const noexcept { return amendables_.at(ordinal).order; }
  base::hlc stored_at(std::uint32_t ordinal) const noexcept {
    return amendables_.at(ordinal).stored_at;
  }
  /// The direction of a memory's embedding, as stored; its scale is not kept.
  std::optional<embedding> embedding_of(std::uint32_t ordinal) const;
  /// nullptr: never accessed. Valid as long as the snapshot.
  const access_record* access(std::uint32_t ordinal) const noexcept;

  /// Every version of a memory, hidden ones too, ascending by content hash. Usually none or one.
  std::vector<std::uint32_t> find(const base::memory_key& key) const;
  std::vector<std::uint32_t> find_id(std::string_view id) const;

  /// Appends the first `most` visible memories behind this place in the order of (key, content),
  /// which is the same on every replica.
  void following(const base::memory_key& key, const base::hash128& content, std::size_t most,
                 std::vector<std::uint32_t>& to) const;

  /// The order in which equals are ranked: by id, then content; the same on every replica.
  bool before(std::uint32_t a, std::uint32_t b) const noexcept;

  // -- for recall --

  const std::vector<std::shared_ptr<const segment>>& segments() const noexcept { return segments_; }
  const segment& segment_of(std::uint32_t ordinal) const noexcept {
    return *segments_[slot_of(ordinal)];
  }
  std::size_t slot_of(std::uint32_t ordinal) const noexcept;
  /// Visible memories that carry the key (a term, person, tag, place or title).
  std::uint32_t frequency(std::uint64_t key) const noexcept;
  std::uint32_t frequency_of(std::uint32_t global_term) const noexcept {
    return global_term < frequencies_.size() ? frequencies_.at(global_term) : 0;
  }
  /// Visible members of the session; counting stops at `limit`.
  std::uint32_t session_size(std::uint64_t session, std::uint32_t limit) const;
  /// Appends the visible members of the session, in no order that means anything.
  void session_members(std::uint64_t session, std::vector<std::uint32_t>& to) const;
  /// Visible memories around this one in its session, nearest first; `none` where there is none.
  struct session_window {
    std::array<std::uint32_t, 2> before{none, none}, after{none, none};
  };
  session_window around(std::uint32_t ordinal) const;
  /// Whether a comes before b in one session: by (when, order, id, content).
  bool earlier(std::uint32_t a, std::uint32_t b) const noexcept;
  /// Titles that the memory's text names, the longest first where they overlap: keys with the
  /// number under which their naming is counted. Only titles of visible memories, never its own.
  void titles_named_by(std::uint32_t ordinal, std::vector<mention>& to) const;
  /// Appends the visible memories whose texts may name this one's title (a longer title may cover
  /// it there), each once, ascending by ordinal; nothing when there are more than `most`.
  void who_names(std::uint32_t ordinal, std::size_t most, std::vector<std::uint32_t>& to) const;
  /// Appends the visible ones of the last two memories that came with this title.
  void latest_bearers(std::uint32_t titled, std::vector<std::uint32_t>& to) const {
    if (titled >= bearers_.size()) return;
    for (const std::uint32_t ordinal : bearers_.at(titled).latest)
      if (ordinal != none && visible(ordinal)) to.push_back(ordinal);
  }
  /// Appends the visible memories that were recalled together with this one at the mark, each once,
  /// in no order that means anything; nothing when there are more than `most`.
  void recalled_with(std::uint32_t ordinal, const access_mark& mark, std::size_t most,
                     std::vector<std::uint32_t>& to) const;
  bool has_occasions() const noexcept { return !occasions_.empty(); }
  bool has_titles() const noexcept { return has_titles_; }
  const edge_runs& edges() const noexcept { return edges_; }
  /// Hints that the memory's associations will be asked for: first where its lists begin, then,
  /// when that has come, the lists.
  void expect(std::uint32_t ordinal) const noexcept;
  void expect_lists(std::uint32_t ordinal) const noexcept;
  const base::space_id& identity() const noexcept { return identity_; }

  std::size_t bytes() const noexcept;

private:
  friend class index;

  base::space_id identity_;
  std::uint32_t size_ = 0;
  std::uint32_t visible_count_ = 0;
  std::uint64_t visible_length_ = 0;
  bool has_titles_ = false;
  std::vector<std::shared_ptr<const segment>> segments_;
  std::vector<std::shared_ptr<const session_order>> sessions_; // of each segment
  bit_pages hidden_;
  pages<amendable> amendables_;
  access_pages accesses_;
  pages<std::uint32_t> frequencies_; // by global term number
  pages<title_bearers> bearers_;     // by that of a title
  edge_runs edges_;
  occasion_runs occasions_;
};

} // namespace engram::memory
