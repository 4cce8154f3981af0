"""dnshist-responder, and dnshist-zonegen listen, within the restrictions of their systemd units, as far
as that goes without systemd: see confined.py for what is enforced and what is not."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import confined
from dns_client import NOERROR, PATIENCE, Answer, framed, question, receive_message
from harness import (RESPONDER, WWW, ZONEGEN, Server, import_text, notify_socket, record,
                     run)
from listening import finish, shake_hands, told
from observed import Observed

UNIT = os.environ["DNSHIST_UNIT"]
LISTEN_UNIT = os.environ["DNSHIST_LISTEN_UNIT"]
# Debian's own, which has python3-seccomp where that is installed, and which any user may run.
PYTHON = "/usr/bin/python3"
CONFINED = str(pathlib.Path(confined.__file__).resolve())
USER = "nobody"


def can_filter():
    return run(PYTHON, "-c", "import seccomp").returncode == 0 and shutil.which("systemd-analyze")


def why_not():
    """The reason why no program can be confined here, or None."""
    if os.getuid() != 0:
        return "needs root"
    if not shutil.which("setpriv") or not os.access(PYTHON, os.X_OK):
        return "needs setpriv and /usr/bin/python3"
    tried = run(PYTHON, "-B", CONFINED, UNIT, USER, "", "--", "/bin/true")
    if tried.returncode != 0:
        return "a program cannot be confined here: " + tried.stderr.strip().split("\n")[-1]
    if subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "test", "-x", RESPONDER],
                      check=False).returncode != 0:
        return f"{USER} cannot run {RESPONDER}"
    return None


class UnitFileTest(unittest.TestCase):
    def test_what_it_says(self):
        unit = confined.read_unit(UNIT)
        self.assertEqual(unit["Type"], ["notify"])
        self.assertEqual(unit["CapabilityBoundingSet"], ["CAP_NET_BIND_SERVICE"])
        self.assertEqual(unit["User"], ["dnshist"])
        self.assertEqual(unit["NoNewPrivileges"], ["yes"])
        self.assertEqual(unit["ProtectSystem"], ["strict"])
        self.assertGreater(int(unit["WatchdogSec"][0]), 0)

    def test_what_that_of_listen_says(self):
        unit = confined.read_unit(LISTEN_UNIT)
        self.assertEqual(unit["Type"], ["notify"])
        self.assertEqual(unit["CapabilityBoundingSet"], [""])
        self.assertNotIn("AmbientCapabilities", unit)
        self.assertEqual(unit["ReadWritePaths"], ["/run/dnshist"])
        # The settings that both have are the same.
        other = confined.read_unit(UNIT)
        for key in other.keys() & unit.keys() - {"Description", "Documentation", "ExecStart",
                                                 "LimitNOFILE", "CapabilityBoundingSet"}:
            self.assertEqual(unit[key], other[key])

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
    def test_their_exposure(self):
        for unit in UNIT, LISTEN_UNIT:
            result = run("systemd-analyze", "security", "--offline=true", "--threshold=16", unit)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class ConfinedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)
        cls.filtered = bool(can_filter())
        if not cls.filtered:
            print("NOT COVERED: SystemCallFilter, RestrictAddressFamilies and "
                  "MemoryDenyWriteExecute (needs python3-seccomp and systemd-analyze)",
                  file=sys.stderr)
        folder = tempfile.TemporaryDirectory(prefix="dnshist-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.folder.chmod(0o755)
        cls.store = cls.folder / "store"
        import_text(cls.store, record("www.example.com.", "192.0.2.1") +
                    "".join(record(f"n{number}.example.com.", "192.0.2.1")
                            for number in range(3000)))
        cls.logs = cls.folder / "logs"
        cls.logs.mkdir()
        for path in cls.store, cls.logs, *cls.store.iterdir():
            shutil.chown(path, USER)

    def confine(self, *command, unit=UNIT, writable=()):
        places = ":".join(map(str, (self.store, self.logs, *writable)))
        return [PYTHON, "-B", CONFINED, unit, USER, places, "--", *command]

    def tries(self, code):
        """The output of a few lines of Python, confined."""
        result = run(*self.confine(PYTHON, "-c", code))
        return result.stdout.strip() or result.stderr.strip().split("\n")[-1]

    # That what the other test shows is shown of a program that is confined indeed.

    def test_the_file_system_is_read_only(self):
        outside = self.folder / "outside"
        outside.mkdir(mode=0o777)
        outside.chmod(0o777)
        for path in outside, pathlib.Path("/tmp"):
            self.assertIn("Read-only file system", self.tries(f"open('{path}/x', 'w')"))
        self.assertEqual(self.tries(f"open('{self.logs}/x', 'w'); print('written')"), "written")

    def test_it_is_no_root(self):
        self.assertEqual(self.tries("import os; print(os.getuid() > 0, os.getgroups())"),
                         "True []")
        status = self.tries("print(open('/proc/self/status').read())")
        for line in "CapBnd:\t0000000000000400", "CapEff:\t0000000000000400", "NoNewPrivs:\t1":
            self.assertIn(line, status)

    def test_system_calls_are_filtered(self):
        if not self.filtered:
            self.skipTest("there is no filter")
        self.assertIn("Operation not permitted",
                      self.tries("import socket; socket.socket(socket.AF_NETLINK, "
                                 "socket.SOCK_RAW)"))
        self.assertIn("Operation not permitted",
                      self.tries("import mmap; mmap.mmap(-1, 4096, prot=6)"))
        self.assertIn("Operation not permitted", self.tries("import os; os.nice(1)"))
        self.assertEqual(self.tries("import socket; socket.socket(); print('opened')"), "opened")

    # The responder.

    def test_it_serves(self):
        config = self.folder / "dnshist.toml"
        log = self.logs / "queries"
        config.write_text("[responder]\nmetrics = \"127.0.0.1@0\"\nthreads = 2\n"
                          f"query_log = \"{log}\"\n")
        with notify_socket(self.logs / "notify", mode=0o777, WATCHDOG_USEC="60000000") as systemd:
            with ConfinedResponder(self.confine(RESPONDER, "--store", self.store, "--config",
                                                config, "--listen", "127.0.0.2@0")) as responder:
                self.assertEqual(systemd.recv(1000), b"READY=1")
                self.assertEqual(systemd.recv(1000), b"WATCHDOG=1")
                self.serves(responder)

                responder.send(signal.SIGHUP)
                responder.wait_for("the configuration was read again")
                told = [systemd.recv(1000)]
                while told.count(b"READY=1") == 0:
                    told.append(systemd.recv(1000))
                self.assertTrue(any(word.startswith(b"RELOADING=1") for word in told))
                # The store grows under it.
                import_text(self.store, record("late.example.com.", "192.0.2.2"))
                self.assertEqual(responder.ask("history.late.example.com.pdns.local").rcode,
                                 NOERROR)
                self.serves(responder)

                self.assertEqual(responder.stop(), 0)
                self.assertFalse([line for line in responder.log
                                  if " warning: " in line or " error: " in line])
        lines = log.read_text().splitlines()
        self.assertTrue(any("history.late.example.com" in line for line in lines))
        self.assertEqual(log.stat().st_mode & 0o777, 0o640)

    def test_it_takes_the_port_of_dns(self):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                free.bind(("127.0.0.53", 53))
        except OSError as error:
            self.skipTest(f"port 53 of 127.0.0.53 is not free: {error}")
        with Server(*self.confine(RESPONDER, "--store", self.store, "--listen", "127.0.0.53@53",
                                  "--config", "/dev/null"),
                    ready=["listening on 127.0.0.53@53"]) as responder:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(PATIENCE)
                client.connect(("127.0.0.53", 53))
                client.send(question("version.pdns.local"))
                self.assertEqual(Answer(client.recv(65535)).rcode, NOERROR)
            self.assertEqual(responder.stop(), 0)

    # Listening.

    def test_it_listens(self):
        place = self.folder / "run"  # as dnshist.tmpfiles has it
        place.mkdir()
        shutil.chown(place, USER, "daemon")
        place.chmod(0o2750)
        path = place / "dnstap.sock"
        with Server(*self.confine(ZONEGEN, "--config", "/dev/null", "--store", self.store, "listen",
                                  "--dnstap", f"unix:{path}", "--dnstap", "127.0.0.1@0",
                                  unit=LISTEN_UNIT, writable=[place]),
                    ready=["listening for dnstap at unix:", "listening for dnstap at 127"]) as listen:
            self.assertEqual(path.stat().st_mode & 0o777, 0o660)
            self.assertEqual((path.owner(), path.group()), (USER, "daemon"))
            status = pathlib.Path(f"/proc/{listen.pid}/status").read_text()
            for line in "CapBnd:\t0000000000000000", "CapEff:\t0000000000000000":
                self.assertIn(line, status)
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(str(path))
                shake_hands(client)
                client.sendall(told("listened.example.com"))
                finish(client)
            self.assertEqual(listen.stop(), 0)
            self.assertFalse(path.exists())
        exported = run(ZONEGEN, "--store", self.store, "export", "listened.example.com")
        self.assertIn("192.0.2.1", exported.stdout)

    def serves(self, responder):
        self.assertEqual(responder.ask(WWW + ".pdns.local").rcode, NOERROR)
        with responder.tcp() as client:
            for name in WWW, "sort-count.history.*.com", "summary.example.com", "names.com":
                client.sendall(framed(question(name + ".pdns.local")))
                self.assertEqual(receive_message(client).rcode, NOERROR)
        self.assertGreaterEqual(responder.number("dnshist_put_off_total"), 1)


class ConfinedResponder(Observed):
    """A responder whose command line is given whole."""

    def __init__(self, command):  # pylint: disable=super-init-not-called
        Server.__init__(self, *command, ready=[
            r"metrics at http://127\.0\.0\.1:(\d+)/metrics", r"listening on 127\.0\.0\.2@(\d+)"])
        self.metrics_port, self.port = (int(match[1]) for match in self.ready)
