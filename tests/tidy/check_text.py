#!/usr/bin/env python3
"""Sizes and words of the code: limits with a ratchet (limits.json), and a list of banned words.

limits.json names what is longer than its limit, with its length. Such a number may only shrink: a
file or function that grew beyond it fails, and so does an entry that is larger than needed.
"""

import json
import re
import sys

from cpp_functions import functions, strip
from files import files, is_test, report, root_of

HEADER_LINES, SOURCE_LINES, TEST_LINES = 300, 600, 800
FUNCTION_LINES, LINE_COLUMNS = 70, 100

# pattern, what to do instead, where it is allowed (path prefixes). Searched in code without
# comments and strings.
BANNED = [
    (r"\bsleep_for\b|\bsleep_until\b|\busleep\(", "advance a clock, or wait for the event",
     ["bench/", "jepsen/stage/clock.cpp"]),
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b", "base::clock",
     ["node/system_clock.cpp", "jepsen/stage/clock.cpp", "bench/"]),
    (r"\brandom_device\b", "base::entropy", []),
    (r"(?<![\w:.>])s?rand\(|\bstd::rand\(", "base::random", []),
    (r"\bstd::(uniform|normal|bernoulli|discrete|poisson|exponential)_\w*distribution\b",
     "base/random.hpp (std's differ between libraries)", []),
    (r"\[=", "named captures", []),
    (r"\bstd::c(out|err|log)\b", "the log, or what the caller gave",
     ["client/", "node/", "jepsen/", "bench/"]),
    (r"\bconst_cast<", "another design", ["base/result.hpp"]),
]
# Only in memory/: same bits everywhere.
LIBM = (r"(?<![\w.>])(?:std::|::)?(?:exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|"
        r"acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot|erf|erfc|tgamma|lgamma|fma|fmod|remainder)"
        r"(?:f|l)?\(")
# Searched in the whole text, comments included.
BANNED_WORDS = [
    (r"TODO\(now\)|FIXME|XXX", "do it, or TODO(kind): why later"),
    (r"(?<![\w.])/(work|home|root)/", "a path of one machine"),
    (r"\bissue #?\d", "the reason itself"),
]


def line_limit(path):
    if is_test(path):
        return TEST_LINES
    return HEADER_LINES if path.suffix == ".hpp" else SOURCE_LINES


def ratchet(limits, key, actual, limit, problems, used):
    """Within the limit, or exactly as long as its entry says."""
    entry = limits.get(key)
    if entry is not None:
        used.add(key)
    if actual > limit and (entry is None or actual > entry):
        problems.append(f"{key}: {actual} lines, at most {entry or limit}")
    elif entry is not None and actual < entry:
        problems.append(f"{key}: shrank to {actual}; lower its entry in limits.json"
                        if actual > limit else f"{key}: fits now; drop its entry in limits.json")


def check_words(path, text, problems):
    code = strip(text).splitlines()
    place = path.as_posix()
    banned = [(p, instead) for p, instead, where in BANNED if not place.startswith(tuple(where))]
    if place.startswith("memory/") and not is_test(path):
        banned.append((LIBM, "base/math.hpp: libm's bits differ between machines"))
    for number, line in enumerate(code, 1):
        for pattern, instead in banned:
            if re.search(pattern, line.replace("base::", "base_")):
                found = re.search(pattern, line.replace("base::", "base_")).group()
                problems.append(f"{place}:{number}: '{found}': use {instead}")


def check_lines(path, text, problems):
    place = path.as_posix()
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LINE_COLUMNS:
            problems.append(f"{place}:{number}: {len(line)} columns, at most {LINE_COLUMNS}")
        if line != line.rstrip():
            problems.append(f"{place}:{number}: blanks at the end")
        for pattern, instead in BANNED_WORDS:
            if "tidy" not in path.parts and re.search(pattern, line):
                problems.append(f"{place}:{number}: {re.search(pattern, line).group()}: {instead}")
    if text and not text.endswith("\n"):
        problems.append(f"{place}: no newline at the end")


def check_header(path, text, problems):
    lines = text.splitlines()
    if not lines or lines[0] != "#pragma once":
        problems.append(f"{path}: a header starts with #pragma once")
    elif len(lines) < 2 or not lines[1].startswith("//"):
        problems.append(f"{path}: say what the header is, below #pragma once")
    if re.search(r"\busing namespace\b", strip(text)):
        problems.append(f"{path}: 'using namespace' in a header")


def check(root):
    limits_file = root / "tests/tidy/limits.json"
    limits = json.loads(limits_file.read_text()) if limits_file.exists() else {}
    problems, used = [], set()
    for path in files(root, ".hpp", ".cpp", ".capnp", ".py", ".sh", ".cmake"):
        text = (root / path).read_text()
        check_lines(path, text, problems)
        if path.suffix not in (".hpp", ".cpp"):
            continue
        check_words(path, text, problems)
        if path.suffix == ".hpp":
            check_header(path, text, problems)
        key = path.as_posix()
        ratchet(limits, key, len(text.splitlines()), line_limit(path), problems, used)
        for name, length in functions(text):
            ratchet(limits, f"{key}: {name}", length, FUNCTION_LINES, problems, used)
    problems += [f"{key}: in limits.json but not in the code" for key in limits if key not in used]
    return problems


if __name__ == "__main__":
    sys.exit(report("text", check(root_of(sys.argv[1:]))))
