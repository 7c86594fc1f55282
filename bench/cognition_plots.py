#!/usr/bin/env python3
"""Draws the figures of docs/cognition.md from a run of the experiments in memory/psychology.

    bench/cognition_plots.py [build folder]      default: build/release
"""
import math
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680, 320, 56, 150, 34, 48
COLOURS = ["#1f5fa8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910"]

# name: title, axis of x, axis of y, x is logarithmic, series shown as points only
FIGURES = {
    "forgetting": ("Forgetting", "hours since it was learnt", "left", True, {"Ebbinghaus 1885"}),
    "spacing": ("Spacing: two studies", "days between them", "recalled at the test", True, set()),
    "serial-position": ("Place in a list of 15 words", "place", "recalled", False, set()),
    "fan": ("Fan: time to recognise, by Engram and by people (Anderson 1974)", "seconds, Engram",
            "seconds, people", False, {"nine kinds of targets"}),
    "false-memory": ("False memory: 24 lists", "mean strength of the associations to the lure",
                     "comes to mind", False, {"lures"}),
    "priming": ("Priming", "ms since the prime", "ms sooner", False, set()),
    "proactive-interference": ("Lists learnt before", "how many", "recalled of the last", False,
                               {"Underwood 1957"}),
    "retroactive-interference": ("A list learnt between learning and test",
                                 "of four words of a cue, so many are alike", "lost", False, set()),
    "calibration": ("Completion: how sure, and how often right", "confidence", "right", False,
                    {"who", "package", "urgency"}),
}


def read_points(path):
    figures = {}
    for line in path.read_text().splitlines():
        figure, series, x, y = line.split("\t")
        points = figures.setdefault(figure, {}).setdefault(series, [])
        points.append((float(x), float(y)))
    return figures


def ticks(low, high, logarithmic):
    if logarithmic:
        return [10.0 ** n for n in range(math.ceil(math.log10(low)),
                                         math.floor(math.log10(high)) + 1)]
    step = 10.0 ** math.floor(math.log10((high - low) / 3))
    while (high - low) / step > 6:
        step *= 2 if (high - low) / step < 12 else 2.5
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def scale(low, high, start, end, logarithmic=False):
    if logarithmic:
        low, high = math.log10(low), math.log10(high)
    span = (high - low) or 1
    return lambda v: start + ((math.log10(v) if logarithmic else v) - low) / span * (end - start)


def text(x, y, words, anchor="middle", extra=""):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{words}</text>'


def axes(title, x_name, y_name, x_ticks, y_ticks, x_of, y_of):
    out = [text(LEFT, 18, title, "start", 'font-weight="bold"'),
           text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_name),
           text(14, (TOP + HEIGHT - BOTTOM) / 2, y_name,
                extra=f'transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2:.1f})"')]
    for t in x_ticks:
        out.append(f'<line x1="{x_of(t):.1f}" y1="{TOP}" x2="{x_of(t):.1f}" y2="{HEIGHT - BOTTOM}" '
                   'stroke="#e4e4e4"/>')
        out.append(text(x_of(t), HEIGHT - BOTTOM + 16, f"{t:g}"))
    for t in y_ticks:
        out.append(f'<line x1="{LEFT}" y1="{y_of(t):.1f}" x2="{WIDTH - RIGHT}" y2="{y_of(t):.1f}" '
                   'stroke="#e4e4e4"/>')
        out.append(text(LEFT - 6, y_of(t) + 4, f"{t:g}", "end"))
    return out


def draw(name, series):
    title, x_name, y_name, logarithmic, dots = FIGURES[name]
    every = [p for points in series.values() for p in points]
    x_low, x_high = min(x for x, _ in every), max(x for x, _ in every)
    y_low, y_high = min(y for _, y in every), max(y for _, y in every)
    if name != "fan":
        y_low = min(0, y_low)
    y_high += 0.05 * (y_high - y_low)
    x_of = scale(x_low, x_high, LEFT, WIDTH - RIGHT, logarithmic)
    y_of = scale(y_low, y_high, HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    out += axes(title, x_name, y_name, ticks(x_low, x_high, logarithmic),
                ticks(y_low, y_high, False), x_of, y_of)
    for i, (label, points) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        if label in dots:
            out += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="4" fill="{colour}"/>'
                    for x, y in points]
        else:
            path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in sorted(points))
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                       'stroke-width="2"/>')
        out.append(text(WIDTH - RIGHT + 10, TOP + 14 + 18 * i, label, "start", f'fill="{colour}"'))
    return "\n".join(out + ["</svg>", ""])


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release")
    with tempfile.TemporaryDirectory() as folder:
        points = pathlib.Path(folder) / "points"
        environment = dict(os.environ, ENGRAM_POINTS=str(points))
        subprocess.run([build / "memory/memory_test", "-sf=*psychology*"], env=environment,
                       check=True, stdout=subprocess.DEVNULL)
        if (build / "bench/verbs_eval").exists():
            subprocess.run([build / "bench/verbs_eval"], env=environment, check=True,
                           stdout=subprocess.DEVNULL)
        figures = read_points(points)
    target = ROOT / "docs/plots"
    target.mkdir(exist_ok=True)
    for name, series in figures.items():
        (target / f"{name}.svg").write_text(draw(name, series))
        print(target / f"{name}.svg")


if __name__ == "__main__":
    main()
