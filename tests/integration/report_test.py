#!/usr/bin/env python3
"""The page of a Jepsen run, opened offline in a browser: it draws what the history holds."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

JEPSEN = os.environ.get("ENGRAM_JEPSEN", "build/release/jepsen/engram-jepsen")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEADLINE_S = 120
SKIPPED = 77
browser = next(filter(None, map(shutil.which, BROWSERS)), None)


def lines_of_a_run_that_lost_something():
    """Two workers; the second element is acknowledged and in no final read."""
    lines = []

    def say(process, kind, what, value, **more):
        lines.append({"index": len(lines), "time": 10_000_000 * len(lines), "process": process,
                      "type": kind, "f": what, "value": value, "space": "set", **more})

    say("nemesis", "info", "formed", {"nodes": 2, "factor": 2})
    for element in (1, 2):
        say(element % 2, "invoke", "add", element, node=1, durability="quorum")
        say(element % 2, "ok", "add", element, node=1, durability="quorum", copies=2)
    say("nemesis", "info", "kill", {"nodes": [2]}, does="start")
    say(0, "invoke", "add", 3, node=2, durability="quorum")
    say(0, "info", "add", 3, node=2, durability="quorum", error="disconnected",
        context="</script><b id=injected>")
    say("nemesis", "info", "kill", {"nodes": [2]}, does="stop")
    say("nemesis", "info", "healed", {"nodes": [1, 2]})
    say(7, "invoke", "read", None, node=1, final=True)
    say(7, "ok", "read", [1], node=1, final=True)
    return lines


class report(unittest.TestCase):
    def drawn(self, page):
        """The document after its script ran, without any network."""
        with tempfile.TemporaryDirectory(prefix="engram-browser-") as profile:
            shown = subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}",
                 "--dump-dom", page.as_uri()],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=DEADLINE_S, check=True)
        return shown.stdout.decode()

    def test_a_browser_draws_operations_faults_nodes_verdicts_and_the_counter_example(self):
        with tempfile.TemporaryDirectory(prefix="engram-report-") as folder:
            history, page = pathlib.Path(folder, "history.jsonl"), pathlib.Path(folder, "page.html")
            history.write_text("".join(json.dumps(line) + "\n"
                                       for line in lines_of_a_run_that_lost_something()))
            judged = subprocess.run([JEPSEN, "check", history, "--workload", "set", "--html", page],
                                    capture_output=True, timeout=DEADLINE_S)
            self.assertEqual(judged.returncode, 1, judged.stderr)
            document = self.drawn(page)
        body = document[document.index("<main>"):document.index("</main>")]
        self.assertIn('data-drawn="4"', document)  # its script came to its end
        self.assertEqual(len(re.findall(r'class="op"', body)), 4)
        self.assertGreaterEqual(len(re.findall(r'class="fault"', body)), 1)
        self.assertIn("element 2 is lost", body)
        self.assertRegex(body, r'<span class="INVALID">')
        self.assertRegex(body, r'<pre id="example">[^<]*add')
        self.assertIn(">node 2<", body)
        self.assertNotIn("<b", body)  # a value is text, whatever it says


if __name__ == "__main__":
    if browser is None:
        print("skipped: no", " or ".join(BROWSERS), "is installed")
        sys.exit(SKIPPED)
    unittest.main()
