#pragma once
// Always-on invariant checks. CHECK guards our own reasoning: when it fails, state can no longer be
// trusted and the process stops. It never guards bytes from the wire, the disk or a caller; those
// are expected to be wrong and are answered with base::result.
//
//   CHECK(first <= last, first, last);   // prints the condition and both values, then aborts

#include <sstream>
#include <string>

namespace engram::base {

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const std::string& operands);

template <class... Ts>
std::string describe_operands(const char* names, const Ts&... values) {
  if constexpr (sizeof...(Ts) == 0) {
    return {};
  } else {
    std::ostringstream out;
    out << names << " =";
    ((out << ' ' << values), ...);
    return out.str();
  }
}

} // namespace engram::base

#define ENGRAM_CHECK_NAMES(...) #__VA_ARGS__
#define CHECK(condition, ...)                                                                      \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      ::engram::base::check_failed(__FILE__, __LINE__, #condition,                                 \
                                   ::engram::base::describe_operands(ENGRAM_CHECK_NAMES(           \
                                       __VA_ARGS__) __VA_OPT__(, ) __VA_ARGS__));                  \
  } while (false)
