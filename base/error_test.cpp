#include "tests/support/doctest.hpp"

#include <set>

namespace engram::base {

TEST_SUITE_BEGIN("base");

TEST_CASE("the error table ascends by code and names each code once") {
  std::set<std::string_view> names;
  const auto rows = error_table();

  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(names.insert(rows[i].name).second);
    CHECK_FALSE(rows[i].text.empty());
    if (i > 0) CHECK(rows[i - 1].code < rows[i].code);
  }
}

TEST_CASE("a code keeps its number, certainty and advice") {
  CHECK(static_cast<int>(errc::conflict) == 203);
  CHECK(info(errc::conflict).certainty == certainty::definite);
  CHECK(info(errc::write_failed).certainty == certainty::indefinite);
  CHECK(info(errc::disk_reserve).certainty == certainty::definite);
  CHECK(info(errc::disk_reserve).advice == advice::retry_later);
  CHECK(info(errc::disconnected).advice == advice::reconnect);
}

TEST_CASE("a number from a newer version reads as an internal error") {
  CHECK(info(static_cast<errc>(65'000)).code == errc::internal);
  CHECK(info(static_cast<errc>(1)).code == errc::internal);
}

TEST_CASE("a message says the code, what it means and what it was about") {
  const error e{errc::unknown_space, "space=foo"};

  CHECK(e.message() == "unknown_space: no space of that name (space=foo)");
  CHECK(error{errc::overloaded, ""}.message() == "overloaded: too much work is waiting");
}

TEST_CASE("certainty and advice have stable words") {
  CHECK(to_string(certainty::indefinite) == "indefinite");
  CHECK(to_string(certainty::definite) == "definite");
  CHECK(to_string(advice::use_other) == "use_other");
  CHECK(to_string(advice::give_up) == "give_up");
}

result<int> half(int n) {
  if (n % 2 != 0) return {errc::invalid_argument, "odd"};
  return n / 2;
}

result<int> quarter(int n) {
  TRY_ASSIGN(const int h, half(n));
  TRY(half(h));
  return h / 2;
}

TEST_CASE("TRY returns the first error from the caller and the value otherwise") {
  CHECK(*quarter(12) == 3);
  CHECK(quarter(6).error().code == errc::invalid_argument);
  CHECK(quarter(5).error().context == "odd");
  CHECK(success().has_value());
}

TEST_CASE("operands of a failed check are printed with their names") {
  CHECK(describe_operands("a, b", 1, "two") == "a, b = 1 two");
  CHECK(describe_operands("").empty());
}

TEST_SUITE_END();

} // namespace engram::base
