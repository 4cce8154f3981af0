#!/usr/bin/env python3
"""What live dnstap costs: messages a second into a fresh store, memory, and room on disk.

    listen_bench.py ZONEGEN [MESSAGES [SENDERS]]

Sent over a Unix socket, after they were made, are responses of authoritative servers to a resolver:
for a host an address, an alias with its address, or the referral to its domain with two name servers
and their glue, one third each, so 2.3 records a message. A third of the messages is about a host
that comes for the first time; the others repeat a message of the last 300,000 hosts, most of them
one of a few popular ones. So it is a cache that misses a lot, and a store that grows all the time.

The senders and `listen` share the machine; `listen`'s own processor time is told beside the rates.
"""

import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import dnstap  # pylint: disable=wrong-import-position

PIECE = 30_000  # messages
NEW = PIECE // 3
RECENT = 300_000  # hosts


def resource(owner, rrtype, rdata):
    return owner + struct.pack("!HHIH", rrtype, 1, 300, len(rdata)) + rdata


def address(owner, number):
    return resource(owner, 1, struct.pack("!I", 0x0a000000 + number * 2654435761 % 2**24))


def pointer(offset):
    return struct.pack("!H", 0xc000 | offset)


def message(number):
    """The data frame about a host; always the same for a number."""
    host = f"h{number:x}"
    domain = f"d{number // 4:x}.example"
    question = dnstap.wire(f"{host}.{domain}") + struct.pack("!2H", 1, 1)
    qname, zone = pointer(12), pointer(12 + 1 + len(host))
    counts, records, asked = (1, 0, 0), address(qname, number), domain
    if number % 3 == 1:
        alias = resource(qname, 5, b"\3web" + zone)
        target = pointer(12 + len(question) + len(alias) - 6)
        counts, records = (2, 0, 0), alias + address(target, number)
    elif number % 3 == 2:
        servers = [resource(zone, 2, b"\3ns" + digit + zone) for digit in (b"1", b"2")]
        first = 12 + len(question) + len(servers[0]) - 6
        glue = [address(pointer(first + place * len(servers[0])), number + place)
                for place in (0, 1)]
        counts, records, asked = (0, 2, 2), b"".join(servers + glue), "example"
    response = struct.pack("!6H", 7, 0x8400, 1, *counts) + question + records
    return dnstap.data({dnstap.KIND: 4, dnstap.QUERY_ADDRESS: b"\x7f\0\0\1",
                        dnstap.RESPONSE_TIME: 1_700_000_000 + number // 1000,
                        dnstap.ZONE: dnstap.wire(asked), dnstap.RESPONSE: response}, b"resolver")


def make(path, messages):
    """Writes the frames to a file; the offsets at which senders may take it apart."""
    chance = random.Random(1)
    recent = []
    ends = [0]
    with open(path, "wb") as out:
        for first in range(0, messages // 3, NEW):
            fresh = [message(number) for number in range(first, first + NEW)]
            recent = recent[-RECENT + NEW:] + fresh
            repeated = [recent[-1 - int(len(recent) * chance.random() ** 4)]
                        for _ in range(PIECE - NEW)]
            out.write(b"".join(fresh + repeated))
            ends.append(out.tell())
    return ends


def send(socket_path, path, begin, end):
    with socket.socket(socket.AF_UNIX) as client, open(path, "rb") as file:
        client.connect(socket_path)
        client.sendall(dnstap.control(dnstap.READY, dnstap.CONTENT))
        client.recv(100)
        client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT))
        if end > begin:
            client.sendfile(file, begin, end - begin)
        client.sendall(dnstap.control(dnstap.STOP))
        client.recv(100)


def status(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"{key}:\s+(\d+)", file.read())[1])


def processor_time(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return [int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in (user, system)]


def main():
    zonegen = sys.argv[1]
    messages = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    senders = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-") as directory:
        feed, path, store = (os.path.join(directory, name) for name in ("feed", "tap", "store"))
        ends = make(feed, messages)
        messages = (len(ends) - 1) * PIECE
        print(f"messages             {messages}, {ends[-1] / messages:.0f} octets each, from "
              f"{senders} senders")
        listen = subprocess.Popen([zonegen, "--config", "/dev/null", "--store", store, "listen",
                                   "--dnstap", f"unix:{path}"], stderr=subprocess.PIPE, text=True)
        listen.stderr.readline()  # it listens

        cuts = [ends[(len(ends) - 1) * part // senders] for part in range(senders + 1)]
        threads = [threading.Thread(target=send, args=(path, feed, *cuts[part:part + 2]))
                   for part in range(senders)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        memory = status(listen.pid, "VmHWM")
        own = status(listen.pid, "RssAnon")
        user, system = processor_time(listen.pid)
        listen.send_signal(signal.SIGTERM)
        said = listen.communicate()[1]
        elapsed = time.monotonic() - started

        told = re.findall(r"(\d+) frames, (\d+) observations, (\d+) of them written: (\d+) new", said)
        frames, _, written, new = map(int, told[-1])
        if listen.returncode != 0 or frames != messages:
            sys.exit(said)
        octets = os.stat(os.path.join(store, "data.mdb")).st_size
        print(f"elapsed              {elapsed:.1f} s, all written")
        print(f"processor            {user:.1f} s user, {system:.1f} s system")
        print(f"messages/s           {messages / elapsed:.0f}, "
              f"{messages / (user + system):.0f} a second of processor")
        print(f"observations/s       {written / elapsed:.0f}, "
              f"{written / (user + system):.0f} a second of processor")
        print(f"memory at most       {memory / 1024:.0f} MiB, of which the store's pages; "
              f"{own / 1024:.0f} MiB of its own at the end")
        print(f"records              {new}")
        print(f"data.mdb             {octets} octets, {octets / new:.1f} a record")
        shutil.rmtree(store)


if __name__ == "__main__":
    main()
