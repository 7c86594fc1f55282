#pragma once
// Where a text that a person wrote is wrong: what the context of errc::invalid_query says, in a
// form that programs read back. Values only, pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engram::base {

struct text_fault {
  std::uint32_t line = 1, column = 1; // from 1; columns count characters, not bytes
  std::string what;                   // "expected a clause of RECALL, found LIMT"
  std::string suggestion;             // the word that may have been meant; "": none
  friend bool operator==(const text_fault&, const text_fault&) = default;
};

/// "1:14: expected a clause of RECALL, found LIMT; did you mean LIMIT?"
std::string to_string(const text_fault& fault);
/// The fault that reads so; nullopt: the text is none.
std::optional<text_fault> read_text_fault(std::string_view text);

/// The line of `text` that the fault is in, a mark below the place, and what is wrong, each on a
/// line of its own but without a line end behind the last.
std::string point_at(const text_fault& fault, std::string_view text);

} // namespace engram::base
