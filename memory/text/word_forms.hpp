#pragma once
// Forms of a word that no stemmer's endings lead back to it: irregular ones ("taught" is "teach",
// "mice" are "mouse") and the short ones of everyday speech ("pics" are "picture"). A form that is
// a word of its own as often ("left", "found") is none. Immutable tables; part of the engine
// version.

#include <span>
#include <string_view>

namespace engram::memory {

struct word_form {
  std::string_view form, word;
};

/// Of a language by its libstemmer name, ascending by form; empty for one without a table.
std::span<const word_form> forms_of(std::string_view language) noexcept;

/// The word that `said` is a form of, or itself.
std::string_view word_of(std::span<const word_form> forms, std::string_view said) noexcept;

} // namespace engram::memory
