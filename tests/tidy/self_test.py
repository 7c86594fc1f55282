#!/usr/bin/env python3
"""The checkers catch planted defects, each its own, and let clean code pass."""

import json
import pathlib
import tempfile
import unittest

import check_format
import check_layers
import check_text
from cpp_functions import functions

HEADER = "#pragma once\n// What it is.\n"


class planted(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def caught(self, checker, path, text, words):
        self.plant(path, text)
        problems = checker.check(self.root)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(words, problems[0])
        (self.root / path).unlink()

    def passes(self, checker, path, text):
        self.plant(path, text)
        self.assertEqual(checker.check(self.root), [])
        (self.root / path).unlink()


class layers(planted):
    def test_an_include_against_the_direction_is_caught(self):
        self.caught(check_layers, "memory/a.cpp", '#include "storage/store.hpp"\n', "may not")
        self.caught(check_layers, "base/a.hpp", '#include "memory/types.hpp"\n', "may not")
        self.caught(check_layers, "client/a.cpp", '#include "actors/service.hpp"\n', "may not")
        self.caught(check_layers, "memory/a.cpp", '#include "schema/client.capnp.h"\n', "schema")

    def test_a_third_party_header_outside_its_owner_is_caught(self):
        self.caught(check_layers, "storage/a.cpp", "#include <rocksdb/db.h>\n", "belongs")
        self.caught(check_layers, "membership/a.cpp", "#include <caf/all.hpp>\n", "belongs")
        self.caught(check_layers, "actors/core/a.cpp", "#include <caf/all.hpp>\n", "stays out")
        self.caught(check_layers, "memory/a.cpp", "#include <unistd.h>\n", "belongs")
        self.caught(check_layers, "memory/a.hpp", "#include <hwy/highway.h>\n", ".cpp")
        self.caught(check_layers, "node/a.cpp", "#include <boost/any.hpp>\n", "no owner")

    def test_a_relative_include_is_caught(self):
        self.caught(check_layers, "base/a.cpp", '#include "../memory/types.hpp"\n', "root")
        self.caught(check_layers, "base/a.cpp", '#include "bytes.hpp"\n', "root")

    def test_the_allowed_directions_pass(self):
        self.passes(check_layers, "memory/a.cpp",
                    '#include "base/id.hpp"\n#include <hwy/highway.h>\n#include <vector>\n')
        self.passes(check_layers, "storage/rocks/a.cpp", "#include <rocksdb/db.h>\n")
        self.passes(check_layers, "memory/a_test.cpp", '#include "tests/support/doctest.hpp"\n')


class text(planted):
    def test_each_banned_word_is_caught(self):
        for code in ["std::this_thread::sleep_for(ms);", "auto t = steady_clock::now();",
                     "std::random_device d;", "int x = rand();",
                     "std::uniform_int_distribution<int> d;", "auto f = [=] {};",
                     "std::cout << 1;"]:
            self.caught(check_text, "storage/a.cpp", f"void f() {{\n  {code}\n}}\n", "use ")

    def test_libm_is_caught_in_memory_with_and_without_its_namespace(self):
        for call in ["std::log(x)", "log2(x)", "::exp(x)", "std::pow(x, 2)", "sinf(x)"]:
            self.caught(check_text, "memory/a.cpp", f"double y = {call};\n", "base/math")
        self.passes(check_text, "memory/a.cpp",
                    "double y = base::log2(x) + std::sqrt(x) + catalog(x) + self.log(x);\n")
        self.passes(check_text, "memory/a_test.cpp", "double y = std::log(x);\n")

    def test_words_in_comments_and_strings_are_not_code(self):
        self.passes(check_text, "base/a.cpp", '// rand() is banned\nauto s = "rand()"; // 1\'0\n')

    def test_marks_of_unfinished_work_and_of_one_machine_are_caught(self):
        for words in ["FIXME later", "TODO(now): do", "see /home/me/notes", "see issue 12"]:
            self.caught(check_text, "base/a.cpp", f"// {words}\n", "a.cpp:1")

    def test_long_lines_blanks_and_missing_newlines_are_caught(self):
        self.caught(check_text, "base/a.cpp", "// " + "x" * 98 + "\n", "columns")
        self.caught(check_text, "base/a.cpp", "int x; \n", "blanks")
        self.caught(check_text, "base/a.cpp", "int x;", "newline")

    def test_a_header_without_its_comment_is_caught(self):
        self.caught(check_text, "base/a.hpp", "#include <vector>\n", "#pragma once")
        self.caught(check_text, "base/a.hpp", "#pragma once\n\nint x;\n", "say what")
        self.caught(check_text, "base/a.hpp", HEADER + "using namespace std;\n", "using namespace")

    def test_files_and_functions_beyond_their_limit_are_caught(self):
        self.caught(check_text, "base/a.hpp", HEADER + "int x;\n" * 299, "at most 300")
        self.caught(check_text, "base/a.cpp", "int x;\n" * 601, "at most 600")
        self.caught(check_text, "base/a_test.cpp", "int x;\n" * 801, "at most 800")
        self.caught(check_text, "base/a.cpp", "void f() {\n" + "  x();\n" * 69 + "}\n", "f: 71")

    def test_the_ratchet_lets_an_entry_stay_but_not_grow_nor_outlive_its_need(self):
        long = "int x;\n" * 610
        self.plant("tests/tidy/limits.json", json.dumps({"base/a.cpp": 610}))
        self.passes(check_text, "base/a.cpp", long)
        self.caught(check_text, "base/a.cpp", long + "int x;\n", "at most 610")
        self.caught(check_text, "base/a.cpp", "int x;\n" * 605, "shrank")
        self.caught(check_text, "base/a.cpp", "int x;\n", "fits now")
        self.caught(check_text, "base/b.cpp", "int x;\n", "not in the code")


class measuring(unittest.TestCase):
    def test_functions_are_measured_from_declaration_to_closing_brace(self):
        code = """namespace a {
struct s {
  int x() const { return 1; }
  std::vector<int> list{1, 2};
};
template <class T>
result<void> s::put(const T& value,
                    int n) {
  if (n) {
    auto f = [&] { return "}"; };
  }
  return {};
}
enum class kind : int { one };
const table rows = {
    {1, "("},
};
} // namespace a
"""
        self.assertEqual(functions(code), [("x", 1), ("s::put", 8)])


class format(planted):
    def test_code_that_is_not_formatted_is_caught(self):
        tool = check_format.formatter()
        if tool is None:
            self.skipTest("clang-format 14 is not installed")
        self.plant("base/a.cpp", "int   x ;\n")
        self.assertEqual(len(check_format.check(self.root, tool)), 1)
        self.plant("base/a.cpp", "int x;\n")
        self.assertEqual(check_format.check(self.root, tool), [])


if __name__ == "__main__":
    unittest.main()
