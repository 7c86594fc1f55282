#!/usr/bin/env python3
"""Several nodes with one memory: what was acknowledged survives the loss of any of them."""

import json
import random
import signal
import subprocess

import harness
from harness import integration_test, make_memories, wait_for


KILLS = 5


class replication(integration_test):
    def assert_agree(self, members, space, ids):
        """Every member's own copy holds exactly these, in one state."""
        def states():
            hashes = set()
            for each in members:
                seen = json.loads(each.must("space", "show", space, "--json"))
                if seen["memories"] != len(ids):
                    return None
                hashes.add(seen["state_hash"])
            return len(hashes) == 1
        try:
            wait_for(states, "members that agree")
        except AssertionError as missed:
            shown = "\n".join(each.must("cluster", "status").decode() for each in members)
            raise AssertionError(f"{missed}; {len(ids)} acknowledged\n{shown}") from missed
        for each in members:
            self.assertEqual(set(each.export(space)), ids)

    def test_what_was_acknowledged_outlives_kills_of_any_member_during_an_import(self):
        members = self.make_members(3)
        servers = ",".join(each.rpc for each in members)
        file, acked = self.folder / "memories.jsonl", self.folder / "acked"
        acked.touch()
        draw = random.Random(7)
        ids = set()

        def start_import():
            return subprocess.Popen(
                [harness.ENGRAM, "import", "--format", "jsonl", "--space-field", "set", "--acked",
                 acked, "--server", servers, file],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        for kill in range(KILLS):
            memories = make_memories(4_000, seed=kill, prefix=f"r{kill}-")
            ids |= {m["id"] for m in memories}
            file.write_bytes(harness.lines_of(memories))
            before, enough = acked.stat().st_size, draw.randint(1, 20_000)
            importing = start_import()
            wait_for(lambda: acked.stat().st_size > before + enough or importing.poll() is not None,
                     "acknowledgements")
            victim = members[draw.randrange(3)]
            victim.kill()
            victim.start()
            for _ in range(100):  # known memories are success: it goes on with the rest
                if importing.wait(harness.DEADLINE_S) == 0:
                    break
                importing = start_import()
            self.assertEqual(importing.returncode, 0)
        self.assertEqual(set(acked.read_text().split()), ids)
        self.assert_agree(members, "test", ids)

    def test_a_paused_member_does_not_stop_the_others_and_catches_up(self):
        members = self.make_members(3)
        first, second = make_memories(200), make_memories(200, seed=2, prefix="late")
        members[0].must_import(first)
        members[2].process.send_signal(signal.SIGSTOP)
        members[0].must_import(second)
        members[2].process.send_signal(signal.SIGCONT)
        self.assert_agree(members, "test", {m["id"] for m in first + second})

    def test_what_was_deleted_while_a_member_was_away_stays_deleted(self):
        members = self.make_members(3)
        memories = make_memories(100)
        members[0].must_import(memories)
        ids = {m["id"] for m in memories}
        self.assert_agree(members, "test", ids)
        members[1].kill()
        gone = {"m3", "m50", "m99"}
        members[0].must("forget", "--space", "test", "--delete", *sorted(gone))
        members[1].start()
        self.assert_agree(members, "test", ids - gone)
        again = members[1].import_lines([m for m in memories if m["id"] == "m3"])
        self.assertNotEqual(again.returncode, 0)
        self.assert_agree(members, "test", ids - gone)

    def test_a_minority_refuses_a_quorum_and_takes_local_writes(self):
        members = self.make_members(3)
        members[0].must("space", "create", "test")
        for each in members[1:]:
            each.kill()
        wait_for(lambda: members[0].metric('engram_node_members state="dead"') == 2,
                 "two dead members")
        refused = members[0].cli("remember", "--space", "test", "to nobody")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("too_few_replicas", harness.said(refused))
        members[0].must("remember", "--space", "test", "--durability", "local", "to myself")
        for each in members[1:]:
            each.start()
        wait_for(lambda: b"to myself" in members[2].must("export", "--space", "test", "--format",
                                                         "jsonl"), "a memory that arrives")


if __name__ == "__main__":
    harness.main()
