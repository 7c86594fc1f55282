#!/usr/bin/env python3
"""A full disk and a flipped byte: named, never served, and the rest goes on."""

import json
import os
import random
import shutil
import subprocess

import harness
from harness import integration_test, make_memories, said, wait_for

MIB = 1 << 20
DISK_BYTES, RESERVE_BYTES = 192 * MIB, 32 * MIB


class full_disk(integration_test):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs",
                                  self.disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting a tmpfs is not permitted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def free_bytes(self):
        found = os.statvfs(self.disk)
        return found.f_bavail * found.f_frsize

    def fill(self, leave):
        size = self.free_bytes() - leave
        with open(self.disk / "filler", "wb") as filler:
            while size > 0:
                size -= filler.write(b"\0" * min(size, MIB))

    def test_writes_are_refused_before_the_reserve_is_gone_and_resume_when_there_is_room(self):
        made = self.make_node("--disk-reserve-bytes", RESERVE_BYTES, data=self.disk / "data")
        made.start()
        early = make_memories(200, prefix="early")
        made.must_import(early)

        self.fill(leave=RESERVE_BYTES + 4 * MIB)
        acked = self.folder / "acked"
        big = make_memories(2_500, prefix="big")  # more than a log file reserves for itself
        draw = random.Random(5)
        for memory in big:
            memory["text"] += " " + draw.randbytes(16_000).hex()  # no compression makes room
        refused = made.import_lines(big, "--acked", acked)
        self.assertNotEqual(refused.returncode, 0, f"{said(refused)}, {self.free_bytes()} free")
        self.assertIn("disk_reserve", said(refused))
        self.assertGreater(self.free_bytes(), RESERVE_BYTES // 2, "the reserve was eaten")

        # Reads go on, and everything acknowledged is there.
        kept = made.export("test")
        names = acked.read_text().split() if acked.exists() else []
        self.assertEqual([n for n in names + [m["id"] for m in early] if n not in kept], [])
        made.must("recall", "--space", "test", "river stone lantern")
        self.assertGreater(made.metric("disk_reserve"), 0)

        os.unlink(self.disk / "filler")
        made.must_import(make_memories(50, prefix="late"))
        self.assertEqual(sum(n.startswith("late") for n in made.export("test")), 50)
        self.assertEqual(made.stop(), 0, made.tail())


class full_to_its_reserve(integration_test):
    def test_below_the_reserve_writes_are_refused_for_certain_and_counted_and_reads_go_on(self):
        data = self.folder / "data"
        roomy = self.make_node("--disk-reserve-bytes", MIB, data=data).start()
        roomy.must_import(make_memories(50))
        before = roomy.export("test")
        self.assertEqual(roomy.stop(), 0)

        free = shutil.disk_usage(data).free
        full = self.make_node("--disk-reserve-bytes", free + (1 << 40), data=data).start()
        status, answer = full.post("/v1/spaces/test/remember", {"memories": [{"text": "more"}]})
        self.assertIn("disk_reserve", json.dumps(answer), status)
        self.assertIn("definite", json.dumps(answer))
        self.assertNotIn("indefinite", json.dumps(answer))
        self.assertGreater(full.metric('engram_node_errors_total code="disk_reserve"'), 0)
        self.assertEqual(full.export("test"), before)
        full.must("recall", "--space", "test", "river stone lantern")
        self.assertEqual(full.stop(), 0, full.tail())

        roomy.start()
        roomy.must_import(make_memories(5, prefix="late"))
        self.assertEqual(len(roomy.export("test")), len(before) + 5)


class flipped_anywhere(integration_test):
    """Copies of one folder, each with one bit flipped at a drawn place."""

    SEED, PLACES = 41, 4

    def copies(self, made, pattern):
        """(a node on its copy, what was done) for some places of each file that matches."""
        draw = random.Random(self.SEED)
        for path in sorted((made.data / "store").glob(pattern)):
            content = path.read_bytes()
            for place in range(self.PLACES if content else 0):
                at = draw.randrange(len(content))
                data = self.folder / f"{path.name}-{place}"
                shutil.copytree(made.data, data)
                flipped = bytearray(content)
                flipped[at] ^= 1 << draw.randrange(8)
                (data / "store" / path.name).write_bytes(flipped)
                yield self.make_node(data=data), f"{path.name} byte {at} seed {self.SEED}"

    def assert_rest_serves(self, copy, before):
        """Serves what it has as it was, takes more, and counts what it lost; what is left."""
        left = copy.export("test")
        self.assertEqual(left, {name: before[name] for name in left})
        if left != before:
            self.assertGreater(copy.metric("engram_node_damage_found_total"), 0)
            self.assertIn("damage found on disk", copy.tail())
        copy.must_import([{"set": "test", "id": "later", "text": "written after the damage"}])
        self.assertIn("later", copy.export("test"))
        return left

    def filled(self):
        made = self.make_node().start()
        made.must_import(make_memories(300))
        return made, made.export("test")

    def test_in_a_table_the_rest_serves_and_what_is_lost_is_counted(self):
        made, before = self.filled()
        self.assertEqual(made.stop(), 0)
        lost = 0
        for copy, where in self.copies(made, "*.sst"):
            with self.subTest(where):
                lost += len(before) - len(self.assert_rest_serves(copy.start(), before))
        self.assertGreater(lost, 0, "no place was hit that holds anything")

    def test_in_the_write_ahead_log_what_came_before_serves_and_the_log_is_kept(self):
        made, before = self.filled()
        made.kill()
        lost = 0
        for copy, where in self.copies(made, "*.log"):
            with self.subTest(where):
                copy.start()
                if copy.cli("space", "show", "test").returncode == 0:
                    lost += len(before) - len(self.assert_rest_serves(copy, before))
                self.assertGreater(copy.metric("engram_node_damage_found_total"), 0)
                self.assertTrue(list(copy.data.glob("store/*.log.damaged")), copy.tail())
        self.assertGreater(lost, 0, "no place was hit that holds anything")

    def test_in_what_says_which_files_there_are_the_folder_is_refused_with_the_reason(self):
        made, before = self.filled()
        self.assertEqual(made.stop(), 0)
        for pattern in ("MANIFEST-*", "CURRENT"):
            for copy, where in self.copies(made, pattern):
                with self.subTest(where):
                    copy.launch()
                    self.assertEqual(copy.process.wait(harness.DEADLINE_S), 1, copy.tail())
                    self.assertRegex(copy.tail(), "cannot start.*(corrupt|read_failed).*store")
        made.start()
        self.assertEqual(made.export("test"), before)


class flipped_byte(integration_test):
    def flip(self, data, words):
        """Flips a byte inside the first place that holds the words; the file's name, or None."""
        for path in sorted(p for p in data.rglob("*") if p.is_file()):
            content = bytearray(path.read_bytes())
            at = content.find(words)
            if at >= 0:
                content[at + len(words) // 2] ^= 0x10
                path.write_bytes(content)
                return path
        return None

    def test_a_flipped_byte_in_a_text_is_found_named_never_served_and_the_rest_serves(self):
        memories = make_memories(500)
        mark = "qVxz7JkW0pYtRb3N"  # no compressor finds these bytes anywhere else
        memories[250]["text"] = f"the heron stood beside the {mark} until dusk"
        made = self.make_node().start()
        made.must_import(memories)
        before = made.export("test")
        self.assertEqual(made.stop(), 0)

        flipped = self.flip(made.data, mark.encode())
        self.assertIsNotNone(flipped, "the text is not in any file")
        made.start()
        after = made.export("test")

        # The file's unit of damage is a block, which holds neighbours of the memory too.
        lost = set(before) - set(after)
        self.assertIn("m250", lost)
        self.assertLess(len(lost), len(before) // 2, f"flipped in {flipped}")
        self.assertEqual(after, {name: before[name] for name in after})
        space = next(s for s in made.status()["spaces"] if s["name"] == "test")
        self.assertEqual(space["damaged"], len(lost))
        wait_for(lambda: made.metric("engram_actors_damaged_memories") == len(lost),
                 "the gauge of damaged memories")
        self.assertGreater(made.metric("engram_node_damage_found_total"), 0)
        answer = json.loads(made.must("recall", "--space", "test", "--json", "heron dusk"))
        self.assertNotIn("stood beside", json.dumps(answer))
        self.assertEqual(answer["coverage"]["damaged"], len(lost))
        refused = made.cli("get", "--space", "test", "m250")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("damaged", said(refused))
        self.assertIn("m250", said(refused))
        made.must_import([{"set": "test", "id": "later", "text": "written after the damage"}])
        self.assertIn("later", made.export("test"))


if __name__ == "__main__":
    harness.main()
