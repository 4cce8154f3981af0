"""contrib/quickstart as a user meets it: three questions answered, and nothing left after Ctrl-C.

Run by ctest with DNSHIST_BUILD naming the build directory, so that nothing is built again.
"""

import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from dns_client import PATIENCE
from harness import PROJECT, record


class Quickstart:
    """A running contrib/quickstart, in a session of its own so that what it leaves can be seen."""

    def __init__(self, home, *arguments, port=0):
        environment = dict(os.environ, XDG_DATA_HOME=str(home), DNSHIST_PORT=str(port), CI="true")
        self.process = subprocess.Popen(
            ["bash", str(PROJECT / "contrib" / "quickstart"), *map(str, arguments)],
            env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.output = ""
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def read_until(self, text):
        """Reads up to and with the line that holds `text`; an error where the output ends first."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.output:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            if line is None:
                raise AssertionError(f"ended before saying {text!r}:\n{self.output}")
            self.output += line

    def members(self):
        """The processes of its session that still live, by their command lines."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                # pid (name) state parent group session ...; the name may hold anything.
                state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(session) == self.process.pid and state != "Z":
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return found

    def interrupt(self):
        """Ctrl-C; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        self.process.stdout.close()


def answers(output):
    """The lines below each question, as {question: [line]}."""
    found = {}
    for block in re.split(r"\n\$ dig ", output)[1:]:
        first, *rest = block.split("\n")
        found[first.split()[-1]] = rest[:rest.index("")] if "" in rest else rest
    return found


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dnshist quickstart ")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)

    def start(self, *arguments, **options):
        quickstart = Quickstart(self.home, *arguments, **options)
        self.addCleanup(quickstart.clean_up)
        quickstart.read_until("Serving until Ctrl-C.")
        return quickstart

    def stop(self, quickstart):
        self.assertTrue(any("dnshist-responder" in line for line in quickstart.members()))
        self.assertEqual(quickstart.interrupt(), 0)
        self.assertEqual(quickstart.members(), [])

    def test_sample_twice(self):
        for _ in range(2):
            quickstart = self.start()
            told = answers(quickstart.output)
            self.assertEqual(len(told), 3, quickstart.output)
            self.assertIn('"2023-08-12T01:15:02Z 2023-08-12T10:12:30Z 412 www.harbour.example. A 203.0.113.66"',
                          told["a.cname.history.www.harbour.example.pdns.local"])
            self.assertIn('"2023-08-12T01:14:09Z 2023-08-12T10:02:51Z 61 harbour.example. NS ns1.nightowl.example."',
                          told["ns.history.harbour.example.pdns.local"])
            self.assertTrue(any("mail.nightowl.example. A 203.0.113.66" in line
                                for line in told["pivot.203.0.113.66.pdns.local"]))
            self.stop(quickstart)
        # Nothing is counted twice: the second run has said so.
        self.assertRegex(quickstart.output, "(?i)already")

    def test_feed_of_ones_own(self):
        feed = self.home / "my own feed.json"
        rows = [("one.example.", "192.0.2.1"), ("one.example.", "192.0.2.2"),
                ("two.example.", "192.0.2.3")]
        feed.write_text("".join(
            record(name, address, count=7, first=1500000000, last=1500000100)
            for name, address in rows))
        quickstart = self.start(feed)
        told = answers(quickstart.output)
        self.assertEqual(set(told), {"stats.pdns.local", "history.one.example.pdns.local",
                                     "history.two.example.pdns.local"})
        self.assertEqual(len(told["history.one.example.pdns.local"]), 2)
        self.assertEqual(told["history.two.example.pdns.local"],
                         ['"2017-07-14T02:40:00Z 2017-07-14T02:41:40Z 7 two.example. A 192.0.2.3"'])
        self.stop(quickstart)

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as holder:
            taken = holder.getsockname()[1]
            quickstart = self.start(port=taken)
            self.assertIn(f"Port {taken} of 127.0.0.1 is taken", quickstart.output)
            self.assertNotIn(f"-p {taken} ", quickstart.output)
            self.assertEqual(len(answers(quickstart.output)), 3)
            self.stop(quickstart)

    def test_killed(self):
        """Even where the script has no chance to clean up, the responder goes with it."""
        quickstart = self.start()
        quickstart.process.kill()
        quickstart.process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while quickstart.members() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(quickstart.members(), [])

    def test_unreadable_feed(self):
        quickstart = Quickstart(self.home, self.home / "nothing")
        self.addCleanup(quickstart.clean_up)
        with self.assertRaisesRegex(AssertionError, "cannot read"):
            quickstart.read_until("Serving")
        self.assertEqual(quickstart.process.wait(PATIENCE), 1)
