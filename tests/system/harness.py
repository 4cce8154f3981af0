"""What the system tests stand on: the real programs, started and asked.

Nothing here sleeps: a program is waited for by the lines that it logs, an answer by its socket.
ctest names the programs in DNSHIST_RESPONDER and DNSHIST_ZONEGEN.
"""

import json
import os
import pathlib
import re
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

RESPONDER = os.environ.get("DNSHIST_RESPONDER", "dnshist-responder")
ZONEGEN = os.environ.get("DNSHIST_ZONEGEN", "dnshist-zonegen")
PATIENCE = 20  # seconds for any one thing to happen; generous, as sanitizers are slow

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
A, TXT, ANY = 1, 16, 255


def run(*command, timeout=PATIENCE, **options):
    """Runs a command to its end; its CompletedProcess, with text."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=timeout, check=False, **options)


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
    record = {"rrtype": "A", "time_first": 1577836800, "time_last": 1577836800}
    import_text(store, "\n".join(json.dumps(record | {
        "rrname": "huge.example.", "rdata": f"10.0.{n >> 8}.{n & 255}", "count": n + 1,
    }) for n in range(20000)) + "\n" + json.dumps(record | {
        "rrname": small, "rdata": address, "count": 1}))


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

    def stop(self, number=signal.SIGTERM):
        """Ends it with a signal; the exit code and how many seconds it took."""
        began = time.monotonic()
        self.send(number)
        return self.process.wait(PATIENCE), time.monotonic() - began


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


def question(name, qtype=TXT, number=1, payload=1232):
    """A question as a resolver sends it: RD set, EDNS with a payload size (none where 0).

    A name is text without escapes, or a tuple of labels.
    """
    labels = name if isinstance(name, tuple) else name.encode().split(b".")
    labels = b"".join(bytes([len(label)]) + label for label in labels if label)
    message = struct.pack("!6H", number, 0x0100, 1, 0, 0, 1 if payload else 0)
    message += labels + b"\0" + struct.pack("!2H", qtype, 1)
    if payload:
        message += struct.pack("!BHHIH", 0, 41, payload, 0, 0)
    return message


def framed(message):
    """A message as it goes over TCP."""
    return struct.pack("!H", len(message)) + message


def receive_exactly(client, size):
    octets = b""
    while len(octets) < size:
        part = client.recv(size - len(octets))
        if not part:
            raise EOFError(f"the connection ended {size - len(octets)} octets early")
        octets += part
    return octets


def receive_message(client):
    """The next message on a TCP connection."""
    (size,) = struct.unpack("!H", receive_exactly(client, 2))
    return Answer(receive_exactly(client, size))


def closed(client):
    """Reads until the server closes the connection; the octets that came before."""
    octets = b""
    try:
        while part := client.recv(65536):
            octets += part
    except ConnectionResetError:
        pass
    return octets


def hung_up(client):
    """Waits, without reading, until the server gives the connection up; whether it did."""
    poll = select.poll()
    poll.register(client, 0)
    return bool(poll.poll(PATIENCE * 1000))


class Answer:
    """What a test wants to know of a response: number, rcode, flags, and the TXT records' text
    and RDATA."""

    def __init__(self, message):
        self.octets = message
        self.number, self.flags, questions, answers, _, _ = struct.unpack("!6H", message[:12])
        self.rcode = self.flags & 15
        self.truncated = bool(self.flags & 0x0200)
        self.lines = []
        self.rdata = []
        self.ttls = []
        at = 12
        for _ in range(questions):
            at = self._skip_name(at) + 4
        for _ in range(answers):
            at = self._skip_name(at)
            rtype, _, ttl, size = struct.unpack("!HHIH", message[at:at + 10])
            at += 10
            self.ttls.append(ttl)
            if rtype == TXT:
                self.lines.append(self._text(message[at:at + size]))
                self.rdata.append(message[at:at + size])
            at += size

    def _skip_name(self, at):
        while self.octets[at] not in (0,) and self.octets[at] < 0xc0:
            at += 1 + self.octets[at]
        return at + (2 if self.octets[at] >= 0xc0 else 1)

    @staticmethod
    def _text(rdata):
        text = b""
        while rdata:
            text += rdata[1:1 + rdata[0]]
            rdata = rdata[1 + rdata[0]:]
        return text.decode()
