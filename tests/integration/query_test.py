#!/usr/bin/env python3
"""The query language and its verbs, asked of stored memories through every surface."""

import json
import os
import pty
import select
import subprocess

import harness
from harness import ENGRAM, integration_test, run, said, wait_for

NOW = "2024-06-01"
VERBS = {  # statement -> what its answer must hold
    'RECALL "bread with rye" LIMIT 3': ("memory", "c"),
    'RECALL ANY WHERE tag = inside AND when IN 2024-03-04': ("memory", "c0"),
    'RECOGNIZE what = "pruned the apple trees", who = "Ada"': ("familiarity", "recognized"),
    'SPREAD FROM g0 ALONG reminds MAX HOPS 1': ("memory", "c0"),
    'COMPLETE what = "baked bread" MISSING who LIMIT 1': ("who", "Cleo"),
    'PREDICT who GIVEN SESSION orchard HORIZON 30 DAYS': ("who", "Ada"),
    'IMAGINE BASED ON g1, c1 NOVELTY 0': ("what", ""),
    'REMINISCE AROUND 2024-03 WITHIN 1 DAY LIMIT 50': ("memory", "g0"),
    'CONCEPTS ABOUT "bread" LIMIT 3': ("concept", ""),
    'INTROSPECT': ("session", "orchard"),
}


def diary():
    """A gardener, a helper and a cook."""
    made = []
    for n in range(8):
        made.append({"set": "diary", "id": f"g{n}", "text": "pruned the apple trees",
                     "when": f"2024-03-{3 * n + 1:02}", "who": ["Ada" if n % 2 == 0 else "Bob"],
                     "session": "orchard", "place": "Kent", "tags": ["outside"]})
        made.append({"set": "diary", "id": f"c{n}", "text": "baked bread with rye",
                     "when": f"2024-03-{3 * n + 4:02}", "who": ["Cleo"], "session": "kitchen",
                     "place": "London", "tags": ["inside"]})
    made[0]["associations"] = [{"target": "c0", "kind": "reminds", "weight": 1}]
    return made


class query(integration_test):
    def ask(self, member, statement, *flags):
        """The answer but for how long it took and who was asked."""
        answer = json.loads(member.must("query", "--space", "diary", "--now", NOW, "--json", *flags,
                                        statement))
        answer.pop("took_us")
        answer.pop("coverage")
        return answer

    def all_answers(self, member):
        return {statement: self.ask(member, "EXPLAIN " + statement) for statement in VERBS}

    def remember_diary(self, member):
        member.must_import(diary())
        member.must("consolidate", "--space", "diary")

    def assert_right(self, answers):
        for statement, (field, begins) in VERBS.items():
            found = [each["value"] for each in answers[statement]["findings"]
                     if each["field"] == field]
            self.assertTrue(any(value.startswith(begins) for value in found),
                            f"{statement}: {answers[statement]}")
        imagined = answers["IMAGINE BASED ON g1, c1 NOVELTY 0"]["findings"]
        self.assertEqual({each["source"] for each in imagined if each["field"] != "memory"},
                         {"imagined"})

    def test_every_verb_answers_from_what_is_stored_also_after_a_crash(self):
        member = self.make_node().start()
        self.remember_diary(member)
        before = self.all_answers(member)
        self.assert_right(before)
        member.kill()
        member.start()
        member.must("consolidate", "--space", "diary")
        self.assertEqual(self.all_answers(member), before)

        status, over_http = member.post("/v1/spaces/diary/query", {
            "query": "COMPLETE what = $what MISSING who LIMIT $n",
            "parameters": {"what": "baked bread", "n": 1}, "now": NOW})
        self.assertEqual(status, 200)
        self.assertEqual(over_http["findings"][0]["value"], "Cleo")
        status, problem = member.post("/v1/query", {"query": 'RECALL "x" LIMT 5'})
        self.assertEqual((status, problem["code"]), (400, "invalid_query"))
        self.assertEqual((problem["line"], problem["column"], problem["suggestion"]),
                         (1, 12, "LIMIT"))

        made = json.loads(member.must("query", "--json", "CONSOLIDATE IN SPACE diary"))
        self.assertEqual(made["measures"]["memories"], 16)

    def test_verbs_are_commands_and_say_what_they_know(self):
        member = self.make_node().start()
        self.remember_diary(member)

        def findings(*arguments):
            return json.loads(member.must(*arguments, "--space", "diary", "--json"))["findings"]
        self.assertEqual(findings("recognize", "pruned the apple trees")[0]["value"], "recognized")
        completed = findings("complete", "--missing", "who", "baked bread")
        self.assertEqual(completed[0]["value"], "Cleo")
        self.assertEqual(findings("predict", "session", "--who", "Cleo")[0]["value"], "kitchen")
        self.assertEqual(findings("introspect")[1]["value"], "2024-03-25T00:00:00Z")
        self.assertTrue(findings("imagine", "--based-on", "g1", "--based-on", "c1"))
        told = [each["value"] for each in findings("reminisce", "--around", "2024-03-04",
                                                   "--within", "3 days")]
        self.assertEqual(told, ["g0", "c0", "g1", "c1", "g2"])
        text = member.must("complete", "--space", "diary", "--missing", "who", "baked bread")
        self.assertIn(b"who: Cleo", text)
        self.assertIn(b"because", text)
        # What a person types is never read as a statement.
        self.assertEqual(findings("recognize", 'x" LIMIT 1; CONSOLIDATE')[0]["value"],
                         "not recognized")
        parameters = ("--param", 'cue=bread" LIMIT 9', "--param", "n:=2")
        answer = self.ask(member, "RECALL $cue LIMIT $n", *parameters)
        self.assertEqual(len(answer["findings"]), 2)

        wrong = member.cli("query", "--space", "diary", 'RECALL "tea"\n  LIMT 5')
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("  LIMT 5\n  ^ expected a clause of RECALL, found LIMT; did you mean LIMIT?",
                      said(wrong))
        refused = json.loads(member.cli("query", "--json", 'RECALL "tea" LIMT 5').stdout)["error"]
        self.assertEqual((refused["name"], refused["column"], refused["suggestion"]),
                         ("invalid_query", 14, "LIMIT"))

    def test_any_member_answers_alike_also_one_that_holds_nothing(self):
        members = self.make_members(3, "--replication-factor", "2")
        self.remember_diary(members[0])
        expected = self.all_answers(members[0])
        self.assert_right(expected)
        for each in members[1:]:
            wait_for(lambda each=each: self.ask(each, 'RECALL ANY WHERE tag = inside LIMIT 50') ==
                     self.ask(members[0], 'RECALL ANY WHERE tag = inside LIMIT 50'),
                     "a member that knows the space")
            self.assertEqual(self.all_answers(each), expected)


class prompt(integration_test):
    def shell(self, member, text, *flags):
        return run("shell", "--server", member.rpc, *flags, text=text.encode())

    def test_statements_of_a_file_are_answered_in_turn_and_the_exit_code_tells(self):
        member = self.make_node().start()
        member.must_import(diary())
        done = self.shell(member, '-- two statements\nRECALL "bread"\n  LIMIT 1;\n'
                                  'COMPLETE what = "baked bread"\n  MISSING who; \n',
                          "--space", "diary", "--json")
        self.assertEqual(done.returncode, 0, said(done))
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([each["verb"] for each in answers], ["RECALL", "COMPLETE"])
        failed = self.shell(member, 'RECALL "bread" LIMT 1;\nRECALL "bread" IN SPACE diary;\n'
                                    '\\use nowhere\n\\nonsense\n')
        self.assertEqual(failed.returncode, 1)
        self.assertIn('RECALL "bread" LIMT 1;\n               ^ expected', said(failed))
        self.assertIn("unknown_space", said(failed))
        self.assertIn("no command \\nonsense", said(failed))
        self.assertIn("baked bread with rye", said(failed))
        last = self.shell(member, '\\use diary\n\\spaces\n\\help recall\nRECALL "bread" LIMIT 1')
        self.assertEqual(last.returncode, 0, said(last))
        self.assertIn("baked bread", said(last))
        self.assertIn("WITHOUT SPREADING", said(last))

    def test_a_person_completes_words_spaces_and_finds_what_was_typed_before(self):
        member = self.make_node().start()
        member.must_import(diary())
        state = self.folder / "state"
        first = terminal(member, state)
        self.addCleanup(first.close)
        first.await_text("> ")
        first.type('rec\t"bread" in sp\tdi\tlim\t1;\r')  # RECALL or RECOGNIZE: no word yet
        first.await_text("^ expected")
        first.type('reca\t"bread" in sp\tdi\tlim\t1;\r')
        first.await_text("baked bread with rye")
        first.type("\\q\r")
        self.assertEqual(first.ended(), 0)
        self.assertIn("recall", (state / "engram" / "history").read_text())
        self.assertEqual((state / "engram" / "history").stat().st_mode & 0o777, 0o600)

        second = terminal(member, state)
        self.addCleanup(second.close)
        second.await_text("> ")
        second.type("RECALL \x03")  # given up
        second.await_text("> ")
        second.type("\x1b[A\x1b[A\r")  # the statement before \q
        second.await_text("baked bread with rye")
        second.type("\x04")
        self.assertEqual(second.ended(), 0)


class terminal:
    """`engram shell` with a person at it."""

    def __init__(self, member, state):
        self.master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [ENGRAM, "shell", "--server", member.rpc], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=self.take_terminal,
            env={**os.environ, "TERM": "vt100", "XDG_STATE_HOME": str(state), "NO_COLOR": "1"})
        os.close(slave)

    @staticmethod
    def take_terminal():
        """So that Ctrl-C reaches the process."""
        import fcntl
        import termios
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def type(self, text):
        self.seen = ""
        os.write(self.master, text.encode())

    def await_text(self, wanted):
        def came():
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    raise AssertionError(f"the shell ended; wanted {wanted!r}: {self.seen!r}")
            return wanted in self.seen
        try:
            wait_for(came, wanted)
        except AssertionError as late:
            raise AssertionError(f"{late}; seen: {self.seen!r}") from None

    def ended(self):
        def drained():
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    pass
            return self.process.poll() is not None
        wait_for(drained, "a shell that ends")
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


if __name__ == "__main__":
    harness.main()
