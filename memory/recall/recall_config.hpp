#pragma once
// Every weight of recall, in one place. The defaults serve all data: they were chosen together on
// dated conversations and on encyclopaedic multi-hop questions, and moving each at random by 30 %
// moves recall@10 by about a point. Figures in brackets are what leaving the part out costs there,
// in points of recall@10 (conversations, C) or recall@5 (multi-hop, M). Part of the engine version.

#include <cstdint>

namespace engram::memory {

struct recall_config {
  // -- cues: what a memory itself says --

  /// BM25 (Robertson, Zaragoza 2009) with weighted counts: title twice, people and text once. Less
  /// length normalisation than for documents: a short remark is not about one thing because it is
  /// short.
  double bm25_k1 = 0.9;
  double bm25_b = 0.5;
  /// Of the summed rarity of neighbouring words found side by side [C .3] ...
  double phrase = 0.15;
  /// ... and of that, when one word stands between them.
  double phrase_gap = 0.5;
  /// Of a memory's own score, when the question names its title [M 5, at rank 2].
  double title_named = 0.5;
  /// Of the best evidence by other cues, for the nearest embedding.
  double vector = 1.0;
  /// Nearest embeddings that count as evidence.
  std::uint32_t vectors_max = 200;
  /// Rarest words of a long cue.
  std::uint32_t words_max = 32;

  // -- factors --

  /// A date named and the memory near it: its evidence grows by this share [C 1.2].
  double date = 1.0;
  /// So far from the named span a memory is as good as inside; beyond, the gain halves within ...
  double date_flat_days = 3;
  double date_decay_days = 10;
  /// Exactly one known person named: that person's memories [C 1.3].
  double person = 1.3;
  /// Several named: those of the first, of whom most questions then ask [C .1, .4 at rank 2].
  double first_person = 1.25;
  /// Asks when, and the memory has a time expression; asks how many, and it has a number [C .3].
  double answers_when = 1.3;
  double answers_number = 1.3;
  /// A question seldom answers one [C .5].
  double is_question = 0.8;
  /// What a titled memory above in the list says of a cue leaves others that much less to add: two
  /// articles on one thing answer less of a question than two on both things it asks about
  /// [M .5 to 1, 3.5 at rank 2]. Turns of a conversation have no titles: they restate.
  double habituation = 0.6;
  /// Weight of retention in the score; 0 = the faded rank as the fresh. At 1 the order would be
  /// mostly one of age: a year leaves .15 of a memory that was never recalled.
  double forgetting = 0.5;

  /// What was met just now, by the asker: how much easier its neighbours come, and for how long
  /// (Neely 1977: 40 to 80 ms of 600 after a quarter of a second).
  double priming = 0.15;
  double priming_half_life_s = 0.3;
  /// The same again: by so much per exposure, at most, for how long.
  double repetition = 0.05;
  double repetition_most = 0.3;
  double repetition_half_life_s = 3600;

  // -- associations: how much of what a memory carries it passes on --

  /// To the next memories of its session [all contiguity: C 11.6]; back one little, a turn seldom
  /// explains the question before it.
  double next = 0.3;
  double next_but_one = 0.5;
  double back_one = 0.15;
  double back_two = 0.3;
  /// More to the next one, when it asks [C 1.8].
  double reply = 0.85;
  /// Over the other members of its session, evenly [C .5].
  double session = 1.4;
  /// A term shared by 2 to rare_few memories; half as much up to rare_many [C 1.0, M 2.3].
  double rare_term = 0.4;
  std::uint32_t rare_few = 6;
  std::uint32_t rare_many = 12;
  /// To the memories whose titles its text names, split over its fan [M 5 to 8].
  double names_title = 0.85;
  /// Back to the memories that name it, split among them: what a question is after often stands in
  /// a text that names what it describes. [M: +1 on one set, at rank 2 -1 on both]
  double named_by = 0.2;
  /// Explicit associations, along and against their direction.
  double edge_out = 0.3;
  double edge_in = 0.15;
  /// A memory's explicit associations sum to one at most; else each is weakened by the fan it
  /// belongs to, as 1 / (1 + ln fan) (Anderson 1974).
  bool split_edges = true;

  /// Between memories that were recalled together; of it s / (s + 1), s being the sum over the
  /// occasions of (1 + age / co_recall_days)^-0.5. 0 = off: the same scores bit for bit, no work.
  double co_recall = 0.1;
  double co_recall_days = 1;
  /// Fewer occasions are chance: what one question brings up is mostly not what it was after.
  std::uint32_t co_recalled_min = 2;
  /// An occasion of more memories binds none of them together.
  std::uint32_t co_recalled_max = 32;

  // -- spreading: one step with three inhibitions --

  /// A sender is heard with (score / best score)^gate: weak matches do not flood their links.
  double gate = 0.75;
  /// Hearsay counts at most so much of the best first-hand evidence for a cue.
  double cap = 0.85;

  // -- bounds on the work; no measured effect on quality --

  /// The strongest are heard. 128 and 1,024 gave the same figures.
  std::uint32_t senders_max = 256;
  /// Larger sessions bind nothing together.
  std::uint32_t session_max = 128;
  /// Rare terms, titles, explicit associations followed per memory: the most telling.
  std::uint32_t fan_max = 64;
  /// Memories of one title, and of those that name it: a title named by more is told by none.
  std::uint32_t bearers_max = 16;
};

} // namespace engram::memory
