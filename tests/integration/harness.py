"""Real `engram` processes on loopback: free ports, temporary folders, the shipped command line.

The binary is $ENGRAM. Nothing here waits for a fixed time: it waits for an event, up to a deadline
that only a broken program reaches.
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ENGRAM = os.environ.get("ENGRAM", "build/release/node/engram")
DEADLINE_S = 60  # sanitizers and busy machines included
CRASHES = ("CHECK(", "Sanitizer", "runtime error:", "terminate called")
SKIPPED = 77     # ctest's exit code for a test that cannot run here


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """The first true value of condition(); fails, saying what was awaited, at the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    raise AssertionError(f"waited {deadline_s} s for {what}")


given_ports = set()  # in this process: no two of its nodes get one port


def is_free(port):
    """For TCP and UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    """A port nobody listens on, and none that the system gives to outgoing connections (Linux: from
    32768), so that a node which was stopped finds its own address free again.
    """
    while True:
        port = random.SystemRandom().randrange(10000, 32000)
        if port not in given_ports and is_free(port):
            given_ports.add(port)
            return port


def run(*arguments, text=None, deadline_s=DEADLINE_S, environment=None):
    """`engram ARGUMENTS`, its output captured."""
    return subprocess.run([ENGRAM, *map(str, arguments)], input=text, capture_output=True,
                          timeout=deadline_s, env={**os.environ, **(environment or {})})


def said(finished):
    """All that a finished process wrote, for searching and for messages."""
    return (finished.stdout + finished.stderr).decode(errors="replace")


class node:
    """One node process at a time on one data folder; addresses stay over restarts."""

    def __init__(self, data, *flags):
        self.data = pathlib.Path(data)
        self.flags = flags
        self.rpc = f"127.0.0.1:{free_port()}"
        self.http = f"127.0.0.1:{free_port()}"
        self.gossip = f"127.0.0.1:{free_port()}"
        self.log = self.data.parent / f"{self.data.name}.log"
        self.process = None

    def launch(self):
        """Starts the process without waiting until it serves."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [ENGRAM, "node", "--data", self.data, "--rpc", self.rpc, "--http", self.http,
                 "--gossip", self.gossip, *map(str, self.flags)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def start(self):
        self.launch()
        wait_for(self.serves, "a node that serves")
        return self

    def start_with_key(self, key):
        """As start(), of a node that asks for a key."""
        self.launch()
        wait_for(lambda: self.serves("--key", key), "a node that serves")
        return self

    def serves(self, *flags):
        if self.process.poll() is not None:
            raise AssertionError(f"the node ended with {self.process.returncode}:\n{self.tail()}")
        return run("status", "--server", self.rpc, *flags).returncode == 0

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def tail(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    # -- clients --

    def cli(self, command, *arguments, text=None):
        return run(command, *arguments, "--server", self.rpc, text=text)

    def must(self, command, *arguments, text=None):
        finished = self.cli(command, *arguments, text=text)
        if finished.returncode != 0:
            raise AssertionError(f"engram {command} {arguments} ended with "
                                 f"{finished.returncode}: {said(finished)}\n{self.tail()}")
        return finished.stdout

    def import_lines(self, memories, *flags):
        return self.cli("import", "--format", "jsonl", "--space-field", "set", *flags, "-",
                        text=lines_of(memories))

    def must_import(self, memories, *flags):
        finished = self.import_lines(memories, *flags)
        if finished.returncode != 0:
            raise AssertionError(f"import failed: {said(finished)}\n{self.tail()}")

    def export(self, space):
        """{id: its line as bytes}; fails when an id comes twice."""
        found = {}
        for line in self.must("export", "--space", space, "--format", "jsonl").splitlines():
            name = json.loads(line)["id"]
            if name in found:
                raise AssertionError(f"exported twice: {name}")
            found[name] = line
        return found

    def status(self):
        return json.loads(self.must("status", "--json"))

    def post(self, path, body):
        """POSTs bytes, or what is to be JSON, to the HTTP port; (status, answer)."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = urllib.request.Request(f"http://{self.http}{path}", data=content,
                                       headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=DEADLINE_S) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def metrics(self):
        """{'name{labels}': value}."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=DEADLINE_S) as answer:
            text = answer.read().decode()
        rows = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in rows}

    def metric(self, words):
        """Sum of every sample whose name and labels contain each of the words."""
        return sum(value for name, value in self.metrics().items()
                   if all(word in name for word in words.split()))


def lines_of(memories):
    return "".join(json.dumps(m, ensure_ascii=False) + "\n" for m in memories).encode()


def make_memories(count, seed=1, space="test", prefix="m"):
    """Memories that differ, of changing length, with every field that an import reads."""
    draw = random.Random(seed)
    words = ["river", "stone", "lantern", "orchard", "harbour", "violin", "snow", "copper", "fern",
             "market", "letter", "bridge", "candle", "meadow", "anchor", "winter"]
    people = ["Ada", "Björn", "Chen", "Dalia"]
    made = []
    for i in range(count):
        text = " ".join(draw.choice(words) for _ in range(draw.randint(3, 60)))
        made.append({"set": space, "id": f"{prefix}{i}", "text": f"{text} number {i}",
                     "when": f"2024-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:30:00Z",
                     "speaker": draw.choice(people), "session": f"s{i // 10}",
                     "tags": ["even" if i % 2 == 0 else "odd"]})
    return made


class integration_test(unittest.TestCase):
    """Gives each test a folder, and ends every node it made."""

    longMessage = True

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="engram-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make_node(self, *flags, data=None):
        made = node(data or self.folder / f"data-{free_port()}", *flags)
        self.addCleanup(self.end, made)
        return made

    def make_members(self, count, *flags):
        """Started, joined through the first, all seen alive by all."""
        members = [self.make_node(*flags)]
        members += [self.make_node("--join", members[0].gossip, *flags) for _ in range(count - 1)]
        for each in members:
            each.start()
        for each in members:
            wait_for(lambda each=each: each.metric('engram_node_members state="alive"') == count,
                     "members that see each other")
        return members

    def end(self, made):
        if made.is_alive():
            made.kill()
        log = made.tail()
        if any(mark in log for mark in CRASHES):
            print(f"-- end of the log of {made.data.name} --\n{log}")
            self.fail("the node's log shows a crash")

    def assert_serves(self, made):
        self.assertTrue(made.is_alive(), f"the node ended:\n{made.tail()}")
        self.assertEqual(made.cli("status").returncode, 0, made.tail())


@contextlib.contextmanager
def recording_proxy(target):
    """A TCP port that forwards to target ("host:port") and keeps what clients sent."""
    import threading
    host, port = target.rsplit(":", 1)
    sent = bytearray()
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source, sink, keep):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if keep:
                    sent.extend(data)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection((host, int(port)))
                for arguments in ((client, server, True), (server, client, False)):
                    threading.Thread(target=pump, args=arguments, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", sent
    finally:
        listener.close()


@contextlib.contextmanager
def cutting_proxy(target, cut_after):
    """A TCP port that forwards to target ("host:port"). Its first connection is cut, before any
    answer, once the client has sent cut_after bytes. Gives (address, number of connections)."""
    import threading
    host, port = target.rsplit(":", 1)
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def pump(source, sink, cut, counts):
        sent = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sent += len(data) if counts else 0
                if counts and sent >= cut_after:
                    cut.set()
                if counts or not cut.is_set():
                    sink.sendall(data)
                if cut.is_set():
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR if cut.is_set() else socket.SHUT_WR)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection((host, int(port)))
                cut, counts = threading.Event(), not connections
                connections.append((client, server))
                for arguments in ((client, server, cut, counts), (server, client, cut, False)):
                    threading.Thread(target=pump, args=arguments, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", connections
    finally:
        listener.close()


def main():
    """Runs the tests of the calling file; a run in which all were skipped says so to ctest."""
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        raise SystemExit(SKIPPED)
    raise SystemExit(0 if result.wasSuccessful() else 1)
