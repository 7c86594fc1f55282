#!/usr/bin/env python3
"""Includes point one way: the table of docs/architecture.md, for our folders and third parties.

A quoted include names its folder from the root ("memory/types.hpp"). An angle include is the
standard library, the operating system (edges only) or a third-party header, which has one owning
folder.
"""

import re
import sys

from files import files, is_test, report, root_of

ALL = {"base", "schema", "memory", "membership", "storage", "actors", "client", "node"}
MAY_INCLUDE = {
    "base": set(),
    "schema": set(),
    "memory": {"base"},
    "membership": {"base"},
    "storage": {"base", "schema"},
    "actors": {"base", "memory", "membership", "storage"},
    "client": {"base", "schema"},
    "node": ALL,
    "bench": ALL | {"tests"},
    "tests": ALL,
    "jepsen": {"base", "client"},
}

# First match wins: pattern of an angle include -> places that may use it (path prefixes). Tests of
# a folder may use what the folder may.
OWNERS = [
    (r"^(sodium|xxhash)\.h$|^sodium/", ["base/"]),
    (r"^hwy/", ["memory/", "bench/"]),
    (r"^libstemmer\.h$", ["memory/"]),
    (r"^rocksdb/", ["storage/rocks/", "bench/"]),
    (r"^sqlite3\.h$", ["bench/"]),
    (r"^caf/", ["actors/", "node/", "bench/"]),
    (r"^kj/|^capnp/", ["node/", "client/", "bench/", "tests/"]),
    (r"^asio", ["node/"]),
    (r"^toml\+\+/|^spdlog/|^fmt/", ["node/"]),
    (r"^CLI/", ["node/", "client/", "jepsen/", "bench/"]),
    (r"^nlohmann/", ["node/", "client/", "jepsen/", "bench/"]),
    (r"^simdjson\.h$|^zlib\.h$", ["client/"]),
    (r"^openssl/", ["node/", "client/"]),
    (r"^histedit\.h$", ["client/prompt/"]),
    (r"^resolv\.h$", ["node/net/"]),
    (r"^benchmark/", ["bench/"]),
    (r"^doctest/", ["tests/support/"]),
    # the operating system: edges, and the store that owns the disk
    (r"^(sys|netinet|arpa|net|linux)/|^(unistd|fcntl|signal|poll|pthread|dirent|netdb|termios|"
     r"sched|spawn|ifaddrs|syslog|pwd|dlfcn|malloc|link)\.h$",
     ["node/", "client/", "storage/rocks/", "jepsen/stage/", "bench/", "tests/"]),
]
NOT_IN = {"caf/": "actors/core/"}  # the cores that span folders stay without CAF
HEADERS_HIDE = re.compile(r"^(sodium|xxhash)\.h$|^hwy/|^libstemmer\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def check_quoted(path, target):
    folder = path.parts[0]
    first = target.split("/")[0]
    if "/" not in target or target.startswith("."):
        return f'"{target}" is not written from the root'
    if target.endswith(".capnp.h"):
        return None if first in ("schema", folder) and allowed(folder, first) else f'"{target}"'
    if first == "tests" and is_test(path):
        return None
    if not allowed(folder, first):
        return f"{folder}/ may not include {first}/"
    return None


def allowed(folder, other):
    return folder == other or other in MAY_INCLUDE.get(folder, set())


def check_angle(path, target):
    if target.endswith(".capnp.h"):
        return f"write <{target}> with quotes"
    place = path.as_posix()
    for pattern, owners in OWNERS:
        if not re.search(pattern, target):
            continue
        if not place.startswith(tuple(owners)):
            return f"<{target}> belongs to {', '.join(owners)}"
        if any(target.startswith(t) and place.startswith(p) for t, p in NOT_IN.items()):
            return f"<{target}> stays out of {path.parent}/"
        if path.suffix == ".hpp" and HEADERS_HIDE.search(target):
            return f"<{target}> belongs into a .cpp"
        return None
    if "/" in target or target.endswith((".h", ".hpp")):
        return f"<{target}> has no owner in tests/tidy/check_layers.py"
    return None


def check(root):
    problems = []
    for path in files(root, ".hpp", ".cpp"):
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            quoted, angle = found.groups()
            fault = check_quoted(path, quoted) if quoted else check_angle(path, angle)
            if fault:
                problems.append(f"{path}:{number}: {fault}")
    return problems


if __name__ == "__main__":
    sys.exit(report("layers", check(root_of(sys.argv[1:]))))
