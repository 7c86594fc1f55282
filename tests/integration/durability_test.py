#!/usr/bin/env python3
"""What was acknowledged stays, whatever ends the process."""

import random
import signal
import subprocess

import harness
from harness import integration_test, lines_of, make_memories, said, wait_for

KILLS = 20
MEMORIES_PER_ROUND = 1500


class durability(integration_test):
    def begin_import(self, made, memories, acked):
        source = self.folder / "memories.jsonl"
        source.write_bytes(lines_of(memories))
        return subprocess.Popen(
            [harness.ENGRAM, "import", "--server", made.rpc, "--format", "jsonl", "--space-field",
             "set", "--acked", acked, source], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    @staticmethod
    def read_acked(path):
        """Ids of whole lines."""
        text = path.read_text() if path.exists() else ""
        return text[:text.rfind("\n") + 1].split("\n")[:-1]

    def interrupt(self, made, memories, acked, when_acked):
        """Imports until that many are acknowledged or all are, then SIGKILLs the node."""
        before = len(self.read_acked(acked))
        importer = self.begin_import(made, memories, acked)
        wait_for(lambda: importer.poll() is not None or
                 len(self.read_acked(acked)) >= before + when_acked, "acknowledgements")
        made.kill()
        importer.kill()
        importer.communicate()

    def test_20_sigkills_during_imports_lose_and_tear_no_acknowledged_memory(self):
        seed = 20
        draw = random.Random(seed)
        acked = self.folder / "acked"
        rounds = [make_memories(MEMORIES_PER_ROUND, seed=r, prefix=f"r{r}-") for r in range(KILLS)]
        made = self.make_node()

        for memories in rounds:
            made.start()
            self.interrupt(made, memories, acked, draw.randint(1, MEMORIES_PER_ROUND))
        made.start()
        kept = made.export("test")

        names = self.read_acked(acked)
        self.assertGreaterEqual(len(names), KILLS, "each round acknowledges at least one")
        lost = [name for name in names if name not in kept]
        self.assertEqual(lost, [], f"seed={seed}")
        # The same memories through an import that nobody disturbed.
        calm = self.make_node().start()
        for memories in rounds:
            calm.must_import(memories)
        wanted = calm.export("test")
        torn = [name for name, line in kept.items() if line != wanted.get(name)]
        self.assertEqual(torn, [], f"seed={seed}")

    def test_an_import_that_is_repeated_after_a_kill_completes_without_duplicates(self):
        memories = make_memories(400)
        acked = self.folder / "acked"
        made = self.make_node().start()
        self.interrupt(made, memories, acked, 100)

        made.start()
        made.must_import(memories)
        self.assertEqual(set(made.export("test")), {m["id"] for m in memories})

    def test_sigterm_during_an_import_drains_and_exits_0(self):
        memories = make_memories(4000)
        acked = self.folder / "acked"
        made = self.make_node().start()
        importer = self.begin_import(made, memories, acked)
        wait_for(lambda: importer.poll() is not None or len(self.read_acked(acked)) >= 50,
                 "acknowledgements")

        self.assertEqual(made.stop(), 0, made.tail())
        importer.kill()
        importer.communicate()
        made.start()
        kept = made.export("test")
        self.assertEqual([n for n in self.read_acked(acked) if n not in kept], [])

    def test_sigterm_and_sigint_on_an_idle_node_exit_0(self):
        made = self.make_node().start()
        self.assertEqual(made.stop(), 0, made.tail())

        made.start()
        made.process.send_signal(signal.SIGINT)
        self.assertEqual(made.process.wait(harness.DEADLINE_S), 0, made.tail())

    def test_a_restart_gives_the_same_answers(self):
        memories = make_memories(600)
        queries = [{"set": "test", "q": i, "question": m["text"][:60]}
                   for i, m in enumerate(memories[::20])]
        asked = self.folder / "queries.jsonl"
        asked.write_bytes(lines_of(queries))
        made = self.make_node().start()
        made.must_import(memories)

        answers = []
        for name in ("before", "after-kill", "after-stop"):
            out = self.folder / name
            made.must("recall", "--queries", asked, "--space-field", "set", "--limit", 50,
                      "--now", "2030-01-01", "--out", out)
            answers.append(out.read_bytes())
            made.stop() if name == "after-kill" else made.kill()
            made.start()
        self.assertEqual(answers[0].count(b"\n"), len(queries))
        self.assertIn(b'"m', answers[0])
        self.assertEqual(answers[0], answers[1], "after SIGKILL")
        self.assertEqual(answers[0], answers[2], "after SIGTERM")

    def test_forgetting_and_associations_survive_a_kill(self):
        made = self.make_node().start()
        made.must_import(make_memories(20))
        made.must("forget", "--space", "test", "--delete", "m3")
        made.must("associate", "--space", "test", "m1", "m2", "--kind", "follows")
        before = made.export("test")

        made.kill()
        made.start()
        self.assertEqual(made.export("test"), before)
        self.assertNotIn("m3", before)
        again = made.import_lines(make_memories(20)[3:4])
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("deleted", said(again))


if __name__ == "__main__":
    harness.main()
