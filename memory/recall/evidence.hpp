#pragma once
// What is known for each memory while a question is answered: for each channel (one per cue) the
// evidence it carries itself and the evidence that reached it by association. Sums are integers.
// Lives for one question, on one thread. Slots are numbered in the order of touching, which no
// result depends on.

#include "base/math.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace engram::memory {

class evidence_table {
public:
  evidence_table(std::uint32_t memories, std::size_t channels)
      : slots_(static_cast<std::uint32_t*>(
            std::calloc(std::max(memories, 1u), sizeof(std::uint32_t)))),
        channels_(channels) {}

  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::uint32_t slot(std::uint32_t ordinal) {
    std::uint32_t& at = slots_.get()[ordinal];
    if (at == 0) {
      ordinals_.push_back(ordinal);
      first_hand_.resize(first_hand_.size() + channels_);
      heard_.resize(heard_.size() + channels_);
      at = static_cast<std::uint32_t>(ordinals_.size());
    }
    return at - 1;
  }
  std::uint32_t find(std::uint32_t ordinal) const noexcept { return slots_.get()[ordinal] - 1; }

  std::size_t channels() const noexcept { return channels_; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(ordinals_.size()); }
  std::uint32_t ordinal(std::uint32_t slot) const noexcept { return ordinals_[slot]; }
  base::q32* first_hand(std::uint32_t slot) noexcept {
    return first_hand_.data() + slot * channels_;
  }
  const base::q32* first_hand(std::uint32_t slot) const noexcept {
    return first_hand_.data() + slot * channels_;
  }
  base::q32* heard(std::uint32_t slot) noexcept { return heard_.data() + slot * channels_; }
  const base::q32* heard(std::uint32_t slot) const noexcept {
    return heard_.data() + slot * channels_;
  }
  /// Sum of its first-hand evidence over all channels.
  base::q32 own(std::uint32_t slot) const noexcept {
    base::q32 sum;
    for (std::size_t c = 0; c < channels_; ++c) sum += first_hand(slot)[c];
    return sum;
  }

private:
  struct release {
    void operator()(std::uint32_t* p) const noexcept { std::free(p); }
  };
  // Slot + 1 of each ordinal. calloc: pages that no posting touches are never made.
  std::unique_ptr<std::uint32_t, release> slots_;
  std::size_t channels_;
  std::vector<std::uint32_t> ordinals_;
  std::vector<base::q32> first_hand_;
  std::vector<base::q32> heard_;
};

} // namespace engram::memory
