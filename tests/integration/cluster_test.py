#!/usr/bin/env python3
"""Several nodes that find each other, lose one and get it back."""

import json
import shutil
import urllib.error
import urllib.request

import harness
from harness import integration_test, wait_for


class cluster(integration_test):
    def make_latecomers(self, count):
        """Started, all with the first one's address as their only seed."""
        members = [self.make_node()]
        members[0].flags = ("--join", members[0].gossip)
        members += [self.make_node("--join", members[0].gossip) for _ in range(count - 1)]
        for each in reversed(members):  # the seed last: the others wait for it
            each.launch()
        for each in members:
            wait_for(lambda each=each: serves(each), "a node that serves")
        return members

    def assert_sees(self, member, **states):
        def holds():
            seen = {state: member.metric(f'engram_node_members state="{state}"')
                    for state in ("alive", "suspect", "dead", "left")}
            return seen == {**dict.fromkeys(seen, 0), **states}
        try:
            wait_for(holds, f"{states}")
        except AssertionError as missed:
            raise AssertionError(f"{missed}\n{member.tail()}") from missed

    def test_three_nodes_find_each_other_and_a_killed_one_is_noticed_and_comes_back(self):
        members = self.make_latecomers(3)
        for each in members:
            self.assert_sees(each, alive=3)
        self.assertEqual(len({each.status()["cluster"] for each in members}), 1)

        members[2].kill()
        for each in members[:2]:
            self.assert_sees(each, alive=2, dead=1)
        members[2].start()
        for each in members:
            self.assert_sees(each, alive=3)

    def test_a_member_that_is_stopped_is_not_suspected_and_comes_back_without_its_seed(self):
        members = self.make_latecomers(3)
        for each in members:
            self.assert_sees(each, alive=3)
        suspected = members[0].metric("member_events what=\"suspected\"")
        self.assertEqual(members[2].stop(), 0)
        self.assert_sees(members[0], alive=2, dead=1)
        self.assertEqual(members[0].metric("member_events what=\"suspected\""), suspected)

        self.assertEqual(members[0].stop(), 0)
        members[2].start()
        for each in members[1:]:
            self.assert_sees(each, alive=2, dead=1)

    def assert_recalls(self, member, *wanted):
        def ids():
            found = member.cli("recall", "--space", "notes", "--json", "heron")
            hits = json.loads(found.stdout)["hits"] if found.stdout else []
            return {hit["id"] for hit in hits}
        wait_for(lambda: ids() == set(wanted), f"{wanted} at {member.rpc}")

    def test_what_one_member_is_told_all_recall_also_after_one_was_away(self):
        members = self.make_latecomers(3)
        for each in members:
            self.assert_sees(each, alive=3)
        members[0].must("space", "create", "notes")
        members[0].must("remember", "--space", "notes", "--id", "a", "A heron on the river")
        for each in members:
            self.assert_recalls(each, "a")

        members[0].kill()
        for each in members[1:]:
            self.assert_sees(each, alive=2, dead=1)
        members[1].must("remember", "--space", "notes", "--id", "b", "The heron was back")
        members[0].start()
        for each in members:
            self.assert_recalls(each, "a", "b")

    def test_a_new_member_on_the_address_of_a_lost_one_lists_all_spaces_or_refuses(self):
        members = self.make_members(3)
        names = {"river", "stone", "fern"}
        for name in names:
            members[0].must("space", "create", name)
        lost = members[2]
        lost.kill()
        for each in members[:2]:
            self.assert_sees(each, alive=2, dead=1)
        shutil.rmtree(lost.data)
        lost.launch()

        refusals = set()

        def listed():
            code, answer = asked(lost, "/v1/spaces")
            if code == 200:
                return json.loads(answer)["spaces"]
            refusals.add(json.loads(answer)["code"] if code else "not there yet")
            return None

        spaces = wait_for(listed, "a list of spaces")
        self.assertEqual({each["name"] for each in spaces}, names)
        self.assertLessEqual(refusals, {"not there yet", "unavailable"})
        self.assertEqual(asked(lost, "/readyz")[0], 200)

    def test_an_empty_folder_that_waits_for_its_seed_is_stopped_in_order(self):
        waiting = self.make_node("--join", f"127.0.0.1:{harness.free_port()}").launch()
        wait_for(lambda: "waiting for a seed" in waiting.tail(), "a node that waits")
        self.assertEqual(waiting.stop(), 0)

    def test_a_member_in_reach_of_other_machines_needs_a_cluster_key(self):
        made = self.make_node("--gossip", "0.0.0.0:0", "--advertise", "127.0.0.1:0").launch()
        self.assertEqual(made.process.wait(harness.DEADLINE_S), 2)
        self.assertIn("cluster_key_file", made.tail())


def serves(made):
    return made.is_alive() and made.cli("status").returncode == 0


def asked(made, path):
    """GET; (status, body), or (None, None) where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{made.http}{path}", timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()
    except OSError:
        return None, None


if __name__ == "__main__":
    harness.main()
