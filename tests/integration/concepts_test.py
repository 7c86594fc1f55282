#!/usr/bin/env python3
"""Every node says which spaces know about a cue, also while their replicas are out of reach."""

import json

import harness
from harness import integration_test, wait_for


def notes(theme):
    return [{"id": f"{theme}{n}", "set": "notes", "when": f"2024-03-{n:02}",
             "text": f"{theme} {theme}song {theme}path {theme}light number{n}"}
            for n in range(1, 9)]


class concepts(integration_test):
    def make_members(self, count, *flags):
        return super().make_members(count, "--replication-factor", "2",
                                    "--concept-interval-s", "1", *flags)

    def answer(self, member, *arguments):
        got = json.loads(member.must("concepts", *arguments, "--json"))
        got.pop("took_us")
        return got

    def gist(self, member, *arguments):
        kept = ("name", "version", "strength", "similarity", "members", "first", "last")
        got = self.answer(member, "--space", "notes", "--cue", "heron", *arguments)
        return [{key: each.get(key) for key in kept} for each in got["concepts"]]

    def test_all_members_tell_the_same_and_the_last_one_answers_coarsely(self):
        members = self.make_members(3)
        members[0].must("space", "create", "notes")
        members[0].must("space", "configure", "notes", "share_concepts", "on")
        members[0].must_import(notes("heron") + notes("lantern") + notes("violin"))
        report = json.loads(members[1].must("consolidate", "--space", "notes", "--json"))
        self.assertEqual(report["memories"], 24)
        self.assertGreaterEqual(report["total"], 3)
        self.assertTrue(report["shared"])

        def all_know():
            told = [self.answer(each, "--all", "--cue", "heron") for each in members]
            return told[0]["spaces"] and all(each == told[0] for each in told)
        wait_for(all_know, "members that know the same")
        wait_for(lambda: self.gist(members[0]) == self.gist(members[1]) == self.gist(members[2]),
                 "replicas that agree")
        whole = self.gist(members[0])
        self.assertTrue(whole)
        self.assertTrue(self.answer(members[2], "--space", "notes")["concepts"][0]["exemplar"])

        placed = json.loads(members[0].must("cluster", "placement", "--json"))
        spaces = placed["spaces"] if isinstance(placed, dict) else placed
        held = {replica["store"] for space in spaces for replica in space["replicas"]
                if replica["placed"]}
        stores = {each.status()["store"]: each for each in members}
        last = next(each for store, each in stores.items() if store not in held)
        for each in members:
            if each is not last:
                each.kill()
        wait_for(lambda: last.metric('engram_node_members state="dead"') == 2, "two dead members")

        known = self.answer(last, "--all", "--cue", "heron")
        self.assertEqual([each["space"] for each in known["spaces"]], ["notes"])
        self.assertEqual(self.gist(last), whole)
        self.assertTrue(self.answer(last, "--space", "notes", "--cue", "heron")["coarse"])
        self.assertNotEqual(last.cli("concepts", "--space", "notes", "--strict").returncode, 0)
        recalled = json.loads(last.must("recall", "--all-spaces", "heron", "--json"))
        missing = recalled["coverage"]["missing_spaces"][0]
        self.assertEqual(missing["known"]["members"], known["spaces"][0]["members"])


if __name__ == "__main__":
    harness.main()
