#pragma once
// One line of a history: an operation is invoked and completes, or a nemesis does something. The
// type of a completion is taken from the certainty of its error and from nothing else. Pure values.
// Written as one JSON object a line, with Jepsen's own field names, which Knossos and elle-cli
// read; everything that is ours (node, space, durability ...) stands beside them in `more`.

#include "base/error.hpp"
#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace engram::jepsen {

using json = nlohmann::json;

enum class op_type : std::uint8_t { invoke, ok, fail, info };

/// The process of everything that is done to the cluster instead of asked of it.
inline constexpr int NEMESIS = -1;

struct op {
  std::uint64_t index = 0;
  std::chrono::nanoseconds time{0}; // monotonic, since the run began
  int process = NEMESIS;
  op_type type = op_type::invoke;
  std::string f;
  json value;
  json more = json::object();

  /// A field of `more`; `otherwise` when it is absent or of another kind.
  std::string text(const char* field, const std::string& otherwise = {}) const;
  std::int64_t number(const char* field, std::int64_t otherwise = 0) const;
  bool flag(const char* field) const;

  friend bool operator==(const op&, const op&) = default;
};

using history = std::vector<op>;

std::string_view to_string(op_type type) noexcept;

/// fail: it certainly did not happen; info: it may have.
op_type type_of(const base::error& why) noexcept;

/// `invoked`, completed: with the error when there is one. Time and index are the recorder's.
op completed(const op& invoked, json value);
op completed(const op& invoked, const base::error& why);

json to_json(const op& from);
base::result<op> op_from_json(const json& from);

/// errc::malformed_message names the line.
base::result<history> read_history(std::istream& from);
void write_history(const history& from, std::ostream& to);
/// Jepsen's history.edn: one map a line.
void write_edn(const history& from, std::ostream& to);

/// An invocation and what came of it; `done` is null when nothing did.
struct operation {
  const op* invoked = nullptr;
  const op* done = nullptr;

  bool is(op_type type) const noexcept { return done ? done->type == type : type == op_type::info; }
  std::chrono::nanoseconds began() const noexcept { return invoked->time; }
};

/// Operations of clients, in the order of their invocations. `of` outlives them.
std::vector<operation> pair(const history& of);

/// Operations called `f`.
std::vector<operation> pair(const history& of, std::string_view f);

/// The part that concerns spaces whose name begins with `prefix`, with every nemesis op.
history within(const history& of, std::string_view prefix);

} // namespace engram::jepsen
