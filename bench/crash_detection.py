#!/usr/bin/env python3
"""How long until the others suspect, and declare dead, a member whose process was killed.

    bench/crash_detection.py [kills] [binary]      default: 50, build/release/node/engram

Five real processes on loopback with the default settings. Times are from SIGKILL to the log line of
each of the other four; a kill counts with the first suspicion and with the last verdict.
"""

import datetime
import os
import pathlib
import random
import re
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "integration"))
os.environ.setdefault("ENGRAM", sys.argv[2] if len(sys.argv) > 2 else "build/release/node/engram")
from harness import node, wait_for  # noqa: E402

BARS = {"suspected p50": 1.5, "dead p50": 6.0, "dead p95": 7.5}
LINE = re.compile(r"^(\S+Z) .*member (suspected|failed) member=(\w+)", re.MULTILINE)


def seconds(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def heard(others, store, what, since):
    """When each of the others logged it about the store, of those that did."""
    times = []
    for other in others:
        for stamp, kind, member in LINE.findall(other.log.read_text(errors="replace")):
            if kind == what and member == store and seconds(stamp) >= since - 0.001:
                times.append(seconds(stamp) - since)
                break
    return times


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    draw = random.Random(5)
    suspected, dead = [], []
    with tempfile.TemporaryDirectory() as folder:
        members = [node(pathlib.Path(folder) / f"n{i}") for i in range(5)]
        for each in members[1:]:
            each.flags = ("--join", members[0].gossip)
        for each in members:
            each.start()
        stores = [each.status()["store"] for each in members]

        def all_alive():
            return all(each.metric('engram_node_members state="alive"') == 5 for each in members)

        try:
            for _ in range(kills):
                wait_for(all_alive, "five members that see each other")
                time.sleep(draw.uniform(0, 1))
                i = draw.randrange(5)
                others = members[:i] + members[i + 1:]
                since = time.time()
                members[i].kill()
                wait_for(lambda: len(heard(others, stores[i], "failed", since)) == 4, "a verdict")
                suspected.append(min(heard(others, stores[i], "suspected", since)))
                dead.append(max(heard(others, stores[i], "failed", since)))
                members[i].start()
        finally:
            for each in members:
                if each.is_alive():
                    each.kill()
    figures = {"suspected p50": quantile(suspected, 0.5), "dead p50": quantile(dead, 0.5),
               "dead p95": quantile(dead, 0.95)}
    missed = False
    for name, value in figures.items():
        good = value <= BARS[name]
        missed = missed or not good
        print(f"{name:16} {value:6.2f} s  <= {BARS[name]} {'ok' if good else 'MISSED'}")
    print(f"{len(dead)} kills")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
