#!/usr/bin/env python3
"""`engram dev`: a local cluster in one command, and nothing of it left when it ends."""

import json
import os
import pathlib
import re
import signal
import subprocess
import unittest

import harness
from harness import ENGRAM, integration_test, run, said, wait_for


def free_ports(count):
    """The first of `count` ports in a row that are free now."""
    while True:
        base = harness.free_port()
        if all(harness.is_free(port) for port in range(base, base + count)):
            return base


def processes_with(word):
    """Pids of the processes that have `word` in their command line."""
    found = []
    for each in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in each.read_bytes():
                found.append(int(each.parent.name))
        except OSError:
            pass  # it ended meanwhile
    return found


class dev_cluster:
    def __init__(self, folder, nodes, *flags, data=True):
        base = free_ports(3 * nodes)
        self.rpc = [f"127.0.0.1:{base + 3 * i + 1}" for i in range(nodes)]
        self.gossip = sorted(f"127.0.0.1:{base + 3 * i + 2}" for i in range(nodes))
        self.data = folder / "dev"
        self.out = folder / "out"
        kept = ["--data", self.data] if data else []
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                [ENGRAM, "dev", "--nodes", str(nodes), "--base-port", str(base), *kept, *flags],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(folder)})

    def said(self):
        return self.out.read_text(errors="replace")

    def until_said(self, words):
        wait_for(lambda: words in self.said() or self.process.poll() is not None, words)
        if words not in self.said():
            raise AssertionError(f"it ended without a word of \"{words}\":\n{self.said()}")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(harness.DEADLINE_S)


class dev(integration_test):
    def make(self, *arguments, **options):
        made = dev_cluster(self.folder, *arguments, **options)

        def end():
            if made.process.poll() is None:
                made.process.kill()
                made.process.wait(harness.DEADLINE_S)
        self.addCleanup(end)
        return made

    def alive(self, server):
        """Addresses of the members that the node at `server` holds for alive, in their order."""
        finished = run("cluster", "members", "--json", "--server", server)
        self.assertEqual(finished.returncode, 0, said(finished))
        return sorted(m["address"] for m in json.loads(finished.stdout) if m["state"] == "alive")

    def must(self, *arguments):
        finished = run(*arguments)
        self.assertEqual(finished.returncode, 0, said(finished))
        return finished.stdout

    def assert_nothing_is_left(self, made):
        # Every node's data lies below the test's folder.
        self.assertEqual(processes_with(str(self.folder)), [], made.said())

    def test_three_nodes_come_up_answer_and_end_without_a_trace(self):
        made = self.make(3)
        made.until_said("3 nodes serve")
        stores = {json.loads(run("status", "--json", "--server", each).stdout)["store"]
                  for each in made.rpc}
        self.assertEqual(len(stores), 3)
        for each in made.rpc:
            wait_for(lambda each=each: self.alive(each) == made.gossip, "three live members")
        server = re.search(r"export ENGRAM_SERVER=(\S+)", made.said()).group(1)
        self.assertEqual(server, ",".join(made.rpc))
        self.assertEqual(run("cluster", "status", "--server", server).returncode, 0)
        self.assertEqual(made.stop(), 0, made.said())
        for name in ("n1", "n2", "n3"):
            self.assertRegex(made.said(), rf"(?m)^{name} \| .*stopped$")
        self.assertNotIn("\x1b", made.said(), "no colours for a file")
        self.assertEqual(sorted(p.name for p in made.data.iterdir()), ["n1", "n2", "n3"])
        self.assert_nothing_is_left(made)

    def test_data_that_was_not_asked_to_stay_goes_and_ctrl_c_stops_as_well(self):
        made = self.make(1, data=False)
        made.until_said("1 node serves")
        folder = pathlib.Path(re.search(r"data in (\S+),", made.said()).group(1))
        self.assertTrue((folder / "n1").is_dir())
        self.assertEqual(made.stop(signal.SIGINT), 0, made.said())
        self.assertFalse(folder.exists())
        self.assert_nothing_is_left(made)

    def test_a_node_that_dies_is_told_and_the_others_go_on(self):
        made = self.make(2)
        made.until_said("2 nodes serve")
        (victim,) = [pid for pid in processes_with(f"{made.data}/n2") if pid != made.process.pid]
        os.kill(victim, signal.SIGKILL)
        made.until_said("n2 ended by itself: signal 9 (Killed)")
        self.assertEqual(run("status", "--server", made.rpc[0]).returncode, 0)
        self.assertEqual(made.stop(), 1, "something went wrong on the way")
        self.assert_nothing_is_left(made)

    def test_kept_data_is_there_again_on_every_node(self):
        first = self.make(3)
        first.until_said("3 nodes serve")
        everywhere = ["--server", ",".join(first.rpc)]
        self.must("space", "create", "notes", *everywhere)
        self.must("remember", "--space", "notes", "--id", "a", "A heron", *everywhere)
        self.assertEqual(first.stop(), 0, first.said())
        again = self.make(3)  # on other ports
        again.until_said("3 nodes serve")
        for each in again.rpc:
            wait_for(lambda each=each: self.alive(each) == again.gossip, "three live members")
            wait_for(lambda each=each: b"heron" in self.must("get", "--space", "notes", "a",
                                                             "--server", each), "the memory")
        self.assertEqual(again.stop(), 0, again.said())

    def test_a_client_of_several_servers_does_not_notice_that_one_dies(self):
        made = self.make(3)
        made.until_said("3 nodes serve")
        for each in made.rpc:
            wait_for(lambda each=each: len(self.alive(each)) == 3, "three live members")
        everywhere = ["--server", ",".join(made.rpc)]
        self.must("space", "create", "notes", *everywhere)
        self.must("remember", "--space", "notes", "--id", "a", "A heron", *everywhere)
        (asked,) = [pid for pid in processes_with(f"{made.data}/n1") if pid != made.process.pid]
        os.kill(asked, signal.SIGKILL)
        self.must("remember", "--space", "notes", "--id", "b", "Another heron", *everywhere)
        for server in made.rpc[1:]:
            found = json.loads(self.must("recall", "--space", "notes", "heron", "--json",
                                         "--server", server))
            self.assertIn("a", {hit["id"] for hit in found["hits"]})
        self.must("get", "--space", "notes", "b", *everywhere)
        made.stop()

    def test_when_it_is_killed_its_nodes_stop(self):
        made = self.make(2)
        made.until_said("2 nodes serve")
        made.process.kill()
        made.process.wait(harness.DEADLINE_S)
        wait_for(lambda: not processes_with(str(self.folder)), "the nodes to stop")

    def test_when_no_node_can_start_it_ends_and_says_why(self):
        made = self.make(2, "--", "--no-such-flag")
        self.assertEqual(made.process.wait(harness.DEADLINE_S), 1)
        self.assertIn("n1 | engram node: ", made.said())
        self.assertIn("n2 ended by itself: exit code 2", made.said())

    def test_wrong_usage_exits_2(self):
        for wrong in (["--nodes", "0"], ["--nodes", "33"], ["--base-port", "65535"], ["--nods"]):
            with self.subTest(wrong):
                finished = run("dev", *wrong)
                self.assertEqual(finished.returncode, 2, said(finished))


if __name__ == "__main__":
    if not os.access(ENGRAM, os.X_OK):
        raise unittest.SkipTest(ENGRAM)
    harness.main()
