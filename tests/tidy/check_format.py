#!/usr/bin/env python3
"""clang-format 14 with our .clang-format changes nothing. --write formats in place."""

import shutil
import subprocess
import sys

from files import files, report, root_of


def formatter():
    """The name of clang-format 14, the version whose output is the rule."""
    for name in ("clang-format-14", "clang-format"):
        if shutil.which(name):
            version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
            if " 14." in version:
                return name
    return None


def check(root, tool):
    paths = [str(path) for path in files(root, ".hpp", ".cpp")]
    run = subprocess.run([tool, "--dry-run", "--Werror", *paths], cwd=root, capture_output=True,
                         text=True)
    lines = run.stderr.splitlines()
    return sorted({line.split(":")[0] + ": run make fmt" for line in lines if ": error: " in line})


def main(arguments):
    write = "--write" in arguments
    root = root_of([a for a in arguments if not a.startswith("--")])
    tool = formatter()
    if tool is None:
        print("format … skipped: clang-format 14 is not installed (make deps)")
        return 77
    if write:
        paths = [str(path) for path in files(root, ".hpp", ".cpp")]
        return subprocess.run([tool, "-i", *paths], cwd=root).returncode
    return report("format", check(root, tool))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
