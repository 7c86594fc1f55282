#pragma once
// What a question asks of one snapshot: its channels of evidence, whom and what it names, and what
// a memory must have to be an answer. Made once per question; says nothing about any memory yet.

#include "memory/index/snapshot.hpp"
#include "memory/recall/recall_config.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::memory {

enum class channel_kind : std::uint8_t { word, phrase, title, label, vector, time, like };

struct channel {
  channel_kind kind = channel_kind::word;
  std::string name;      // for explanations
  std::uint64_t key = 0; // word and label: whose postings
  double idf = 0;        // word and label: of that key in this snapshot
  double weight = 1;
};

struct cue_plan {
  std::vector<channel> channels;
  analysed_query question;
  std::vector<std::uint64_t> titles; // titles the question names
  std::uint64_t person = 0;          // the known person it names first; 0 = none
  bool one_person = false;           // it names no other
  std::vector<std::uint32_t> like;   // memories to start from
  const memory::cue* asked = nullptr;
  std::optional<embedding> vector; // the cue's, or that of the one memory to start from
  std::size_t vectors_wanted = 0;  // how many neighbours count

  // Requirements, checked of hits and not of senders: what explains an answer may lie outside.
  std::vector<std::uint64_t> required, excluded; // label keys
  bool bounded_in_time = false;
};

/// `limit`: how many answers are wanted.
cue_plan plan_cues(const snapshot& on, const analyser& words, const cue& asked,
                   const recall_config& config, std::size_t limit);

/// Robertson and Sparck Jones' weight of a key that `frequency` of `count` memories carry; > 0.
double inverse_frequency(std::uint32_t count, std::uint32_t frequency);

/// Whether the memory may be an answer.
bool admits(const snapshot& on, const cue_plan& plan, std::uint32_t ordinal);

} // namespace engram::memory
