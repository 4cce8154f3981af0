"""The real programs, started and asked, and what a test needs beside them.

A program is waited for by the lines that it logs, an answer by its socket; no test sleeps for a fixed
time and hopes. run_test.py puts the programs into DNSHIST_RESPONDER and DNSHIST_ZONEGEN.
DNSHIST_SHARED_DATA is a directory of feeds from the world, which is not part of the project.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock

from dns_client import PATIENCE, TXT, Answer, question

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "contrib" / "sample" / "harbour.cof.ndjson"
SHARED_DATA = pathlib.Path(os.environ.get("DNSHIST_SHARED_DATA",
                                          PROJECT.parent / "shared" / "data"))
RESPONDER = os.environ["DNSHIST_RESPONDER"]
ZONEGEN = os.environ["DNSHIST_ZONEGEN"]
SANITIZED = os.environ.get("DNSHIST_SANITIZE", "") != ""
LONG = os.environ.get("DNSHIST_LONG", "") != ""
YEAR_2020, YEAR_2021 = 1577836800, 1609459200


def shared_data(*names):
    """The paths of files or folders in SHARED_DATA; skips the test if one is absent or empty."""
    paths = [SHARED_DATA / name for name in names]
    for path in paths:
        if not path.exists() or path.is_dir() and not any(path.iterdir()):
            raise unittest.SkipTest(f"no test data at {path} (DNSHIST_SHARED_DATA)")
    return paths if len(paths) > 1 else paths[0]


def installed(program):
    """The path of a program; skips the test if there is none. Servers are often in sbin only.

    A program that is given with its path is one of ours, and must be there.
    """
    if "/" in program:
        return program
    path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise unittest.SkipTest(f"{program} is not installed")
    return path


def run(*command, timeout=PATIENCE, **options):
    """Runs a command to its end; its CompletedProcess, with text. Skips where it is not installed."""
    program, *arguments = map(str, command)
    return subprocess.run([installed(program), *arguments], capture_output=True, text=True,
                          timeout=timeout, check=False, **options)


def repetitions(variable, short, long):
    """How often a loop runs: as the environment says, or by whether the long run is wanted."""
    return int(os.environ.get(variable, long if LONG else short))


def until(happens):
    """Waits until the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.01)


def record(owner, rdata="192.0.2.1", rrtype="A", count=1, first=None, last=None, **more):
    """A COF object as a line; seen throughout 2020 if no time is given, once at `first` if no other."""
    if first is None:
        first, last = YEAR_2020, YEAR_2021
    return json.dumps({"rrname": owner, "rrtype": rrtype, "rdata": rdata, "count": count,
                       "time_first": first, "time_last": first if last is None else last,
                       **more}) + "\n"


def import_text(store, text):
    """Puts COF objects into a store, one a line."""
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as feed:
        feed.write(text)
        feed.flush()
        result = run(ZONEGEN, "--store", store, "import", feed.name, timeout=60)
    if result.returncode != 0:
        raise AssertionError(f"import failed: {result.stderr}")


def import_huge(store, small, address):
    """A store with huge.example., which has 20,000 addresses counted from 1 on, and one small name."""
    import_text(store, "".join(
        record("huge.example.", f"10.0.{n >> 8}.{n & 255}", count=n + 1, first=YEAR_2020)
        for n in range(20000)) + record(small, address, first=YEAR_2020))


class Server:
    """A running program that logs to its standard error, once it has said that it is ready."""

    def __init__(self, *command, ready):
        """`ready`: patterns that its log must show; their matches are self.ready."""
        self.log = []
        self._changed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, text=True)
        self.pid = self.process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.ready = [self.wait_for(pattern) for pattern in ready]
        except AssertionError:
            self.process.kill()
            self.process.communicate()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.process.stderr.close()

    def _read(self):
        for line in self.process.stderr:
            with self._changed:
                self.log.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern, after=0):
        """The match of the first log line, of those after the first `after`, with the pattern."""
        found = []

        def seen():
            found[:] = filter(None, (re.search(pattern, line) for line in self.log[after:]))
            return found or self._ended

        with self._changed:
            self._changed.wait_for(seen, PATIENCE)
            if not found:
                raise AssertionError(f"no line {pattern!r} in the log:\n" + "\n".join(self.log))
            return found[0]

    def send(self, number):
        self.process.send_signal(number)

    def reload(self):
        """Has the configuration read again, and waits until it was."""
        after = len(self.log)
        self.send(signal.SIGHUP)
        self.wait_for("the configuration was read again", after)

    def stop(self, number=signal.SIGTERM):
        """Ends it with a signal; the exit code."""
        self.send(number)
        return self.process.wait(PATIENCE)


class Responder(Server):
    """A running dnshist-responder, on port 0 of 127.0.0.2 unless `listen` says otherwise.

    Not of 127.0.0.1, from where clients ask: dig and others may be given the server's own port for
    theirs (it is open to sharing), and from the same address they would hear themselves.
    """

    def __init__(self, store, *arguments, listen=("127.0.0.2@0",), config=None):
        command = [RESPONDER, "--store", store, *arguments]
        for endpoint in listen:
            command += ["--listen", endpoint]
        if config is not None:
            command += ["--config", config]
        super().__init__(*command, ready=[
            rf"listening on {re.escape(at.split('@')[0])}@(\d+)" for at in listen])
        self.ports = [int(match[1]) for match in self.ready]
        self.port = self.ports[0]

    def private_memory(self):
        """Octets of memory that are the process's alone (the store's pages are not)."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024

    def open_sockets(self):
        return sum(1 for entry in pathlib.Path(f"/proc/{self.pid}/fd").iterdir()
                   if os.readlink(entry).startswith("socket:"))

    def udp(self, address="127.0.0.2", port=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        client = socket.socket(family, socket.SOCK_DGRAM)
        client.settimeout(PATIENCE)
        client.connect((address, port or self.port))
        return client

    def tcp(self, receive_buffer=None, source=None):
        client = socket.socket()
        if source is not None:
            client.bind((source, 0))
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(("127.0.0.2", self.port))
        return client

    def ask(self, name, qtype=TXT):
        """The answer to one question over UDP."""
        with self.udp() as client:
            client.send(question(name, qtype))
            return Answer(client.recv(65535))


@contextlib.contextmanager
def notify_socket(path, mode=0o700, **environment):
    """The socket at which systemd hears the programs that are started in this context."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        path.chmod(mode)
        systemd.settimeout(PATIENCE)
        with unittest.mock.patch.dict(os.environ, environment, NOTIFY_SOCKET=str(path)):
            yield systemd
        path.unlink()


class Case(unittest.TestCase):
    def assert_octets_below(self, octets, limit):
        """A bound on memory; not asserted of a build with sanitizers, which take memory themselves."""
        if not SANITIZED:
            self.assertLess(octets, limit)


class FolderCase(Case):
    """Each case has a folder of its own, in which a store can be made."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="dnshist ")))
        self.store = self.folder / "store"


WWW = "history.www.example.com"  # a question without its zone, for StoreCase's store


class StoreCase(Case):
    """The cases share a folder and a store, which holds CONTENT, COF objects as text."""

    CONTENT = record("www.example.com.")

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="dnshist "))
        cls.folder = pathlib.Path(folder)
        cls.store = cls.folder / "store"
        import_text(cls.store, cls.CONTENT)
