#pragma once
// What is known for each memory while a question is answered: for each channel (one per cue) the
// evidence it carries itself and the evidence that reached it by association. Sums are integers.
// Lives for one question, on one thread. Slots are numbered in the order of touching, which no
// result depends on. What it works in is the thread's: 4 bytes for each memory of the largest space
// asked about, and some megabytes for those touched.

#include "base/math.hpp"
#include "memory/recall/borrowed.hpp"

#include <cstdint>
#include <vector>

namespace engram::memory {

class evidence_table {
public:
  evidence_table(std::uint32_t memories, std::size_t channels) : channels_(channels) {
    if (work_->slots.size() < memories) work_->slots.assign(memories, 0);
  }
  ~evidence_table() {
    for (const std::uint32_t ordinal : work_->ordinals) work_->slots[ordinal] = 0;
    work_->forget();
  }
  evidence_table(const evidence_table&) = delete;
  evidence_table& operator=(const evidence_table&) = delete;

  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::uint32_t slot(std::uint32_t ordinal) {
    std::uint32_t& at = work_->slots[ordinal];
    if (at == 0) {
      work_->ordinals.push_back(ordinal);
      work_->first_hand.resize(work_->first_hand.size() + channels_);
      work_->heard.resize(work_->heard.size() + channels_);
      at = size();
    }
    return at - 1;
  }
  std::uint32_t find(std::uint32_t ordinal) const noexcept { return work_->slots[ordinal] - 1; }

  std::size_t channels() const noexcept { return channels_; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(work_->ordinals.size()); }
  std::uint32_t ordinal(std::uint32_t slot) const noexcept { return work_->ordinals[slot]; }
  base::q32* first_hand(std::uint32_t slot) noexcept {
    return work_->first_hand.data() + slot * channels_;
  }
  const base::q32* first_hand(std::uint32_t slot) const noexcept {
    return work_->first_hand.data() + slot * channels_;
  }
  base::q32* heard(std::uint32_t slot) noexcept { return work_->heard.data() + slot * channels_; }
  const base::q32* heard(std::uint32_t slot) const noexcept {
    return work_->heard.data() + slot * channels_;
  }
  /// Sum of its first-hand evidence over all channels.
  base::q32 own(std::uint32_t slot) const noexcept {
    base::q32 sum;
    for (std::size_t c = 0; c < channels_; ++c) sum += first_hand(slot)[c];
    return sum;
  }

private:
  struct work {
    std::vector<std::uint32_t> slots;    // by ordinal: slot + 1; idle, all are 0
    std::vector<std::uint32_t> ordinals; // of each slot; idle, empty, as the next two
    std::vector<base::q32> first_hand, heard;

    void forget() {
      if (first_hand.capacity() > kept_max) first_hand = {}, heard = {};
      ordinals.clear();
      first_hand.clear();
      heard.clear();
    }
  };
  /// Beyond, what was touched is not kept for the next question.
  static constexpr std::size_t kept_max = 1 << 17;

  borrowed<work> work_;
  std::size_t channels_;
};

} // namespace engram::memory
