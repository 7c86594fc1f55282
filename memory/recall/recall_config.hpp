#pragma once
// Every weight of recall, in one place. The defaults serve all data: they were chosen together on
// dated conversations and on encyclopaedic multi-hop questions, and moving each at random by 30 %
// moves recall@10 by about a point. Figures in brackets are what leaving the part out costs there,
// in points of recall@10 (conversations) or recall@5 (multi-hop). Part of the engine version.

#include <cstdint>

namespace engram::memory {

struct recall_config {
  // -- cues: what a memory itself says
  // ------------------------------------------------------------- BM25 (Robertson, Zaragoza 2009)
  // with weighted frequencies: title twice, people and text once.
  double bm25_k1 = 0.9;
  double bm25_b = 0.5;
  double phrase = 0.15;            // of the summed idf of neighbouring words found side by side
  double phrase_gap = 0.5;         // of that, when one word stands between them
  double title_named = 0.5;        // of a memory's own score, when the question names its title
  double vector = 1.0;             // of the strongest word's evidence, for a cosine of 1
  std::uint32_t vectors_max = 200; // nearest embeddings that count as evidence
  std::uint32_t words_max = 32;    // rarest words of a long cue

  // -- factors
  // -------------------------------------------------------------------------------------
  double date = 1.0;            // a date named and the memory near it: evidence grows by this share
  double date_flat_days = 3;    // so far from the named span a memory is as good as inside
  double date_decay_days = 10;  // beyond, the gain halves within so many days
  double person = 1.3;          // exactly one known person named: that person's memories
  double answers_when = 1.2;    // asks when, and the memory has a time expression
  double answers_number = 1.15; // asks how many, and the memory has a number
  double is_question = 0.8;     // a question seldom answers one
  double forgetting = 0.5;      // weight of retention in the score; 0 = the faded rank as the fresh

  // -- associations: how much of what a memory heard it passes on
  // ------------------------------------
  double next = 0.3; // to the memory after it in the session [all contiguity: 11.6]
  double next_but_one = 0.5;
  double back_one = 0.0; // a turn seldom explains the question before it
  double back_two = 0.3;
  double reply = 0.6;     // more to the next one, when it asks [1.8]
  double session = 1.0;   // over the other members of its session, evenly [1.1]
  double rare_term = 0.4; // a term shared by 2 to 6 memories, and as much more by 2 to 12 [1.0]
  std::uint32_t rare_few = 6;
  std::uint32_t rare_many = 12;
  double names_title = 0.85; // to the memories whose titles its text names [10]
  double edge_out = 0.3;     // explicit associations, along
  double edge_in = 0.15;     // and against their direction
  bool split_edges = true;   // a memory's explicit associations sum to one at most; else each is
                             // weakened by its fan as 1 / (1 + ln fan) (Anderson 1974)

  // -- spreading: one step with three inhibitions
  // ----------------------------------------------------
  double gate = 0.75; // a sender is heard with (score / best score)^gate
  double cap = 0.85;  // hearsay counts at most so much of the best first-hand evidence
  std::uint32_t senders_max = 1024; // strongest senders; bounds the work, not the reach
  std::uint32_t session_max = 512;  // larger sessions bind nothing together
  std::uint32_t fan_max = 64;       // associations of one kind followed per memory
};

} // namespace engram::memory
