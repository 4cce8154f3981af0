"""balboa's RocksDB backend, fed as balboa itself restores a store: a dump, replayed.

The dump, the questions and the answers are MessagePack. What is measured is the backend alone; what
feeds it runs on the other core.
"""

import json
import random
import re
import socket
import struct
import time

from comparison.process import Process, cores, free_port, run
from stores.store import Store

MOST_FOUND = 100
SETTLED = 2  # seconds in which the backend did next to nothing


class Balboa(Store):
    name = "balboa"
    package = "balboa-backend-rocksdb"

    def is_installed(self):
        try:
            run("sh", "-c", "command -v balboa-rocksdb && command -v balboa-backend-console")
        except RuntimeError:
            return False
        return True

    def start(self):
        port = free_port()
        backend = Process(["balboa-rocksdb", "-d", self.path, "-p", port],
                          self.path.with_suffix(".log"), cores()[0])
        while True:
            try:
                return backend, port, Client(port)
            except ConnectionRefusedError:
                backend.check()
                time.sleep(0.01)

    def load(self, feed):
        dump = self.path.with_suffix(".dump")
        last = write_dump(feed, dump)
        backend, port, client = self.start()
        with backend, client:
            before = backend.cpu_seconds()
            began = time.monotonic()
            run("balboa-backend-console", "replay", "-p", port, "-d", dump, core=cores()[1])
            # Nothing is acknowledged; a connection's observations are taken in order.
            while not client.ask(rrname=last["rrname"], rdata=last["rdata"]):
                time.sleep(0.01)
            cost = {"seconds": time.monotonic() - began,
                    "cpu": backend.cpu_since(before),
                    "memory": peak_memory(backend)}
        dump.unlink()
        return cost

    def settle(self):
        backend, _, client = self.start()
        with backend, client:
            quiet = 0
            while quiet < SETTLED:
                before = backend.cpu_seconds()
                time.sleep(0.5)
                quiet = quiet + 0.5 if backend.cpu_seconds() - before < 0.03 else 0

    def look_up(self, feed, count):
        wanted = sample(feed, count)
        backend, _, client = self.start()
        with backend, client:
            found = {}
            for measuring in False, True:
                for direction, field in ("forward", "rrname"), ("backward", "rdata"):
                    before = backend.cpu_seconds()
                    records = sum(client.ask(**{field: record[field], "rrtype": record["rrtype"]})
                                  for record in wanted)
                    if measuring:
                        found[direction] = {
                            "cpu": backend.cpu_since(before) / len(wanted) * 1e6,
                            "records": records / len(wanted)}
            return found

    def octets(self):
        return super().octets() - sum(
            path.stat().st_size for path in [self.path.with_suffix(".log")] if path.exists())


def peak_memory(process):
    status = open(f"/proc/{process.child.pid}/status", encoding="ascii").read()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def sample(feed, count):
    """Records of the types that are looked up both ways, at random."""
    chosen = []
    randomly = random.Random(1)
    seen = 0
    with open(feed, encoding="ascii") as lines:
        for line in lines:
            if '"rrtype":"TXT"' in line:
                continue
            seen += 1
            place = seen - 1 if seen <= count else randomly.randrange(seen)
            if place < len(chosen):
                chosen[place] = line
            elif place < count:
                chosen.append(line)
    randomly.shuffle(chosen)
    return [json.loads(line) for line in chosen]


# MessagePack, as much of it as is needed.

def octets_of(value):
    data = value.encode()
    return (bytes([0xc4, len(data)]) if len(data) < 256 else struct.pack("!BH", 0xc5, len(data))) + data


def text_of(value):
    data = value.encode()
    if len(data) < 32:
        return bytes([0xa0 | len(data)]) + data
    if len(data) < 256:
        return bytes([0xd9, len(data)]) + data
    return struct.pack("!BH", 0xda, len(data)) + data


def number_of(value):
    return struct.pack("!BI", 0xce, value)


def write_dump(feed, dump):
    """A feed as a dump: a map for each observation, whose keys are numbers. The last of them."""
    with open(feed, encoding="ascii") as lines, open(dump, "wb") as out:
        for line in lines:
            record = json.loads(line)
            out.write(b"\x87\x00" + octets_of(record["rrname"]) + b"\x01" +
                      octets_of(record["rrtype"]) + b"\x02" + octets_of(record["rdata"]) +
                      b"\x03" + octets_of("sensor") + b"\x04" + number_of(record["count"]) +
                      b"\x05" + number_of(record["time_first"]) + b"\x06" +
                      number_of(record["time_last"]))
    return record


class Client:
    """Asks the backend as balboa's frontend does."""

    QUESTION, START, DATA, END = 2, 130, 131, 132

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, rrname=None, rdata=None, rrtype=None):
        """How many records there are, of MOST_FOUND at most."""
        inner = b"\x89" + text_of("Limit") + number_of(MOST_FOUND)
        for field, value in ("rrname", rrname), ("rdata", rdata), ("rrtype", rrtype), \
                ("sensorID", None):
            inner += text_of("Q" + field) + text_of(value or "")
            inner += text_of("H" + field) + (b"\xc2" if value is None else b"\xc3")
        self.socket.sendall(b"\x82" + text_of("T") + number_of(self.QUESTION) + text_of("M") +
                            struct.pack("!BH", 0xc5, len(inner)) + inner)
        found = 0
        while (kind := self.message()) != self.END:
            found += kind == self.DATA
        return found

    def message(self):
        """The kind of the next message: {"T": kind, "M": octets}."""
        self.take(3)  # the map, and "T"
        first = self.take(1)[0]
        kind = self.take(1)[0] if first == 0xcc else first
        self.take(2)  # "M"
        size = self.take(1)[0]
        length = self.take({0xc4: 1, 0xc5: 2, 0xc6: 4}[size])
        self.take(int.from_bytes(length, "big"))
        return kind

    def take(self, size):
        while len(self.received) < size:
            # The backend sends an answer in pieces, each after the acknowledgement of the one before.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("the backend hung up")
            self.received += more
        taken, self.received = self.received[:size], self.received[size:]
        return taken
