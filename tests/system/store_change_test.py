"""A store that is removed, replaced, cut short or damaged while a responder serves it, and under
`dnshist-zonegen`: it is said, nothing false is answered, and no program ends without a word.
"""

import shutil
import struct
import unittest.mock
import urllib.request

from dns_client import (NOERROR, NXDOMAIN, PATIENCE, SERVFAIL, closed, framed, question,
                        receive_message)
from harness import (RESPONDER, WWW, ZONEGEN, FolderCase, Responder, import_text, notify_socket,
                     record, run, until)
from observed import Observed

FIRST, SECOND = "history.first.example.pdns.local", "history.second.example.pdns.local"
READERS = ("check",), ("stats",), ("export",), ("export", "--format", "dnsdb"), \
    ("export", "--format", "zone"), ("copy",)


def many(suffix, count=3000):
    return "".join(record(f"n{n}.{suffix}", f"10.0.{n >> 8}.{n & 255}") for n in range(count))


class ServedTest(FolderCase):
    def test_a_store_that_is_removed_and_made_again(self):
        import_text(self.store, record("first.example."))
        with notify_socket(self.folder / "notify", WATCHDOG_USEC="100000") as systemd, \
                Observed(self.store, self.folder) as responder:
            self.assertEqual(responder.ask(FIRST).rcode, NOERROR)
            self.assertEqual(responder.number("dnshist_store_reopened_total"), 0)
            shutil.rmtree(self.store)
            responder.wait_for("warning: the store .*: data.mdb was removed; it is opened anew")
            responder.wait_for("warning: there is no store in ")
            responder.wait_for("the store cannot be read; systemd is not told that all is well")
            answer = responder.ask(FIRST)
            self.assertEqual(answer.rcode, SERVFAIL)
            self.assertIn(b"\0\x0f\0\x1a\0\x0ethe store cannot be read", answer.octets)
            self.assertEqual(responder.number("dnshist_store_up"), 0)
            systemd.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                for _ in range(1000):  # those that were sent before
                    systemd.recv(1000)
            systemd.settimeout(PATIENCE)

            import_text(self.store, record("second.example."))
            responder.wait_for("info: the store .* is open again")
            until(lambda: responder.ask(SECOND).rcode == NOERROR)
            self.assertEqual(responder.ask(FIRST).rcode, NXDOMAIN)
            self.assertEqual(responder.number("dnshist_store_up"), 1)
            self.assertEqual(responder.number("dnshist_store_reopened_total"), 1)
            self.assertEqual(systemd.recv(1000), b"WATCHDOG=1")
            self.assertEqual(responder.stop(), 0)

    def test_a_store_that_is_replaced(self):
        import_text(self.store, record("first.example."))
        other = self.folder / "other"
        import_text(other, record("second.example."))
        with Responder(self.store) as responder:
            self.assertEqual(responder.ask(SECOND).rcode, NXDOMAIN)
            self.store.rename(self.folder / "before")
            other.rename(self.store)
            responder.wait_for("data.mdb was (replaced by another file|removed)")
            until(lambda: responder.ask(SECOND).rcode == NOERROR)

    # As many transactions, one less, and more: each is a way to choose the wrong meta page.
    def test_a_file_that_is_copied_over(self):
        for transactions in 1, 2, 4:
            store = self.folder / f"store{transactions}"
            import_text(store, record("first.example."))
            import_text(store, record("more.example."))
            other = self.folder / f"other{transactions}"
            for number in range(transactions):
                import_text(other, record("second.example.", f"192.0.2.{number + 1}"))
            with Responder(store) as responder:
                self.assertEqual(responder.ask(FIRST).rcode, NOERROR)
                shutil.copyfile(other / "data.mdb", store / "data.mdb")
                # Each worker opens it for itself.
                until(lambda: len(responder.ask(SECOND).lines) == transactions)
                self.assertEqual(responder.stop(), 0)

    def test_a_file_that_is_cut_short_and_mended(self):
        import_text(self.store, many("example."))
        whole = (self.store / "data.mdb").read_bytes()
        names = [f"history.n{n}.example.pdns.local" for n in range(0, 3000, 100)]
        with Responder(self.store) as responder:
            with open(self.store / "data.mdb", "r+b") as data:
                data.truncate(3 * 4096)
            for name in names:
                self.assertEqual(responder.ask(name).rcode, SERVFAIL)
            responder.wait_for("data.mdb is cut short: it has 12288 of ")
            (self.store / "data.mdb").write_bytes(whole)
            responder.wait_for("the store .* is open again")
            until(lambda: responder.ask(names[0]).rcode == NOERROR)
            self.assertEqual(responder.stop(), 0)


    # A page that LMDB might not survive is found before a question leads there.
    def test_a_page_that_is_damaged_and_mended(self):
        import_text(self.store, many("example."))
        path = self.store / "data.mdb"
        whole = path.read_bytes()
        with Responder(self.store) as responder:
            broken = bytearray(whole)
            for page in range(2 * 4096, len(broken), 4096):
                if broken[page + 10] & 3:  # a branch or a leaf
                    broken[page + 10] ^= 3
            with open(path, "r+b") as data:
                data.write(broken)
            responder.wait_for("warning: the store .*: page [0-9]+ of data.mdb is damaged: it is "
                               "of another kind; it is opened anew")
            until(lambda: responder.ask("history.n1.example.pdns.local").rcode == SERVFAIL)
            with open(path, "r+b") as data:
                data.write(whole)
            responder.wait_for("the store .* is open again")
            until(lambda: responder.ask("history.n1.example.pdns.local").rcode == NOERROR)
            self.assertEqual(responder.stop(), 0)


class ReadTest(FolderCase):
    def read_all(self):
        """Each command that reads the store, and its result."""
        for arguments in READERS:
            target = [self.folder / "copy"] if arguments == ("copy",) else []
            with self.subTest(arguments=arguments):
                yield arguments, run(ZONEGEN, "--config", "/dev/null", "--store", self.store,
                                     *arguments, *target)

    def test_a_file_that_is_cut_short(self):
        import_text(self.store, many("example."))
        data = self.store / "data.mdb"
        size = data.stat().st_size
        with open(data, "r+b") as opened:
            opened.truncate(size // 2 + 5)
        for arguments, result in self.read_all():
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(f"cannot read the store {self.store}: data.mdb is cut short: it has "
                          f"{size // 2 + 5} of ", result.stderr)
            self.assertIn("restore it from a copy", result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
        said = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "import",
                   self.folder / "none")
        self.assertEqual(said.returncode, 1)

    def test_a_page_that_lmdb_does_not_survive(self):
        import_text(self.store, record("first.example."))
        data = self.store / "data.mdb"
        octets = bytearray(data.read_bytes())
        # Each version of the entry "statistics" becomes one of several values, which the store
        # does not have: flags and the key's length are before the key.
        entry = struct.pack("<HH", 0, 10) + b"statistics"
        self.assertIn(entry, octets)
        octets = octets.replace(entry, struct.pack("<HH", 4, 10) + b"statistics")
        data.write_bytes(octets)
        result = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "check")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("of data.mdb is damaged: an entry has no such kind", result.stderr)
        result = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "stats")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn(f"reading the store {self.store} ended with a signal", result.stderr)
        self.assertIn("restore it from a copy", result.stderr)
        served = run(RESPONDER, "--config", "/dev/null", "--store", self.store, "--listen",
                     "127.0.0.1@0")
        self.assertEqual(served.returncode, 1, served)
        self.assertIn("of data.mdb is damaged: an entry has no such kind", served.stderr)

    # If LMDB finds the fault itself, it would abort().
    def test_a_page_that_cannot_be(self):
        import_text(self.store, many("example."))
        data = self.store / "data.mdb"
        octets = bytearray(data.read_bytes())
        for page in range(2 * 4096, len(octets), 4096):
            if octets[page + 10] & 3:  # a branch or a leaf
                octets[page + 10] = 0
        data.write_bytes(octets)
        for arguments, result in self.read_all():
            self.assertEqual(result.returncode, 1, result)
            if arguments == ("check",):
                self.assertIn("of data.mdb is damaged: it is of another kind", result.stderr)
            else:
                self.assertIn("data.mdb is no intact LMDB file", result.stderr)


class DescriptorsTest(FolderCase):
    """As few files as the process may open, and more clients than that."""

    def test_idle_clients_make_room(self):
        import_text(self.store, record("www.example.com."))
        config = self.folder / "few.toml"
        config.write_text("[responder]\nmetrics = \"127.0.0.1@0\"\nthreads = 1\n")
        limited = self.folder / "limited"
        limited.write_text(f'#!/bin/sh\nulimit -n 100\nexec "{RESPONDER}" "$@"\n')
        limited.chmod(0o700)
        with unittest.mock.patch("harness.RESPONDER", limited), \
                Responder(self.store, config=config) as responder:
            responder.wait_for("the limit of open files, 100, is too low .* there is room for")
            port = int(responder.wait_for(r"metrics at http://127\.0\.0\.1:(\d+)/")[1])
            idle = [responder.tcp(source=f"127.0.3.{number + 1}") for number in range(150)]
            with responder.tcp() as client:
                client.sendall(framed(question(WWW + ".pdns.local")))
                self.assertEqual(receive_message(client).rcode, NOERROR)
            self.assertEqual(closed(idle[0]), b"")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics",
                                        timeout=PATIENCE) as scraped:
                self.assertIn(b"\ndnshist_store_up 1\n", scraped.read())
            for client in idle:
                client.close()
