#!/usr/bin/env python3
"""What a client may rely on, over real processes: docs/consistency.md names these tests."""

import json
import signal
import subprocess

import harness
from harness import integration_test, lines_of, make_memories, said, wait_for


class consistency(integration_test):
    def write(self, member, name, **options):
        status, answer = member.post("/v1/spaces/notes/remember",
                                     {"memories": [{"id": name, "text": f"the heron {name}"}],
                                      **options})
        self.assertEqual(status, 200, answer)
        self.assertNotIn("error", answer["receipts"][0])
        return answer["token"]

    def assert_sees(self, member, name, **how):
        status, answer = member.post("/v1/spaces/notes/get", {"ids": [name], **how})
        self.assertEqual(status, 200, f"{answer}\n{member.tail()}")
        self.assertEqual([m["id"] for m in answer["memories"]], [name])

    def make_space(self, members):
        members[0].must("space", "create", "notes")
        for each in members:
            wait_for(lambda each=each: each.cli("space", "show", "notes").returncode == 0,
                     "a space that all know")

    def test_with_its_token_a_session_reads_its_write_on_any_member_also_after_a_pause(self):
        members = self.make_members(3)
        self.make_space(members)
        for n in range(40):
            token = self.write(members[n % 3], f"n{n}", durability="local")
            for other in (1, 2):
                self.assert_sees(members[(n + other) % 3], f"n{n}", token=token)

        members[2].process.send_signal(signal.SIGSTOP)
        try:
            for n in range(40, 80):
                token = self.write(members[n % 2], f"n{n}")
                self.assert_sees(members[(n + 1) % 2], f"n{n}", token=token)
        finally:
            members[2].process.send_signal(signal.SIGCONT)
        self.assert_sees(members[2], "n79", token=token)
        self.assert_sees(members[2], "n40", token=token)  # and all that its session saw before

    def test_a_token_of_one_command_is_taken_by_the_next(self):
        members = self.make_members(3)
        self.make_space(members)
        told = json.loads(members[0].must("remember", "--space", "notes", "--id", "h", "--json",
                                          "--durability", "local", "a heron"))
        for each in members[1:]:
            seen = json.loads(each.must("get", "--space", "notes", "--json", "--token",
                                        told[0]["token"], "h"))
            self.assertEqual([m["id"] for m in seen], ["h"])
        found = json.loads(members[1].must("recall", "--space", "notes", "--json", "heron"))
        self.assertTrue(found["token"])
        refused = members[1].cli("get", "--space", "notes", "--token", "no hex", "h")
        self.assertIn("--token", said(refused))

    def test_a_quorum_read_sees_at_once_what_a_quorum_acknowledged_elsewhere(self):
        members = self.make_members(3)
        self.make_space(members)
        for n in range(40):
            self.write(members[n % 3], f"n{n}")
            for other in (1, 2):
                self.assert_sees(members[(n + other) % 3], f"n{n}", read="quorum")
        found = members[1].must("get", "--space", "notes", "--read", "quorum", "n39")
        self.assertIn(b"the heron n39", found)

        for each in members[1:]:
            each.kill()
        refused = members[0].cli("recall", "--space", "notes", "--read", "quorum", "heron")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("too_few_replicas", said(refused))
        members[0].must("recall", "--space", "notes", "heron")

    def test_an_import_outlives_the_node_it_began_at(self):
        members = self.make_members(3)
        memories = make_memories(6_000)
        for i in range(1, len(memories)):
            if i % 10 == 0:
                memories[i]["associations"] = [{"target": f"m{i - 1}", "kind": "follows"}]
        acked = self.folder / "acked"
        source = self.folder / "memories.jsonl"
        source.write_bytes(lines_of(memories))
        servers = ",".join(each.rpc for each in members)
        importer = subprocess.Popen(
            [harness.ENGRAM, "import", "--server", servers, "--format", "jsonl", "--space-field",
             "set", "--acked", acked, source],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(importer.stdout.close)

        def settled():
            return acked.read_bytes().count(b"\n") if acked.exists() else 0
        wait_for(lambda: importer.poll() is not None or settled() >= 200, "acknowledgements")
        self.assertIsNone(importer.poll(), "the import ended before the node did")
        members[0].kill()
        told, _ = importer.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(importer.returncode, 0, told.decode() + members[1].tail())

        ids = [m["id"] for m in memories]
        self.assertEqual(acked.read_text().split(), ids)  # each once, in order
        self.assertIn(b"599 associations", told)
        kept = members[1].export("test")
        self.assertEqual(set(kept), set(ids))
        members[0].start()
        wait_for(lambda: all(each.export("test") == kept for each in (members[0], members[2])),
                 "members that agree")


if __name__ == "__main__":
    harness.main()
