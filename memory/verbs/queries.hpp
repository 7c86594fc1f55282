#pragma once
// What can be asked beyond recall and spread, as plain values. Every question carries `now`, so the
// same question on the same memories has the same answer. Values only.

#include "memory/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::memory {

/// A part of an episode that can be given, missing, or asked for. Never persisted by number.
enum class episode_field : std::uint8_t { what, title, speaker, who, place, session, tag, when };

/// Have I met this? `probe` says what is met; its id, order and confidence mean nothing.
struct recognize_query {
  episode probe;
  std::uint32_t nearest = 5; // memories named as the reason
  base::instant now;
};

/// What belongs into the empty fields of `partial`?
struct complete_query {
  episode partial;
  std::vector<episode_field> wanted; // empty: every field that `partial` lacks and can be voted on
  std::uint32_t alternatives = 3;
  double confidence_min = 0.2; // below, a field is answered with "not enough evidence"
  base::instant now;
};

/// Which value of `wanted` comes next, in the stream of memories that share the session or person?
struct predict_query {
  episode_field wanted = episode_field::who; // who or session
  std::string session;                       // the stream: of a session ...
  std::string who;                           // ... or of a person
  std::vector<std::string> given;            // or the stream that these memories belong to, by id
  std::optional<base::duration> horizon;     // also: how likely is it to come within?
  std::uint32_t limit = 5;
  base::instant now; // memories of later times are left out
};

/// Memories around a time, place, people or topic, in the order in which they happened.
struct reminisce_query {
  std::optional<base::instant> from, until; // half-open
  std::string place;
  std::vector<std::string> who;
  std::string topic;
  std::uint32_t limit = 20;
  base::instant now;
};

/// New episodes made of old ones.
struct imagine_query {
  std::vector<std::string> seeds; // ids
  std::string topic;              // or seeds by what is said
  double novelty = 0.5;           // 0: from the nearest associates, 1: from the remotest
  std::uint32_t limit = 3;
  base::instant now;
};

/// Run consolidation now.
struct consolidate_query {};

/// What consolidation has found.
struct concepts_query {
  std::string about; // empty: the strongest
  std::uint32_t limit = 10;
};

/// Replay what is being forgotten.
struct dream_query {
  std::uint32_t cycles = 10;    // 1..100
  std::uint32_t replayed = 8;   // memories of one replay, at most; 2..32
  double link_threshold = 0.05; // activation from which a new association is worth stating
  base::instant now;
};

/// Episodes and concepts in one list.
struct blended_query {
  recall_query episodes;
};

/// A memory as it should be from now on. What `changed` leaves empty stays as it was; with a new
/// text the embedding stays only if it is given again.
struct revise_query {
  std::string of;             // id
  episode changed;            // id empty: follows from the rest
  std::optional<double> sure; // how sure the new version is said to be; else as the old one
  base::instant now;
};

/// What a memory was revised to, and from.
struct revisions_query {
  std::string of;           // id
  std::uint32_t limit = 20; // 1..100
};

/// What is this memory like? Numbers about all of it, its span of time, its largest sessions.
struct introspect_query {
  std::uint32_t limit = 5; // sessions
  base::instant now;
};

} // namespace engram::memory
