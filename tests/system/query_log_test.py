"""The query log of dnshist-responder: where, when and what it writes, and what it survives."""

import os
import re
import signal
import subprocess

from dns_client import NOERROR, framed, question, receive_message
from harness import RESPONDER, WWW, Responder, StoreCase, run, until
from observed import Observed

LINE = (r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S+) (udp|tcp) (\S+) (\S+) ([A-Z]+) (\d+) "
        r"(\d+)")


class QueryLogTest(StoreCase):
    def setUp(self):
        self.path = self.folder / f"{self._testMethodName}.log"

    def logging(self, path=None):
        """A responder that logs questions."""
        return Observed(self.store, self.folder, f"query_log = \"{path or self.path}\"")

    def lines(self, path=None):
        text = (path or self.path).read_bytes().decode("ascii")
        self.assertTrue(text == "" or text.endswith("\n"))
        for line in text.splitlines():
            self.assertRegex(line, f"^{LINE}$")
        return [re.fullmatch(LINE, line).groups()[1:6] for line in text.splitlines()]

    def test_a_line_a_question(self):
        with self.logging() as responder:
            responder.ask(WWW + ".pdns.local")
            responder.ask("history.no.example.pdns.local")
            with responder.tcp() as client:
                client.sendall(framed(question("Names.Example.COM.pdns.local")))
                receive_message(client)
            # No question, but an answer: another opcode.
            with responder.udp() as client:
                client.send(b"\0\1\x20\0" + b"\0" * 8)
                client.recv(65535)
            responder.stop()
        self.assertEqual(sorted(self.lines()), sorted([
            ("127.0.0.1", "udp", WWW + ".pdns.local.", "TXT", "NOERROR"),
            ("127.0.0.1", "udp", "history.no.example.pdns.local.", "TXT", "NXDOMAIN"),
            ("127.0.0.1", "tcp", "Names.Example.COM.pdns.local.", "TXT", "NOERROR"),
            ("127.0.0.1", "udp", "-", "-", "NOTIMP"),
        ]))
        self.assertEqual(self.path.stat().st_mode & 0o777 & ~0o640, 0)

    def test_a_line_is_there_soon(self):
        with self.logging() as responder:
            responder.ask(WWW + ".pdns.local")
            while not self.lines():
                pass

    def test_odd_names_make_no_odd_lines(self):
        labels = [b"a\nb", b"c d", b"\x1b[31m", b"\x00", b"\xff\xfe", b"q\"uo\\te", b"dot.ted",
                  b"\r\n2026-01-01T00:00:00.000000Z", b"%s%n"]
        with self.logging() as responder, responder.udp() as client:
            for label in labels:
                message = bytearray(question("x.pdns.local"))
                message[12:14] = bytes([len(label)]) + label
                client.send(message)
                client.recv(65535)
            responder.stop()
        names = [name for _, _, name, _, _ in self.lines()]
        self.assertEqual(names[:3], [r"a\010b.pdns.local.", r"c\032d.pdns.local.",
                                     r"\027[31m.pdns.local."])
        self.assertEqual(len(names), len(labels))
        self.assertEqual(names[6], r"dot\.ted.pdns.local.")

    def test_a_log_that_was_moved_away_is_begun_anew(self):
        old = self.path.with_suffix(".1")
        with self.logging() as responder:
            responder.ask("stats.pdns.local")
            while not self.lines():
                pass
            self.path.rename(old)
            responder.ask("version.pdns.local")
            while len(self.lines(old)) < 2:
                pass
            responder.reload()
            responder.ask("help.pdns.local")
            responder.stop()
        self.assertEqual([line[2] for line in self.lines(old)],
                         ["stats.pdns.local.", "version.pdns.local."])
        self.assertEqual([line[2] for line in self.lines()], ["help.pdns.local."])

    def test_a_log_that_was_moved_away_is_begun_anew_whatever_the_configuration_is(self):
        with self.logging() as responder:
            self.path.rename(self.path.with_suffix(".1"))
            responder.config.write_text("nonsense")
            responder.send(signal.SIGHUP)
            responder.wait_for("the configuration stays as it was")
            responder.ask("help.pdns.local")
            responder.stop()
        self.assertEqual([line[2] for line in self.lines()], ["help.pdns.local."])

    def test_a_reload_turns_it_on_and_off_and_moves_it(self):
        other = self.path.with_suffix(".other")
        with self.logging(other) as responder:
            def log_to(path):
                responder.config.write_text("[responder]\nmetrics = \"127.0.0.1@0\"\n"
                                            f"query_log = \"{path}\"\n")
                responder.reload()

            # A worker is told by a message of its own; one that it got is in force with the next.
            # The log's own thread writes the line when it has its turn.
            def ask_until(path, label):
                def is_logged():
                    responder.ask(label + ".pdns.local")
                    return path.exists() and any(line[2].startswith(label)
                                                 for line in self.lines(path))
                until(is_logged)
            ask_until(other, "one")
            log_to(self.path)
            ask_until(self.path, "two")
            log_to("")
            for number in range(20):
                responder.ask(f"three{number}.pdns.local")
            log_to(other)
            ask_until(other, "four")
            responder.stop()
        # The last question before the log was moved may have been another worker's.
        self.assertTrue(any(line[2].startswith("two") for line in self.lines()))
        self.assertFalse(any(line[2].startswith("four") for line in self.lines()))

    def test_a_log_that_cannot_be_opened_again_goes_on(self):
        with self.logging() as responder:
            responder.config.write_text("[responder]\nquery_log = \"/nonexistent/log\"\n")
            responder.reload()
            responder.wait_for("error: the query log /nonexistent/log cannot be opened: "
                               "No such file or directory; logging goes on as it was")
            responder.ask("help.pdns.local")
            responder.stop()
        self.assertEqual(len(self.lines()), 1)

    def test_a_log_that_cannot_be_opened_is_said_at_the_start(self):
        config = self.folder / "missing.toml"
        config.write_text("[responder]\nquery_log = \"/nonexistent/log\"\n")
        result = run(RESPONDER, "--store", self.store, "--config", config, "--listen",
                     "127.0.0.2@0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the query log /nonexistent/log cannot be opened", result.stderr)

    def test_a_full_disk_costs_lines_and_no_answers(self):
        with self.logging("/dev/full") as responder:
            for _ in range(50):
                self.assertEqual(responder.ask("help.pdns.local").rcode, NOERROR)
            responder.wait_for("warning: the query log /dev/full loses lines: No space left")
            while responder.number("dnshist_query_log_lost_total{reason=\"failed\"}") < 50:
                pass
            self.assertEqual(responder.stop(), 0)

    def test_a_disk_that_has_room_again_is_written_again(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        log = disk / "log"
        with self.logging(log) as responder:
            asked = 0
            lost = "dnshist_query_log_lost_total{reason=\"failed\"}"
            while responder.number(lost) == 0:
                responder.ask("help.pdns.local")
                asked += 1
            log.rename(disk / "log.1")
            (disk / "log.1").write_bytes(b"")
            responder.reload()
            responder.ask("version.pdns.local")
            while not any(line[2] == "version.pdns.local." for line in self.lines(log)):
                pass
            self.assertEqual(responder.stop(), 0)

    def test_a_reader_that_does_not_read_holds_nothing_up(self):
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        with self.logging() as responder:
            for _ in range(2000):
                self.assertEqual(responder.ask("help.pdns.local").rcode, NOERROR)
            responder.wait_for("loses lines")
            self.assertEqual(responder.stop(), 0)

    def test_nothing_is_logged_without_configuration(self):
        with Responder(self.store) as responder:
            responder.ask("secret.pdns.local")
            responder.stop()
            self.assertNotIn("secret", "\n".join(responder.log))
