"""Which files of the repository the checkers look at."""

import pathlib

CODE_FOLDERS = ["base", "schema", "memory", "membership", "storage", "actors", "client", "node",
                "tests", "bench", "jepsen", "demo", "deploy", "cmake"]
SKIPPED = {"build", "__pycache__", "node_modules"}


def root_of(arguments):
    """The folder given on the command line, else the repository this file is in."""
    return pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[2]


def files(root, *suffixes):
    """Paths below the code folders with one of the suffixes, sorted; relative to root."""
    found = []
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and path.suffix in suffixes and not SKIPPED & set(relative.parts):
                found.append(relative)
    return found


def is_test(path):
    """Tests, what they share, and programs that no node contains."""
    return (path.stem.endswith(("_test", "_fuzz", "_conformance", "_fixture")) or
            "testing" in path.parts or path.parts[0] in ("tests", "bench"))


def report(name, problems):
    """Prints the problems and returns the exit code."""
    for problem in problems:
        print(problem)
    print(f"{name} … {'OK' if not problems else str(len(problems)) + ' problems'}")
    return 1 if problems else 0
