#!/usr/bin/env python3
"""Members that go for good: they hand over first, or are replaced, and nothing is lost."""

import json

import harness
from harness import integration_test, make_memories, wait_for

SPACES = ("notes", "diary", "letters")
MEMORIES = 40


class topology(integration_test):
    def make_members(self, count):
        members = super().make_members(count, "--replication-factor", "2",
                                       "--probe-interval-ms", "200")
        for space in SPACES:
            members[0].must("space", "create", space)
            members[0].must_import(make_memories(MEMORIES, seed=len(space), space=space))
        return members

    def status(self, member):
        return json.loads(member.cli("cluster", "status", "--json").stdout)

    def store_of(self, member):
        return self.status(member)["asked"]

    def assert_whole(self, members, gone):
        """Every space has two replicas that are level, none of them there, and all its memories."""
        def whole():
            level = {space: 0 for space in SPACES}
            for each in members:
                for space in self.status(each)["spaces"]:
                    placed = [r for r in space["replicas"] if r["placed"]]
                    if gone in [r["store"] for r in placed]:
                        return False
                    good = [not r.get("copying") and r.get("lag_entries", 1) == 0 for r in placed]
                    level[space["name"]] += len(good) == 2 and all(good)
            return all(level.values())
        try:
            wait_for(whole, "spaces with two replicas each")
        except AssertionError as missed:
            shown = "\n".join(each.must("cluster", "status").decode() for each in members)
            raise AssertionError(f"{missed}\n{shown}") from missed
        for each in members:
            for space in SPACES:
                self.assertEqual(len(each.export(space)), MEMORIES)

    def test_a_decommissioned_member_hands_over_and_leaves_and_a_dead_one_is_replaced(self):
        members = self.make_members(4)
        plan = json.loads(members[0].must("cluster", "plan", "--decommission",
                                          members[3].gossip, "--json"))
        self.assertEqual(plan["refusal"], "")
        self.assertTrue(all(move["entries"] > 0 for move in plan["moves"]), plan)

        gone = self.store_of(members[3])
        members[0].must("cluster", "decommission", members[3].gossip)
        self.assertEqual(members[0].cli("cluster", "replace", members[2].gossip).returncode, 1)
        wait_for(lambda: members[0].metric('engram_node_members state="left"') == 1,
                 "a member that leaves by itself")
        self.assertEqual(members[3].stop(), 0)
        self.assert_whole(members[:3], gone)

        dead = self.store_of(members[2])
        members[2].kill()
        wait_for(lambda: members[0].metric('engram_node_members state="dead"') == 1, "a death")
        members[0].must("cluster", "replace", members[2].gossip, "--by", members[1].gossip)
        self.assert_whole(members[:2], dead)

        found = json.loads(members[1].must("cluster", "repair", "--json"))
        self.assertEqual([each["good"] for each in found], [True] * len(SPACES), found)
        self.assertIn("feature level 2", members[1].must("cluster", "upgrade").decode())


if __name__ == "__main__":
    harness.main()
