#!/usr/bin/env python3
"""What changes memories from within: revisions, dreams, priming and blended recall, through the
shipped command line and HTTP, on one node over a crash and on three.
"""

import json
from datetime import datetime, timedelta, timezone

import harness
from harness import integration_test, said, wait_for

WALK = "We walked along the river to the old mill by the bridge at noon"


def hours(count):
    """So many hours from now, as the command line reads it."""
    then = datetime.now(timezone.utc) + timedelta(hours=count)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def notes():
    made = [{"set": "notes", "id": "walk", "text": WALK}]
    for n in range(12):
        made.append({"set": "notes", "id": f"m{n}", "text": f"the mill number {n} ground rye flour",
                     "associations": [{"target": f"m{n + 1}", "kind": "next"}] if n < 11 else []})
    for n, text in enumerate(["a lantern burned", "an orchard bloomed", "violins played"]):
        made.append({"set": "notes", "id": f"c{n}", "text": text,
                     "associations": [{"target": f"c{n + 1}", "kind": "next"}] if n < 2 else []})
    return made


class mind(integration_test):
    def ask(self, member, statement, *flags):
        answer = json.loads(member.must("query", "--space", "notes", "--json", *flags, statement))
        for changing in ("took_us", "coverage"):
            answer.pop(changing)
        return answer

    def recall_that_counts(self, member, at):
        member.must("recall", "--space", "notes", "--reinforce", "--now", at, "--limit", "1", WALK)

    def accesses(self, member, name="walk"):
        found = json.loads(member.must("get", "--space", "notes", name, "--json"))
        return found[0]["accesses"]

    def versions(self, member):
        found = self.ask(member, 'REVISIONS "walk"')["findings"]
        return {each["value"]: (each["because"], each["measures"]["hidden"],
                                each["memory"]["text"]) for each in found}

    def test_a_memory_is_revised_in_its_window_and_the_node_crashes(self):
        member = self.make_node().start()
        member.must_import(notes())
        early = member.cli("revise", "--space", "notes", "walk", "--place", "Kent")
        self.assertEqual(early.returncode, 1)
        self.assertIn("a memory is revised from 24 h", said(early))

        self.recall_that_counts(member, hours(48))
        wait_for(lambda: self.accesses(member) == 1, "an access that is written")
        small = json.loads(member.must("revise", "--space", "notes", "walk", "--place", "Kent",
                                       "--sure", "0.5", "--as-of", hours(51.5), "--json"))
        self.assertEqual(small["verdict"], "stands beside walk")
        self.assertEqual(small["findings"][0]["memory"]["text"], WALK)
        again = json.loads(member.must("revise", "--space", "notes", "walk", "--place", "Kent",
                                       "--as-of", hours(52), "--json"))
        self.assertEqual(again["verdict"], "already known")
        status, large = member.post("/v1/spaces/notes/revise", {
            "of": "walk", "as": "boat", "text": "We sailed to a harbour full of gulls",
            "now": hours(51.5)})
        self.assertEqual((status, large["verdict"]), (200, "replaces walk"))
        self.assertEqual(large["findings"][0]["value"], "boat")
        status, problem = member.post("/v1/spaces/notes/revise", {
            "of": "walk", "text": "Too late", "now": hours(60)})
        self.assertEqual((status, problem["code"]), (400, "invalid_argument"))

        before = self.versions(member)
        self.assertEqual(before["walk"], ([], 1, WALK))
        self.assertEqual(before["boat"][:2], (["walk"], 0))
        self.assertEqual(len(before), 3)
        member.kill()
        member.start()
        self.assertEqual(self.versions(member), before)
        found = self.ask(member, 'RECALL "gulls in the harbour" LIMIT 1', "--now", hours(60))
        self.assertEqual(found["findings"][0]["value"], "boat")
        self.assertNotIn("walk", [each["value"] for each in self.ask(
            member, 'RECALL "river mill" LIMIT 20', "--now", hours(60))["findings"]])
        member.must("forget", "--space", "notes", "--restore", "walk")
        self.assertEqual(self.versions(member)["walk"][1], 0)

    def test_dreams_blends_and_primes_are_the_same_after_a_crash(self):
        member = self.make_node().start()
        member.must_import(notes())
        member.must("consolidate", "--space", "notes")
        asked = ['RECALL "mill rye" BLENDED LIMIT 20', 'RECALL "mill" PRIMED BY m3 LIMIT 5',
                 'EXPLAIN RECALL "mill" PRIMED BY m3, m4 AGO 1 SECOND LIMIT 5']
        now = hours(24)
        before = [self.ask(member, each, "--now", now) for each in asked]
        sources = {each["source"] for each in before[0]["findings"]}
        self.assertTrue({"vivid", "reconstructed"} <= sources, before[0])
        plain = self.ask(member, 'RECALL "mill" LIMIT 5', "--now", now)
        self.assertNotEqual([each["measures"] for each in before[1]["findings"]],
                            [each["measures"] for each in plain["findings"]])
        self.assertIn("primed", json.dumps(before[2]))
        status, primed = member.post("/v1/spaces/notes/recall", {
            "text": "mill", "primed_by": ["m3"], "limit": 5, "now": now})
        self.assertEqual((status, [each["id"] for each in primed["hits"]]),
                         (200, [each["value"] for each in before[1]["findings"]]))
        member.kill()
        member.start()
        self.assertEqual([self.ask(member, each, "--now", now) for each in asked], before)

        dreamt = json.loads(member.must("dream", "--space", "notes", "--replays", "3", "--as-of",
                                        now, "--json"))
        self.assertEqual(dreamt["measures"]["replays"], 3)
        replayed = [each for each in dreamt["findings"] if each["source"] == "replayed"]
        linked = [each for each in dreamt["findings"] if each["source"] == "dreamt"]
        self.assertTrue(replayed and linked, dreamt)
        member.kill()
        member.start()
        for each in replayed:
            self.assertGreaterEqual(self.accesses(member, each["value"]), 1)
        said_by = json.loads(member.must("get", "--space", "notes", linked[0]["because"][0],
                                         "--json"))[0]["associations"]
        self.assertIn((linked[0]["value"], "dreamt"),
                      [(each["target"], each["kind"]) for each in said_by])

    def test_a_memory_revised_at_three_members_at_once_keeps_every_revision(self):
        members = self.make_members(3, "--replication-factor", "3")
        members[0].must_import(notes())
        self.recall_that_counts(members[1], hours(48))
        for each in members:
            wait_for(lambda each=each: self.accesses(each) == 1, "an access known everywhere")
        texts = [WALK.replace("noon", "dusk"), "We sailed to a harbour full of gulls",
                 "We flew over the sea and saw three whales"]
        now = hours(51.5)
        for each, text in zip(members, texts):
            made = json.loads(each.must("revise", "--space", "notes", "walk", "--text", text,
                                        "--as-of", now, "--json"))
            self.assertIn(made["verdict"], ("stands beside walk", "replaces walk"))
        for each in members:
            wait_for(lambda each=each: len(self.versions(each)) == 4, "all revisions everywhere")
        expected = self.versions(members[0])
        self.assertEqual({text for _, _, text in expected.values()}, {WALK, *texts})
        self.assertEqual(expected["walk"][1], 1)
        hashes = set()
        for each in members:
            self.assertEqual(self.versions(each), expected)
            hashes.add(each.status()["spaces"][0]["state_hash"])
        self.assertEqual(len(hashes), 1)
        dreams = [self.ask(each, "DREAM REPLAYS 1", "--now", now) for each in members]
        for dream in dreams:
            self.assertEqual(dream["measures"]["replays"], 1)


if __name__ == "__main__":
    harness.main()
