#!/usr/bin/env python3
"""After a purge no byte of a person or a source is left in any replica's folder, nor in answers."""

import json

import harness
from harness import integration_test, wait_for

NAME = "Zebulonia"
SOURCE = "quagmire-file"


def memories():
    made = []
    for n in range(60):
        what = {"set": "notes", "id": f"m{n}", "when": f"2024-03-{1 + n % 28:02}",
                "text": f"We walked along the river and counted herons, number {n}.",
                "speaker": "Adam", "session": f"walk-{n // 10}"}
        if n % 6 == 1:
            what["speaker"] = NAME
        if n % 6 == 2:
            what["who"] = [NAME, "Adam"]
        if n % 6 == 3:
            what["text"] = f"I told {NAME.upper()}'s sister about heron number {n}."
        if n % 6 == 4:
            what.update(id=f"{NAME.lower()}-{n}", session=SOURCE)
        made.append(what)
    return made


def traces(folder, *names):
    """Files that hold any of the names, in capitals or not."""
    needles = [name.lower().encode() for name in names]
    return [str(path) for path in folder.rglob("*") if path.is_file()
            and any(needle in path.read_bytes().lower() for needle in needles)]


class purge(integration_test):
    def fill(self, node):
        node.must("space", "create", "notes")
        node.must_import(memories())
        node.must("associate", "--space", "notes", "m0", f"{NAME.lower()}-4", "--kind", "causes")
        node.must("forget", "--space", "notes", f"{NAME.lower()}-10")

    def purge(self, node, *what):
        finished = node.cli("forget", "--space", "notes", "--purge", *what, "--json")
        return finished.returncode, json.loads(finished.stdout)

    def check_gone(self, *nodes):
        for each in nodes:
            self.assertEqual(traces(each.data, NAME), [])
            recalled = json.loads(each.must("recall", "--space", "notes", NAME, "--json"))
            self.assertNotIn(NAME.lower(), json.dumps(recalled["hits"]).lower())
            self.assertEqual(len(each.export("notes")), 20)
            concepts = each.must("concepts", "--space", "notes", "--json").decode().lower()
            self.assertNotIn(NAME.lower(), concepts)

    def test_one_node(self):
        node = self.make_node().start()
        self.fill(node)
        self.assertNotEqual(traces(node.data, NAME), [])
        self.assertNotEqual(traces(node.data, SOURCE), [])
        code, certificate = self.purge(node, "--source", SOURCE)
        self.assertEqual((code, certificate["memories"], certificate["complete"]), (0, 10, True))
        self.assertEqual(traces(node.data, SOURCE), [])
        # What an earlier damage left beside the database.
        kept = next(path for path in node.data.rglob("*.log") if path.is_file())
        kept = kept.with_name("000001.log.damaged")
        kept.write_text(f"bytes of {NAME}")
        status, certificate = node.post("/v1/spaces/notes/purge", {"person": NAME})
        self.assertEqual((status, certificate["memories"], certificate["complete"]),
                         (200, 30, True))
        self.assertFalse(kept.exists())
        self.assertIn("backups", " ".join(certificate["not_covered"]))
        self.assertEqual([each["confirmed"] for each in certificate["replicas"]], [True])
        self.check_gone(node)
        code, certificate = self.purge(node, "--person", NAME)
        self.assertEqual((code, certificate["memories"]), (0, 0))
        again = node.import_lines(memories()[1:2])
        self.assertIn("deleted", harness.said(again))
        node.kill()
        node.start()
        self.check_gone(node)

    def test_three_nodes_one_of_them_away(self):
        members = self.make_members(3)
        self.fill(members[0])
        for each in members:
            wait_for(lambda each=each: len(each.export("notes")) == 59, "all on every replica")
            self.assertNotEqual(traces(each.data, NAME), [])
        away = members[2]
        away.kill()
        wait_for(lambda: members[0].metric('engram_node_members state="dead"') == 1,
                 "a dead member")
        code, certificate = self.purge(members[1], "--person", NAME)
        self.assertEqual((code, certificate["memories"], certificate["complete"]), (1, 40, False))
        confirmed = {each["store"] for each in certificate["replicas"] if each["confirmed"]}
        self.assertEqual(confirmed, {each.status()["store"] for each in members[:2]})
        self.check_gone(*members[:2])

        away.start()
        wait_for(lambda: not traces(away.data, NAME), "a returned replica that purged by itself")
        code, certificate = self.purge(away, "--person", NAME)
        self.assertEqual((code, certificate["memories"], certificate["complete"]), (0, 0, True))
        self.assertEqual(len(certificate["replicas"]), 3)
        self.check_gone(*members)


if __name__ == "__main__":
    harness.main()
