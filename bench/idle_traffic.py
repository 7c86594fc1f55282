#!/usr/bin/env python3
"""What five members say to each other over TCP while nobody writes.

    bench/idle_traffic.py [spaces] [seconds] [binary]     default: 1000, 180, the release build

Real processes on loopback with the default settings, one memory in each space. Counted by the
kernel per socket of the peer links (`ss -tin`), both directions, 52 bytes of TCP and IP headers per
segment included; a member's traffic is what it sends and what it receives.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "integration"))
os.environ.setdefault("ENGRAM", sys.argv[3] if len(sys.argv) > 3 else "build/release/node/engram")
from harness import node, wait_for  # noqa: E402

BAR_KBIT = 64
HEADERS = 52
SETTLE_S = 90  # the first full round of digests is over
FIELD = re.compile(r"\b(bytes_sent|bytes_received|segs_out|segs_in):(\d+)")


def port_of(address):
    return int(address.rsplit(":", 1)[1])


def post(member, path, body):
    request = urllib.request.Request(f"http://{member.http}{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def counted(members):
    """Bytes on the wire per member so far, and the sockets they were counted on."""
    ports = {port_of(each.gossip) for each in members}
    pids = {each.process.pid: i for i, each in enumerate(members)}
    lines = subprocess.run(["ss", "-tinpHO", "state", "established"], capture_output=True,
                           text=True, check=True).stdout.splitlines()
    sums, sockets = [0] * len(members), set()
    for line in lines:
        local, remote = line.split()[2:4]
        owner = re.search(r"pid=(\d+)", line)
        if owner is None or int(owner.group(1)) not in pids:
            continue
        if not {port_of(local), port_of(remote)} & ports:
            continue
        fields = dict((name, int(value)) for name, value in FIELD.findall(line))
        sums[pids[int(owner.group(1))]] += (
            fields.get("bytes_sent", 0) + fields.get("bytes_received", 0) +
            HEADERS * (fields.get("segs_out", 0) + fields.get("segs_in", 0)))
        sockets.add((local, remote))
    return sums, sockets


def main():
    spaces = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 180
    with tempfile.TemporaryDirectory() as folder:
        members = [node(pathlib.Path(folder) / f"n{i}") for i in range(5)]
        for each in members[1:]:
            each.flags = ("--join", members[0].gossip)
        try:
            for each in members:
                each.start()
            wait_for(lambda: all(each.metric('engram_node_members state="alive"') == 5
                                 for each in members), "five members that see each other")
            for i in range(spaces):
                post(members[i % 5], "/v1/spaces", {"name": f"space-{i}"})
                post(members[i % 5], f"/v1/spaces/space-{i}/remember",
                     {"memories": [{"text": f"The {i}th heron stood in the river"}]})
            time.sleep(SETTLE_S)
            before, links = counted(members)
            time.sleep(seconds)
            after, links_after = counted(members)
        finally:
            for each in members:
                if each.is_alive():
                    each.kill()
    if links != links_after:
        print("a link was made anew meanwhile: not counted well")
    rates = [(b - a) * 8 / seconds / 1000 for a, b in zip(before, after)]
    worst = max(rates)
    print(f"{spaces} spaces, {len(links)} sockets: " +
          ", ".join(f"{rate:.1f}" for rate in rates) + " kbit/s a member")
    print(f"worst {worst:.1f} <= {BAR_KBIT} {'ok' if worst <= BAR_KBIT else 'MISSED'}")
    return 0 if worst <= BAR_KBIT else 1


if __name__ == "__main__":
    sys.exit(main())
