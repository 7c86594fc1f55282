"""Just enough C++ to measure functions: comments and literals out, braces matched.

A brace opens a function when everything around it is a namespace or a type, and a parenthesis
stands between the end of the last declaration and the brace.
"""

import re

TOKEN = re.compile(r"""
    //[^\n]* | /\*.*?\*/                                   # comments
  | R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"                         # raw strings
  | "(?:\\.|[^"\\\n])*"                                    # strings
  | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'                    # characters, not digit separators
  """, re.S | re.X)
CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern|TEST_SUITE)\b")


def strip(text):
    """The text with comments and literals blanked, line numbers kept."""
    def blank(match):
        found = match.group()
        keep = "\n" * found.count("\n")
        return ('""' if found[0] in "\"R'" else " ") + keep
    return TOKEN.sub(blank, text)


def without_directives(code):
    """Preprocessor lines blanked, continued ones too."""
    out, continued = [], False
    for line in code.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        out.append("" if directive else line)
    return "\n".join(out)


def opens_container(head):
    """Whether the brace behind `head` holds declarations."""
    outside_templates = re.sub(r"template\s*<[^{]*?>\s*(?=\w)", "", head)
    found = CONTAINER.search(outside_templates)
    if found and found.group() == "TEST_SUITE":
        return True
    return bool(found) and not outside_templates.rstrip().endswith(")")


def name_of(head):
    """`bool store::open(...)` -> store::open."""
    found = re.search(r"([~\w:]+(?:operator[^\w\s(]{1,3})?)\s*\(", head)
    return found.group(1) if found else head.strip()[:40]


def functions(text):
    """[(name, lines)] of every function body, from the first line of its declaration."""
    code = without_directives(strip(text))
    found, stack = [], []  # stack of (is container, name, first line)
    head_start = 0
    line = 1
    for at, c in enumerate(code):
        if c == "\n":
            line += 1
        elif c == "{":
            head = code[head_start:at]
            in_containers = all(entry[0] for entry in stack)
            container = in_containers and (opens_container(head) or "(" not in head)
            lead = len(head) - len(head.lstrip())
            first = code.count("\n", 0, head_start + lead) + 1
            stack.append((container, name_of(head) if in_containers else "", first))
            head_start = at + 1
        elif c == "}":
            if stack:
                container, name, first = stack.pop()
                if not container and all(entry[0] for entry in stack):
                    found.append((name, line - first + 1))
            head_start = at + 1
        elif c == ";":
            head_start = at + 1
    return found
