#!/usr/bin/env python3
"""Bad input over the command line: each case is refused by name, counted and harmless."""

import json

import harness
from harness import integration_test, make_memories, said

GOOD = make_memories(20)


class bad_input(integration_test):
    def setUp(self):
        super().setUp()
        self.made = self.make_node("--text-bytes-max", 4096).start()
        self.made.must_import(GOOD)
        self.before = self.made.export("test")

    def refused(self, lines, code):
        """An import of these bytes fails, says the code, and leaves the good memories alone."""
        finished = self.made.cli("import", "--format", "jsonl", "--space-field", "set", "-",
                                 text=lines)
        self.assertNotEqual(finished.returncode, 0, said(finished))
        self.assertRegex(said(finished), code)
        self.assert_serves(self.made)
        after = self.made.export("test")
        self.assertEqual({name: after.get(name) for name in self.before}, self.before)
        return after

    def refused_memory(self, code, **fields):
        memory = {"set": "test", "id": "bad", "text": "a text", **fields}
        after = self.refused(json.dumps(memory).encode() + b"\n", code)
        self.assertNotIn("bad", after)

    def test_an_empty_text(self):
        self.refused_memory("empty_text", text="")

    def test_a_text_beyond_the_limit_which_the_message_names(self):
        self.refused_memory("text_too_long.*text_bytes_max", text="x" * 4097)
        self.made.must_import([{"set": "test", "id": "fits", "text": "x" * 4096}])

    def test_a_field_beyond_its_limit(self):
        self.refused_memory("field_too_long|invalid_argument", id="i" * 300)
        self.refused_memory("field_too_long", speaker="s" * 2000)

    def test_invalid_utf_8(self):
        self.refused(b'{"set": "test", "id": "bad", "text": "caf\xe9 \xc3"}\n',
                     "invalid_utf8|malformed_message")

    def test_lines_that_are_no_memories(self):
        for line in (b"not json\n", b"[1, 2]\n", b'{"set": "test", "id": 5, "text": {}}\n', b"{\n",
                     b'{"id": "bad", "text": "no set"}\n', b"\x00\xff\xfe\n"):
            with self.subTest(line):
                self.refused(line, "malformed_message|invalid_argument|invalid_utf8")

    def test_nan_and_infinity_in_an_embedding(self):
        for number in ("NaN", "Infinity", "-Infinity", "1e999"):
            with self.subTest(number):
                line = f'{{"set": "vec", "id": "bad", "text": "t", "embedding": [1, {number}]}}\n'
                self.refused(line.encode(), "not_finite|malformed_message|invalid_argument")

    def test_an_embedding_of_another_dimension(self):
        self.made.must_import([{"set": "vec", "id": "a", "text": "first", "embedding": [1, 0, 0]}])
        line = b'{"set": "vec", "id": "b", "text": "second", "embedding": [1, 0]}\n'
        self.refused(line, "wrong_dimension")
        self.assertEqual(set(self.made.export("vec")), {"a"})

    def test_an_unknown_space(self):
        for command, rest in (("recall", ["river"]), ("export", ["--format", "jsonl"]),
                              ("get", ["m1"]), ("spread", ["m1"])):
            with self.subTest(command):
                finished = self.made.cli(command, "--space", "nowhere", *rest)
                self.assertNotEqual(finished.returncode, 0)
                self.assertIn("unknown_space", said(finished))
        self.assertGreater(self.made.metric("errors unknown_space"), 0)

    def test_malformed_names_of_spaces(self):
        for name in ("Upper", "-dash", "a b", "a/b", "", "x" * 65, "_cluster", "ü"):
            with self.subTest(name):
                finished = self.made.cli("space", "create", name)
                self.assertNotEqual(finished.returncode, 0, said(finished))
        self.assertGreater(self.made.metric("errors invalid_name"), 0)

    def test_the_same_id_with_the_same_content_is_the_same_memory(self):
        self.made.must_import(GOOD)
        self.made.must_import(GOOD[::-1])
        self.assertEqual(set(self.made.export("test")), set(self.before))

    def test_the_same_id_with_other_content_is_a_clear_conflict(self):
        changed = {**GOOD[3], "text": "something else"}
        after = self.refused(json.dumps(changed).encode() + b"\n", "conflict")
        self.assertEqual(after, self.before)
        self.assertGreater(self.made.metric("conflict"), 0)

    def test_two_versions_of_one_id_in_one_import_conflict(self):
        lines = (b'{"set": "test", "id": "twin", "text": "one"}\n'
                 b'{"set": "test", "id": "twin", "text": "two"}\n')
        after = self.refused(lines, "conflict")
        self.assertEqual(json.loads(after["twin"])["text"], "one")

    def test_one_bad_memory_among_good_ones_does_not_keep_them_out(self):
        memories = [{"set": "test", "id": f"n{i}", "text": f"good {i}"} for i in range(300)]
        memories[150]["text"] = "x" * 5000
        finished = self.made.import_lines(memories)
        self.assertNotEqual(finished.returncode, 0)
        self.assertIn("line 151", said(finished))
        kept = [name for name in self.made.export("test") if name.startswith("n")]
        self.assertEqual(len(kept), 299)

    def test_an_empty_cue_and_impossible_limits(self):
        for rest in ([""], ["river", "--limit", "0"], ["river", "--limit", "100000"],
                     ["river", "--limit", "-3"]):
            with self.subTest(rest):
                finished = self.made.cli("recall", "--space", "test", *rest)
                self.assertNotEqual(finished.returncode, 0, said(finished))
        self.assert_serves(self.made)

    def test_every_refusal_is_counted_under_its_code(self):
        post = self.made.post
        self.assertEqual(post("/v1/spaces", {"name": "vec", "dimension": 3})[0], 200)
        bad = [("empty_text", {"text": ""}),
               ("text_too_long", {"text": "x" * 4097}),
               ("field_too_long", {"text": "t", "id": "i" * 300}),
               ("wrong_dimension", {"text": "t", "embedding": [1, 2]}),
               ("invalid_argument", {"text": "t", "confidence": -1}),
               ("malformed_message", b'{"memories": [{"text": "t", "embedding": [1, 2, 1e999]}]}'),
               ("malformed_message", b'{"memories": [{"text": "caf\xe9 \xc3"}]}'),
               ("invalid_argument", b'{"memories": [{"txt": "a typing mistake"}]}'),
               ("conflict", {"text": "first", "id": "same"}),
               ("conflict", {"text": "second", "id": "same"})]
        for code, what in bad:
            with self.subTest(code):
                before = self.made.metric(f"engram_node_errors_total {code}")
                body = what if isinstance(what, bytes) else {"memories": [what]}
                status, answer = post("/v1/spaces/vec/remember", body)
                told = json.dumps(answer)
                if what == {"text": "first", "id": "same"}:
                    self.assertNotIn("error", told)
                    continue
                after = self.made.metric(f"engram_node_errors_total {code}")
                self.assertEqual(after - before, 1, told)
                self.assertIn(code, told)
                self.assertIn("definite", told)
                self.assertIn(status, (200, 400))
        for code, path, body in (("unknown_space", "/v1/spaces/nowhere/recall", {"text": "a"}),
                                 ("invalid_name", "/v1/spaces", {"name": "Bad Name"}),
                                 ("empty_cue", "/v1/spaces/vec/recall", {})):
            with self.subTest(code):
                before = self.made.metric(f"engram_node_errors_total {code}")
                status, answer = post(path, body)
                self.assertEqual(answer["code"], code)
                self.assertGreaterEqual(status, 400)
                after = self.made.metric(f"engram_node_errors_total {code}")
                self.assertEqual(after - before, 1)
        self.assert_serves(self.made)

    def test_what_was_imported_is_what_is_exported_and_can_be_imported_again(self):
        exported = b"".join(line + b"\n" for line in self.before.values())
        other = self.make_node().start()
        finished = other.cli("import", "--format", "jsonl", "--space", "test", "-", text=exported)
        self.assertEqual(finished.returncode, 0, said(finished))
        self.assertEqual(other.export("test"), self.before)
        first = json.loads(self.before["m0"])
        for field in ("id", "text", "speaker", "session", "tags", "when"):
            self.assertEqual(first[field], GOOD[0][field], field)


if __name__ == "__main__":
    harness.main()
