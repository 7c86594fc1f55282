#!/usr/bin/env python3
"""One data folder, one node; a copy is another run with the same memories."""

import shutil

import harness
from harness import integration_test, make_memories, run, said


class folder(integration_test):
    def test_a_second_node_on_the_same_data_folder_is_refused_and_the_first_goes_on(self):
        first = self.make_node().start()
        first.must_import(make_memories(5))
        second = self.make_node(data=first.data)
        second.log = self.folder / "second.log"

        second.launch()
        self.assertNotEqual(second.process.wait(harness.DEADLINE_S), 0)
        self.assertIn("data_in_use", second.tail())
        self.assert_serves(first)
        self.assertEqual(len(first.export("test")), 5)

    def test_a_copied_folder_draws_another_origin_and_serves_the_same_memories(self):
        original = self.make_node().start()
        original.must_import(make_memories(50))
        before = original.export("test")
        self.assertEqual(original.stop(), 0)
        shutil.copytree(original.data, self.folder / "copy")
        copy = self.make_node(data=self.folder / "copy")

        original.start()
        copy.start()
        origins = {original.status()["origin"], copy.status()["origin"]}
        self.assertEqual(len(origins), 2, origins)
        self.assertEqual(original.export("test"), before)
        self.assertEqual(copy.export("test"), before)

    def test_every_start_draws_another_origin(self):
        made = self.make_node()
        origins = set()
        for _ in range(3):
            made.start()
            origins.add(made.status()["origin"])
            made.kill()
        self.assertEqual(len(origins), 3)

    def test_a_copy_taken_while_the_node_runs_opens_or_is_refused_with_a_reason(self):
        original = self.make_node().start()
        original.must_import(make_memories(50))
        shutil.copytree(original.data, self.folder / "copy")
        copy = self.make_node(data=self.folder / "copy").start()

        copied = copy.export("test")
        whole = original.export("test")
        self.assertEqual({name: whole[name] for name in copied}, copied)

    def test_binding_beyond_loopback_without_keys_and_tls_is_refused_with_the_reason(self):
        for flag in ("--rpc", "--http"):
            port = harness.free_port()
            with self.subTest(flag):
                made = self.make_node(flag, f"0.0.0.0:{port}").launch()
                self.assertNotEqual(made.process.wait(harness.DEADLINE_S), 0)
                self.assertRegex(made.tail(), "(?i)insecure_binding|loopback")
                self.assertRegex(made.tail(), "(?i)TLS")
                self.assertRegex(made.tail(), "(?i)key")

    def test_unknown_flags_and_impossible_values_are_refused_by_name(self):
        for flags, words in ((["--no-such-flag", "1"], "no-such-flag"),
                             (["--rpc", "nowhere"], "rpc"),
                             (["--text-bytes-max", "many"], "text-bytes-max|text_bytes_max")):
            with self.subTest(flags):
                finished = run("node", "--data", self.folder / "x", *flags)
                self.assertNotEqual(finished.returncode, 0)
                self.assertRegex(said(finished), words)


if __name__ == "__main__":
    harness.main()
