"""contrib/bulk_seen: many names and addresses in one go, over one connection."""

import socket
import subprocess
import threading
import unittest

from dns_client import PATIENCE
from harness import PROJECT, Responder, StoreCase, record

BULK = PROJECT / "contrib" / "bulk_seen"
MANY = 32_000


def bulk(lines, *arguments):
    return subprocess.run([BULK, *map(str, arguments)], input=lines, capture_output=True, text=True,
                          timeout=4 * PATIENCE, check=False)


class BulkSeenTest(StoreCase):
    CONTENT = "".join([record("www.example.com."), record("v6.example.com.", "2001:db8::1", "AAAA"),
                       record("mail.example.com.", "10 mx.example.net.", "MX"),
                       *(record(f"n{n}.example.org.", f"10.0.{n >> 8}.{n & 255}")
                         for n in range(0, MANY // 16, 2))])

    def ask(self, lines, *arguments):
        with Responder(self.store) as responder:
            return bulk(lines, "--server", "127.0.0.2", "--port", responder.port, *arguments)

    def test_names_addresses_prefixes_and_filters(self):
        done = self.ask("# addresses\n192.0.2.1\n\n2001:db8::1\n192.0.2.0/24\n192.0.2.9\n"
                        "www.example.com\nexample.com.\nnever.example.com\n")
        self.assertEqual(done.stdout, "192.0.2.1\tseen\n2001:db8::1\tseen\n192.0.2.0/24\tseen\n"
                         "192.0.2.9\tnever\nwww.example.com\tseen\nexample.com.\tseen\n"
                         "never.example.com\tnever\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.ask("mail.example.com\nwww.example.com\n", "--filters", "after-2019.mx")
        self.assertEqual(done.stdout, "mail.example.com\tseen\nwww.example.com\tnever\n")

    def test_32000_addresses_in_their_order(self):
        addresses = [f"10.0.{n >> 8}.{n & 255}" for n in range(MANY)]
        done = self.ask("\n".join(addresses))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertEqual([line.split("\t")[0] for line in lines], addresses)
        self.assertEqual([n for n, line in enumerate(lines) if line.endswith("\tseen")],
                         list(range(0, MANY // 16, 2)))

    def test_mistakes_are_named_and_the_rest_is_asked(self):
        done = self.ask(f"a..b\n192.0.2.0/33\n{'x' * 64}.com\nm\u00fcnchen.de\n192.0.2.1\n")
        self.assertEqual(done.stdout, "192.0.2.1\tseen\n")
        self.assertEqual(done.returncode, 1)
        told = done.stderr.splitlines()
        self.assertEqual(len(told), 4)
        for part in ("line 1: a..b: a label is empty", "line 3: xxx", "line 4: m\u00fcnchen.de: only ASCII",
                     "192.0.2.0/33: '192.0.2.0/33' is no prefix"):
            self.assertIn(part, done.stderr)

    def test_a_client_that_may_not_ask(self):
        config = self.folder / "denied.toml"
        config.write_text('[responder]\ndeny = ["127.0.0.0/8"]\n')
        with Responder(self.store, config=config) as responder:
            done = bulk("192.0.2.1\n", "--server", "127.0.0.2", "--port", responder.port)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("192.0.2.1: ", done.stderr)


class NoServerTest(unittest.TestCase):
    def check(self, answer, expected):
        """What is told of a server that sends these octets and hangs up."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            def serve():
                client = server.accept()[0]
                with client:
                    client.recv(65536)
                    client.sendall(answer)
            thread = threading.Thread(target=serve)
            thread.start()
            done = bulk("192.0.2.1\n", "--port", server.getsockname()[1])
            thread.join(PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(expected, done.stderr)

    def test_servers_that_are_none(self):
        self.check(b"", "closed the connection; 1 questions are left")
        self.check(b"\0\x03abc", "no DNS message")
        self.check(b"\0\x0c\0\0\x84\0\0\x01\0\0\0\0\0\0", "no DNS message")

    def test_nobody_listens(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            done = bulk("192.0.2.1\n", "--port", free.getsockname()[1])
        self.assertEqual(done.returncode, 2)
        self.assertIn("refused", done.stderr)

    def test_wrong_options(self):
        done = bulk("", "--zone", "a..b")
        self.assertEqual(done.returncode, 2)
        self.assertIn("a label is empty", done.stderr)
