#pragma once
// Value or error: how every expected failure travels. Exceptions are for KJ's edge only.
//
//   result<episode> e = decode(bytes);
//   if (!e) return e.error();
//   TRY_ASSIGN(auto header, decode_header(bytes));   // returns the error from the caller
//   TRY(store.write(batch));

#include "base/check.hpp"
#include "base/error.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace engram::base {

template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {} // NOLINT: implicit by design
  result(base::error e) : state_(std::in_place_index<1>, std::move(e)) {} // NOLINT
  result(errc code, std::string context)
      : state_(std::in_place_index<1>, base::error{code, std::move(context)}) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  bool has_value() const noexcept { return state_.index() == 0; }

  /// Requires: has_value().
  T& value() & { return checked(); }
  const T& value() const& { return const_cast<result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  /// Requires: !has_value().
  const base::error& error() const {
    CHECK(state_.index() == 1);
    return std::get<1>(state_);
  }

private:
  T& checked() {
    if (state_.index() != 0) check_failed(__FILE__, __LINE__, "has_value()", error().message());
    return std::get<0>(state_);
  }

  std::variant<T, base::error> state_;
};

template <>
class [[nodiscard]] result<void> {
public:
  using value_type = void;

  result() = default;
  result(base::error e) : error_(std::move(e)) {} // NOLINT: implicit by design
  result(errc code, std::string context) : error_(base::error{code, std::move(context)}) {}

  explicit operator bool() const noexcept { return !error_.has_value(); }
  bool has_value() const noexcept { return !error_.has_value(); }
  const base::error& error() const {
    CHECK(error_.has_value());
    return *error_;
  }

private:
  std::optional<base::error> error_;
};

/// Success without a value.
inline result<void> success() { return {}; }

} // namespace engram::base

#define ENGRAM_CONCAT_INNER(a, b) a##b
#define ENGRAM_CONCAT(a, b) ENGRAM_CONCAT_INNER(a, b)
#define TRY(expression)                                                                            \
  do {                                                                                             \
    if (auto try_result = (expression); !try_result) return try_result.error();                    \
  } while (false)
#define ENGRAM_TRY_ASSIGN(temporary, declaration, expression)                                      \
  auto temporary = (expression);                                                                   \
  if (!temporary) return temporary.error();                                                        \
  declaration = *std::move(temporary)
#define TRY_ASSIGN(declaration, expression)                                                        \
  ENGRAM_TRY_ASSIGN(ENGRAM_CONCAT(try_result_, __LINE__), declaration, expression)
