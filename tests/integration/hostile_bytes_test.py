#!/usr/bin/env python3
"""Random bytes and cut messages on every port: the node lives, serves and counts them."""

import contextlib
import random
import socket

import harness
from harness import integration_test, make_memories, recording_proxy, wait_for

CONNECTIONS = 150


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def throw(address, data, reset=False):
    """Connects, sends, and leaves; the other side may close at any moment."""
    with contextlib.suppress(OSError), socket.create_connection(endpoint(address), 10) as s:
        s.settimeout(0.05)
        with contextlib.suppress(OSError):
            s.sendall(data)
        if reset:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        else:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_WR)
                s.recv(4096)


class hostile_bytes(integration_test):
    def setUp(self):
        super().setUp()
        self.made = self.make_node().start()
        self.made.must_import(make_memories(30))
        self.before = self.made.export("test")
        self.pid = self.made.process.pid

    def assert_unharmed(self):
        self.assert_serves(self.made)
        self.assertEqual(self.made.process.pid, self.pid)
        self.assertEqual(self.made.export("test"), self.before)

    def assert_counted(self, words):
        wait_for(lambda: self.made.metric(words) > 0, f"a metric with {words}", 20)

    def test_random_bytes_on_the_rpc_port(self):
        draw = random.Random(1)
        for i in range(CONNECTIONS):
            throw(self.made.rpc, draw.randbytes(draw.randint(1, 3000)), reset=i % 3 == 0)
        self.assert_unharmed()
        self.assert_counted("malformed port=\"rpc\"")

    def test_real_rpc_conversations_cut_or_flipped_anywhere(self):
        with recording_proxy(self.made.rpc) as (address, sent):
            harness.run("export", "--server", address, "--space", "test", "--format", "jsonl")
            harness.run("recall", "--server", address, "--space", "test", "river stone")
        conversation = bytes(sent)
        self.assertGreater(len(conversation), 100)

        draw = random.Random(2)
        for i in range(CONNECTIONS):
            data = bytearray(conversation[:draw.randint(1, len(conversation))])
            for _ in range(draw.randint(0, 4)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            throw(self.made.rpc, bytes(data), reset=i % 4 == 0)
        self.assert_unharmed()
        self.assert_counted("malformed port=\"rpc\"")

    def test_a_message_that_claims_to_be_huge_is_not_waited_for(self):
        throw(self.made.rpc, b"\0\0\0\0\xff\xff\xff\x7f" + b"x" * 64)
        throw(self.made.rpc, b"\xff\xff\xff\xff" + b"\xff" * 64)
        self.assert_unharmed()
        self.assert_counted("malformed port=\"rpc\"")

    def test_random_bytes_and_cut_requests_on_the_http_port(self):
        draw = random.Random(3)
        request = (b"POST /v1/spaces/test/recall HTTP/1.1\r\nHost: x\r\n"
                   b"Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"cue\": ")
        for i in range(CONNECTIONS):
            data = (draw.randbytes(draw.randint(1, 2000)) if i % 2 == 0
                    else request[:draw.randint(1, len(request))])
            throw(self.made.http, data, reset=i % 3 == 0)
        throw(self.made.http, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n")
        throw(self.made.http, b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * 20_000 + b"\r\n")
        self.assert_unharmed()
        self.assert_counted("malformed port=\"http\"")

    def test_random_datagrams_on_the_gossip_port(self):
        draw = random.Random(4)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for _ in range(500):
                s.sendto(draw.randbytes(draw.randint(0, 1400)), endpoint(self.made.gossip))
            s.sendto(b"\0" * 65_000, endpoint(self.made.gossip))
        self.assert_unharmed()
        self.assert_counted("malformed port=\"gossip\"")

    def test_connections_that_say_nothing_do_not_keep_others_out(self):
        with contextlib.ExitStack() as open_ones:
            for _ in range(100):
                for address in (self.made.rpc, self.made.http):
                    open_ones.enter_context(socket.create_connection(endpoint(address), 10))
            self.assert_unharmed()


if __name__ == "__main__":
    harness.main()
