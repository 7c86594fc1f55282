#!/usr/bin/env python3
"""Every command of `engram` once, as a newcomer, a script or an operator would call it."""

import json
import os
import re
import subprocess
import unittest

import harness
from harness import ENGRAM, integration_test, make_memories, run, said

COMMANDS = ["import", "export", "remember", "recall", "spread", "get", "forget", "associate",
            "space create", "space list", "space show", "space drop", "key create", "key list",
            "key revoke", "cluster status", "cluster members", "cluster placement",
            "cluster leave", "cluster decommission", "cluster replace", "cluster plan",
            "cluster repair", "cluster upgrade", "status", "version", "completion"]


class help_and_mistakes(integration_test):
    def test_every_command_explains_itself_and_names_the_server_option(self):
        whole = said(run("--help"))
        for command in COMMANDS:
            with self.subTest(command):
                told = run(*command.split(), "--help")
                self.assertEqual(told.returncode, 0)
                self.assertIn("Usage:", said(told))
                self.assertIn(command.split()[0], whole)
                if command != "completion":
                    self.assertIn("--server", said(told))
        self.assertEqual(run("node", "--help").returncode, 0)

    def test_what_is_shipped_contains_no_defect_that_tests_plant(self):
        with open(ENGRAM, "rb") as binary:
            self.assertNotIn(b"ENGRAM_PLANTED", binary.read())  # base/planted.hpp

    def test_wrong_usage_exits_2_and_a_missing_node_exits_3(self):
        for wrong in (["no-such-command"], ["recall", "--no-such-option"], ["remember"], []):
            with self.subTest(wrong):
                self.assertEqual(run(*wrong).returncode, 2)
        nobody = f"127.0.0.1:{harness.free_port()}"
        for command in (["status"], ["recall", "--space", "x", "word"], ["space", "list"]):
            with self.subTest(command):
                finished = run(*command, "--server", nobody)
                self.assertEqual(finished.returncode, 3, said(finished))
                self.assertIn(nobody, said(finished))

    def test_completion_scripts_are_accepted_by_their_shells(self):
        for shell in ("bash", "zsh"):
            script = run("completion", shell)
            self.assertEqual(script.returncode, 0)
            self.assertIn(b"recall", script.stdout)
        checked = subprocess.run(["bash", "-n"], input=run("completion", "bash").stdout)
        self.assertEqual(checked.returncode, 0)


class commands(integration_test):
    def setUp(self):
        super().setUp()
        self.made = self.make_node().start()

    def json_of(self, *arguments):
        return json.loads(self.made.must(*arguments, "--json"))

    def test_several_spaces_are_recalled_at_once_and_each_hit_names_its_own(self):
        for space, text in (("walk-a", "A heron by the river"), ("walk-b", "A heron in the snow"),
                            ("desk", "A letter about a heron")):
            self.made.must("space", "create", space)
            self.made.must("remember", "--space", space, "--id", f"in-{space}", text)

        def named(*where):
            shown = self.made.must("recall", *where, "heron").decode()
            return {space for space in ("walk-a", "walk-b", "desk")
                    if f"{space}/in-{space}" in shown}, shown

        found, shown = named("--all-spaces")
        self.assertEqual(found, {"walk-a", "walk-b", "desk"}, shown)
        self.assertIn("A letter about a heron", shown)
        self.assertIn("3 of 3 spaces", shown)
        self.assertEqual(named("--prefix", "walk-")[0], {"walk-a", "walk-b"})
        self.assertEqual(named("--spaces", "walk-a,desk")[0], {"walk-a", "desk"})
        hits = self.json_of("recall", "--prefix", "walk-", "heron")["hits"]
        self.assertEqual({hit["space"] for hit in hits}, {"walk-a", "walk-b"})

        missing = self.made.cli("recall", "--spaces", "walk-a,nowhere", "heron")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("nowhere", said(missing))
        self.assertEqual(run("recall", "--all-spaces", "--space", "desk", "x").returncode, 2)

    def test_the_first_ten_minutes(self):
        must = self.made.must
        must("space", "create", "notes")
        ada = ["--who", "Ada"]
        must("remember", "--space", "notes", "--id", "walk-1", "--when", "2024-05-08", *ada,
             "We walked along the river and saw a heron")
        must("remember", "--space", "notes", "--id", "walk-2", "--when", "2024-05-09", *ada,
             "The heron was back, fishing by the weir")
        found = self.json_of("recall", "--space", "notes", "--explain",
                             "which bird did we see by the river")
        self.assertEqual(found["hits"][0]["id"], "walk-1")
        self.assertTrue(found["hits"][0]["why"]["cues"])
        self.assertEqual(found["coverage"]["memories"], 2)
        for hit in found["hits"]:
            low, point, high = (hit["certainty"][k] for k in ("low", "point", "high"))
            self.assertTrue(0 <= low <= point <= high <= 1, hit)

        must("associate", "--space", "notes", "walk-1", "walk-2", "--kind", "continues")
        spread = self.json_of("spread", "--space", "notes", "walk-1")
        reached = {memory["id"]: memory for memory in spread["memories"]}
        self.assertEqual(reached["walk-2"]["path"][-1]["kind"], "continues")

        must("forget", "--space", "notes", "walk-2")
        self.assertEqual(self.ids("heron"), ["walk-1"])
        must("forget", "--space", "notes", "--restore", "walk-2")
        self.assertEqual(set(self.ids("heron")), {"walk-1", "walk-2"})
        must("forget", "--space", "notes", "--delete", "walk-2")
        self.assertEqual(self.ids("heron"), ["walk-1"])
        again = self.made.cli("remember", "--space", "notes", "--id", "walk-2", "The heron, again")
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("deleted", said(again))

    def ids(self, *words):
        return [hit["id"] for hit in self.json_of("recall", "--space", "notes", *words)["hits"]]

    def test_cues_of_every_kind_narrow_and_mix(self):
        self.made.must_import([
            {"set": "notes", "id": "a", "text": "We bought bread", "when": "2024-01-02",
             "who": ["Ada"], "place": "Lisbon", "tags": ["food"]},
            {"set": "notes", "id": "b", "text": "We bought bread", "when": "2024-06-02",
             "who": ["Chen"], "place": "Porto", "tags": ["food", "late"]},
            {"set": "notes", "id": "c", "text": "We sold a violin", "when": "2024-06-03",
             "who": ["Chen"], "place": "Porto", "tags": ["music"]}])
        self.assertEqual(set(self.ids("bread")), {"a", "b"} | (set(self.ids("bread")) & {"c"}))
        self.assertEqual(self.ids("bread", "--from", "2024-05", "--until", "2024-06-03"), ["b"])
        self.assertEqual(self.ids("bread", "--tag", "late"), ["b"])
        self.assertNotIn("b", self.ids("bread", "--not-tag", "late"))
        self.assertEqual(self.ids("bread", "--who", "Ada")[0], "a")
        self.assertEqual(self.ids("bread", "--place", "Porto")[0], "b")
        self.assertIn("c", self.ids("--like", "b"))
        self.assertEqual(self.ids("--who", "Ada")[0], "a")

    def test_spaces_are_listed_shown_and_dropped(self):
        self.made.must("space", "create", "one", "--dimension", "4")
        self.assertEqual([s["name"] for s in self.json_of("space", "list")], ["one"])
        self.assertEqual(self.json_of("space", "show", "one")["dimension"], 4)
        self.made.must("space", "create", "one", "--dimension", "4")
        other = self.made.cli("space", "create", "one", "--dimension", "5")
        self.assertIn("space_exists", said(other))
        self.assertNotEqual(self.made.cli("space", "drop", "one").returncode, 0, "nobody was asked")
        self.made.must("space", "drop", "one", "--yes")
        self.assertEqual(self.json_of("space", "list"), [])
        self.made.must("space", "create", "one")
        self.assertEqual(self.json_of("space", "show", "one")["generation"], 2)

    def test_what_one_node_exports_another_imports_to_the_same_state(self):
        self.made.must_import(make_memories(200))
        self.made.must("associate", "--space", "test", "m1", "m2", "--kind", "continues")
        lines = self.made.must("export", "--space", "test", "--format", "jsonl")
        other = self.make_node().start()
        other.must("import", "--format", "jsonl", "--space", "test", "-", text=lines)
        mine, theirs = (json.loads(n.must("space", "show", "test", "--json"))
                        for n in (self.made, other))
        self.assertEqual(mine["memories"], theirs["memories"])
        self.assertEqual(mine["associations"], theirs["associations"])
        again = other.must("export", "--space", "test", "--format", "jsonl")
        self.assertEqual(sorted(again.splitlines()), sorted(lines.splitlines()))

    def test_acked_holds_each_id_once_and_questions_are_answered_in_order(self):
        acked = self.folder / "acked"
        self.made.must_import(make_memories(50), "--acked", acked)
        self.assertEqual(sorted(acked.read_text().split()), sorted(f"m{i}" for i in range(50)))
        questions = [{"set": "test", "q": n, "question": f"river number {n}"} for n in range(9)]
        asked, out = self.folder / "asked", self.folder / "run"
        asked.write_bytes(harness.lines_of(questions))
        for flags in ([], ["--no-spread"]):
            self.made.must("recall", "--queries", asked, "--space-field", "set", "--limit", "50",
                           *flags, "--out", out)
            answered = [json.loads(line) for line in out.read_text().splitlines()]
            self.assertEqual([a["q"] for a in answered], list(range(9)))
            self.assertTrue(all(a["set"] == "test" and len(a["ranked"]) > 1 for a in answered))

    def test_a_call_whose_answer_is_lost_is_made_again_and_takes_effect_once(self):
        self.made.must("space", "create", "notes")
        text = "heron " * 8000
        with harness.cutting_proxy(self.made.rpc, cut_after=len(text)) as (address, connections):
            finished = run("remember", "--space", "notes", text, "--server", address)
            self.assertEqual(finished.returncode, 0, said(finished))
            self.assertEqual(len(connections), 2, "one that was cut, one that answered")
        self.assertEqual(len(self.made.export("notes")), 1)

    def test_of_several_servers_the_first_that_answers_is_used(self):
        nobody = f"127.0.0.1:{harness.free_port()}"
        listed = f"{nobody},{self.made.rpc}"
        finished = run("space", "create", "notes", "--server", listed)
        self.assertEqual(finished.returncode, 0, said(finished))
        everywhere = run("status", environment={"ENGRAM_SERVER": f"{listed},{nobody}"})
        self.assertEqual(everywhere.returncode, 0, said(everywhere))
        gone = run("status", "--server", f"{nobody},{nobody}")
        self.assertEqual(gone.returncode, 3, said(gone))
        several = run("cluster", "leave", "--yes", "--server", listed)
        self.assertEqual(several.returncode, 2, said(several))

    def test_an_error_names_its_code_what_is_wrong_and_what_to_do(self):
        for command, code, advice in (
                (["recall", "--space", "nope", "word"], "unknown_space", "engram space create"),
                (["recall", "--space", "nope", "--from", "someday", "x"], "invalid_time", "2024"),
                (["space", "create", "Bad!"], "invalid_name", "[a-z0-9]"),
                (["key", "revoke", "nobody"], "unknown_key", "nobody"),
                (["import", "--space", "x", "/no/such"], "read_failed", "/no/such")):
            with self.subTest(command):
                refused = self.made.cli(*command)
                self.assertEqual(refused.returncode, 1)
                self.assertIn(code, said(refused))
                self.assertIn(advice, said(refused))
                told = json.loads(self.made.cli(*command, "--json").stdout)["error"]
                self.assertEqual((told["name"], told["certainty"]), (code, "definite"))
                self.assertTrue(told["code"] and told["advice"])

    def test_a_repository_is_remembered_with_who_and_when(self):
        tree = self.folder / "tree"
        tree.mkdir()
        person = {"GIT_AUTHOR_NAME": "Ada Lovelace", "GIT_AUTHOR_EMAIL": "ada@example.org",
                  "GIT_COMMITTER_NAME": "Ada Lovelace", "GIT_COMMITTER_EMAIL": "ada@example.org",
                  "GIT_AUTHOR_DATE": "2024-05-08T12:00:00Z",
                  "GIT_COMMITTER_DATE": "2024-05-08T12:00:00Z"}
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Oil the engine"]):
            subprocess.run(["git", "-C", tree, *command], check=True, env={**os.environ, **person})
        self.made.must("import", "--format", "git", "--space", "history", tree)
        hit = self.json_of("recall", "--space", "history", "engine oil")["hits"][0]
        self.assertEqual(hit["speaker"], "Ada Lovelace")
        self.assertTrue(hit["when"].startswith("2024-05-08T12:00:00"), hit)

    def test_a_lone_node_is_a_cluster_of_one_that_serves_and_cannot_leave(self):
        self.made.must("space", "create", "notes")
        seen = self.json_of("cluster", "status")
        self.assertTrue(seen["serves"])
        self.assertEqual([m["state"] for m in seen["members"]], ["alive"])
        self.assertEqual(seen["members"][0]["store"], self.made.status()["store"])
        self.assertEqual(self.json_of("cluster", "members"), seen["members"])
        placed = self.json_of("cluster", "placement", "--space", "notes")
        self.assertEqual([(p["name"], p["quorum"]) for p in placed], [("notes", 1)])
        unknown = self.made.cli("cluster", "placement", "--space", "nope")
        self.assertIn("unknown_space", said(unknown))
        asked = self.made.cli("cluster", "leave")
        self.assertEqual((asked.returncode, b"--yes" in asked.stderr), (2, True))
        self.assertEqual(self.made.cli("cluster", "leave", "--yes").returncode, 1)
        self.assert_serves(self.made)

    def test_status_and_version_are_readable_by_programs(self):
        status = self.json_of("status")
        self.assertTrue(status["ready"] and status["accepting_writes"])
        self.assertRegex(status["store"], "^[0-9a-f]{32}$")
        self.assertTrue(self.json_of("version"))


class keys_and_tls(integration_test):
    def test_a_key_opens_what_it_names_and_nothing_after_it_was_revoked(self):
        made = self.make_node().start()
        made.must("space", "create", "open")
        made.must("space", "create", "other")
        admin = json.loads(made.must("key", "create", "--scope", "admin", "--json"))
        key = admin["secret"]
        self.assertNotIn(key.encode(), b"".join(p.read_bytes() for p in made.data.rglob("*")
                                                if p.is_file()), "the secret is on the disk")
        anonymous = made.cli("space", "list")
        self.assertNotEqual(anonymous.returncode, 0)
        self.assertIn("unauthenticated", said(anonymous))

        reader = json.loads(made.must("key", "create", "--scope", "read", "--space", "open",
                                      "--key", key, "--json"))
        read = ["--key", reader["secret"]]
        made.must("recall", "--space", "open", "word", *read)
        for refused in (made.cli("recall", "--space", "other", "word", *read),
                        made.cli("remember", "--space", "open", "a text", *read),
                        made.cli("key", "list", *read)):
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("forbidden", said(refused))

        made.must("key", "revoke", reader["id"], "--key", key)
        late = made.cli("recall", "--space", "open", "word", *read)
        self.assertIn("unauthenticated", said(late))
        listed = said(made.cli("key", "list", "--key", key))
        self.assertNotIn(key, listed)
        made.kill()
        made.start_with_key(key)
        self.assertIn("unauthenticated", said(made.cli("space", "list", *read)))

    def test_tls_reaches_the_rpc_port_off_loopback(self):
        openssl = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                   "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                   "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem"]
        if subprocess.run(openssl, capture_output=True).returncode != 0:
            self.skipTest("openssl makes no certificates here")
        made = self.make_node("--tls-cert", self.folder / "cert.pem",
                              "--tls-key", self.folder / "key.pem")
        secret = run("node", "--data", made.data, "--create-admin-key")
        self.assertEqual(secret.returncode, 0, said(secret))
        key = re.search(r"\S{40,}", secret.stdout.decode()).group()
        port = made.rpc.rsplit(":", 1)[1]
        made.rpc = f"0.0.0.0:{port}"
        made.launch()
        to = ["--server", f"127.0.0.1:{port}", "--tls-name", "localhost", "--key", key]
        harness.wait_for(lambda: run("status", *to, "--tls-ca", self.folder / "cert.pem")
                         .returncode == 0, "a node that serves over TLS")
        plain = run("status", "--server", f"127.0.0.1:{port}", "--key", key)
        self.assertNotEqual(plain.returncode, 0)
        self.assertEqual(made.stop(), 0, made.tail())


if __name__ == "__main__":
    if not os.access(ENGRAM, os.X_OK):
        raise unittest.SkipTest(ENGRAM)
    harness.main()
