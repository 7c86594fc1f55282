#!/usr/bin/env python3
"""What happens in a space, told live through the command line and HTTP, over crashes."""

import json
import subprocess
import threading

import harness
from harness import ENGRAM, integration_test, wait_for


class watcher:
    """`engram watch --json`; its lines as they come."""

    def __init__(self, member, *flags):
        self.events = []
        self.process = subprocess.Popen(
            [ENGRAM, "watch", "--server", member.rpc, "--space", "notes", "--json", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def seen(self):
        return [(each["kind"], *each["ids"]) for each in list(self.events)]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


def remember(member, name, *flags):
    member.must("remember", "--space", "notes", "--id", name, *flags, f"A heron stood, {name}")


def told(answer):
    return [(each["kind"], *each["ids"]) for each in answer["events"]]


class watch(integration_test):
    def post(self, member, **body):
        status, answer = member.post("/v1/spaces/notes/events", body)
        self.assertEqual(status, 200, answer)
        return answer

    def all_since(self, member, cursor, **more):
        """What was told since, without waiting, and the cursor behind it."""
        found = []
        while True:
            answer = self.post(member, cursor=cursor, **more)
            self.assertEqual(answer["missed"], 0)
            cursor = answer["cursor"]
            if not answer["events"]:
                return found, cursor
            found += answer["events"]

    def test_everything_that_happens_is_told_once_and_a_cursor_survives_a_crash(self):
        member = self.make_node().start()
        member.must("space", "create", "notes")
        begin = self.post(member)
        self.assertEqual(begin["events"], [])
        live = watcher(member)
        self.addCleanup(live.end)
        wait_for(lambda: member.metric("engram_actors_watches") == 1, "a watch under way")

        remember(member, "a", "--who", "Ada", "--tag", "bird")
        remember(member, "b")
        member.must("associate", "--space", "notes", "a", "b", "--kind", "next")
        member.must("recall", "--space", "notes", "--reinforce", "--limit", "1", "heron a")
        member.must("forget", "--space", "notes", "b")
        member.must("forget", "--space", "notes", "--restore", "b")
        member.must("space", "configure", "notes", "share_concepts", "on")
        for n in range(5):
            remember(member, f"c{n}")
        member.must("forget", "--space", "notes", "--delete", "c4")
        member.must("consolidate", "--space", "notes")
        member.must("dream", "--space", "notes", "--replays", "2")
        wanted = [("remembered", "a"), ("remembered", "b"), ("associated", "a", "b"),
                  ("suppressed", "b"), ("restored", "b"), ("configured",), ("deleted", "c4")]
        wait_for(lambda: "replayed" in [each[0] for each in live.seen()] and
                 [each for each in live.seen() if each in wanted] == wanted,
                 "events as they happen")
        for kind, count in (("recalled", 3), ("consolidated", 1), ("concept", 1), ("replayed", 2)):
            wait_for(lambda: [each[0] for each in live.seen()].count(kind) >= count, kind)
        self.assertEqual(live.events[0]["memory"]["who"], ["Ada"])
        self.assertNotIn("missed", [each[0] for each in live.seen()])

        since, cursor = self.all_since(member, begin["cursor"])
        logged = [(each["kind"], *each["ids"]) for each in since if "sequence" in each]

        def live_log():
            """As it was told live, but for what is deleted since."""
            return [("erased",) if "c4" in each["ids"] and "memory" in each else
                    (each["kind"], *each["ids"]) for each in list(live.events)
                    if "sequence" in each]
        wait_for(lambda: live_log() == logged, f"what a question told: {logged}")
        some, _ = self.all_since(member, begin["cursor"], who=["Ada"], kinds=["associated",
                                                                            "remembered"])
        self.assertEqual([(each["kind"], *each["ids"]) for each in some],
                         [("remembered", "a"), ("associated", "a", "b")])

        member.kill()
        member.start()
        remember(member, "after")
        later, _ = self.all_since(member, cursor)
        self.assertEqual([(each["kind"], *each["ids"]) for each in later if "sequence" in each],
                         [("remembered", "after")])
        # A person's watch goes on by itself.
        wait_for(lambda: ("remembered", "after") in live.seen(), "a watch that goes on")
        whole = [json.loads(line) for line in member.must(
            "watch", "--space", "notes", "--from-start", "--no-wait", "--json").splitlines()]
        self.assertEqual([(each["kind"], *each["ids"]) for each in whole if "sequence" in each],
                         logged + [("remembered", "after")])
        status, problem = member.post("/v1/spaces/notes/events", {"cursor": "00"})
        self.assertEqual((status, problem["code"]), (400, "invalid_argument"))

    def test_what_answers_show_is_told_while_somebody_watches_for_it(self):
        member = self.make_node().start()
        member.must("space", "create", "notes")
        for n in range(6):
            remember(member, f"m{n}", "--who", "Ada", "--session", "pond")
        remember(member, "far", "--who", "Bob")
        ask = lambda: member.must("recall", "--space", "notes", "--primed-by", "m1", "heron")
        complete = lambda: member.must("complete", "--space", "notes", "--session", "pond",
                                       "--missing", "who", "a heron")
        ask()  # nobody watches: not told
        begin = self.post(member, kinds=["interfered", "completed", "primed"])
        only_log = self.post(member, cursor=begin["cursor"], kinds=["remembered"])
        self.assertEqual(only_log["events"], [])
        plain = json.loads(member.must("recall", "--space", "notes", "--json", "heron"))
        self.assertNotIn("why", plain["hits"][0])
        ask()
        complete()
        since, _ = self.all_since(member, begin["cursor"])
        kinds = [each["kind"] for each in since]
        self.assertIn("interfered", kinds)
        self.assertIn("primed", kinds)
        interfered = next(each for each in since if each["kind"] == "interfered")
        self.assertLess(interfered["measures"]["distinctness"], 0.5)
        completed = next(each for each in since if each["kind"] == "completed")
        self.assertEqual(completed["detail"], "who")
        self.assertNotIn("Ada", json.dumps(completed))

    def test_several_spaces_are_watched_with_one_cursor_and_a_new_one_from_its_beginning(self):
        member = self.make_node().start()
        for name in ("a-one", "a-two", "other"):
            member.must("space", "create", name)
        post = lambda **body: member.post("/v1/events", body)[1]
        begin = post(prefix="a-")
        self.assertEqual(begin["events"], [])
        put = lambda space, name: member.must("remember", "--space", space, "--id", name, "A heron")
        for space, name in (("a-one", "1"), ("other", "x"), ("a-two", "2"), ("a-one", "3")):
            put(space, name)
        member.must("space", "create", "a-three")
        put("a-three", "4")
        cursor, seen = begin["cursor"], []
        for _ in range(20):
            answer = post(prefix="a-", cursor=cursor, limit=1, wait_ms=200)
            self.assertEqual((answer["missed"], answer.get("silent")), (0, None))
            cursor = answer["cursor"]
            seen += [(each["space"], *each["ids"]) for each in answer["events"]]
            if len(seen) == 4:
                break
        self.assertEqual(sorted(seen), [("a-one", "1"), ("a-one", "3"), ("a-three", "4"),
                                        ("a-two", "2")])
        self.assertLess(seen.index(("a-one", "1")), seen.index(("a-one", "3")))
        self.assertEqual(post(prefix="a-", cursor=cursor)["events"], [])

        waiting = threading.Thread(target=lambda: seen.append(
            post(spaces=["a-one", "a-two"], cursor=cursor, wait_ms=20000)["events"]))
        waiting.start()
        wait_for(lambda: member.metric("engram_actors_watches") == 1, "a watch under way")
        put("a-two", "5")
        waiting.join()
        self.assertEqual([(each["space"], *each["ids"]) for each in seen[-1]], [("a-two", "5")])
        lines = [json.loads(line) for line in member.must(
            "watch", "--all-spaces", "--from-start", "--no-wait", "--json").splitlines()]
        self.assertEqual(sorted((each["space"], *each["ids"]) for each in lines
                                if each["kind"] == "remembered"),
                         [("a-one", "1"), ("a-one", "3"), ("a-three", "4"), ("a-two", "2"),
                          ("a-two", "5"), ("other", "x")])
        status, problem = member.post("/v1/events", {"cursor": "00"})
        self.assertEqual((status, problem["code"]), (400, "invalid_argument"))

    def test_a_watch_waits_at_no_stopping_node_and_only_who_may_read_watches(self):
        member = self.make_node().start()
        member.must("space", "create", "notes")
        live = watcher(member)
        self.addCleanup(live.end)
        wait_for(lambda: member.metric("engram_actors_watches") == 1, "a watch under way")
        self.assertEqual(member.stop(), 0)
        member.start()
        remember(member, "a")
        wait_for(lambda: ("remembered", "a") in live.seen(), "a watch that goes on")
        key = json.loads(member.must("key", "create", "--scope", "read", "--space",
                                     "else", "--json"))["secret"]
        refused = harness.run("watch", "--server", member.rpc, "--key", key, "--space", "notes",
                              "--no-wait")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("forbidden", harness.said(refused))

    def test_a_cursor_goes_on_at_any_member_also_when_one_is_lost(self):
        members = self.make_members(3, "--replication-factor", "2")
        members[0].must("space", "create", "notes")
        for each in members:
            wait_for(lambda each=each: each.cli("space", "show", "notes").returncode == 0,
                     "a member that knows the space")
        cursor = self.post(members[2])["cursor"]
        names = [f"m{n}" for n in range(6)]
        for n, name in enumerate(names):
            remember(members[n % 3], name)
        seen = []
        for n in range(60):  # a page at each member in turn
            answer = self.post(members[n % 3], cursor=cursor, limit=1, wait_ms=500)
            self.assertEqual(answer["missed"], 0)
            cursor = answer["cursor"]
            seen += [name for kind, name in told(answer) if kind == "remembered"]
            if len(seen) == len(names):
                break
        self.assertEqual(sorted(seen), names)
        members[0].kill()
        for each in members[1:]:
            wait_for(lambda each=each: each.metric('engram_node_members state="dead"') == 1,
                     "a dead member")
        remember(members[1], "late", "--durability", "local")
        answer = {"events": []}
        for n in range(60):
            answer = self.post(members[2], cursor=cursor, wait_ms=500)
            cursor = answer["cursor"]
            if answer["events"]:
                break
        self.assertEqual(told(answer), [("remembered", "late")])


if __name__ == "__main__":
    harness.main()
