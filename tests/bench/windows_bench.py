#!/usr/bin/env python3
"""What it costs to write into a large store: octets on the disk for an observation, merges included.

    windows_bench.py [--build DIR] [--records N] [--windows N] [--size N] [--new-each N] [--alone]

Imports as many records, and then windows of observations, each in a transaction of its own, of records
that the store has (one in --new-each is new; 0: none). make_feed's output is piped in. Octets written are
those that the kernel counts for the process (write_bytes of /proc/PID/io), which do not depend on how busy
the machine is; the disk space is looked at all the time. Then balboa's RocksDB takes the same, if it is
installed (apt-get install balboa-backend-rocksdb), without --alone. Prints a line of a Markdown table for
each.

What RESULTS.md wants: --records 50000000 (or 10000000, 200000000) --windows 100 --size 50000 --new-each 5;
--records 2000000 --windows 100 --size 10000; large batches: --records 50000000 --windows 10 --size 5000000
--new-each 2. The store is made in $BENCH_DIRECTORY, which needs 70 octets for a record.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

from stores.balboa import Balboa, write_dump

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = 512  # octets of st_blocks and ru_oublock


def disk_octets(directory):
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_blocks * BLOCK
        except FileNotFoundError:
            pass
    return total


class Peak(threading.Thread):
    """The most disk space that a directory takes while this runs."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.directory = directory
        self.most = 0
        self._ended = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self.join()

    def run(self):
        while not self._ended.wait(0.05):
            if self.directory.exists():
                self.most = max(self.most, disk_octets(self.directory))


class Dnshist:
    name = "dnshist"

    def __init__(self, build, directory):
        self.zonegen = build / "zonegen" / "dnshist-zonegen"
        self.path = directory / "dnshist"

    def take(self, feed, batch):
        """Imports what comes from a pipe: seconds of processor, octets written."""
        child = subprocess.Popen([self.zonegen, "--config", "/dev/null", "--store", self.path, "import",
                                  "--batch", str(batch), "-"], stdin=feed, stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"the import failed: {said.decode()}")
        return usage.ru_utime + usage.ru_stime, usage.ru_oublock * BLOCK

    def settle(self):
        """Nothing is done in the background."""

    def tell(self):
        stats = subprocess.run([self.zonegen, "--config", "/dev/null", "--store", self.path, "stats",
                                "--json"], stdout=subprocess.PIPE, check=True).stdout
        print(json.dumps(json.loads(stats)["levels"]), file=sys.stderr)


class Rocks:
    """balboa's backend, which goes on running; it takes each window as it comes."""

    name = "balboa"

    def __init__(self, directory):
        self.store = Balboa(None, directory)
        self.path = self.store.path
        self.backend, self.port, self.client = self.store.start()

    def take(self, feed, _):
        before = self.backend.cpu_seconds(), self.written()
        pipe = self.path.with_suffix(".pipe")
        os.mkfifo(pipe)
        replay = subprocess.Popen(["balboa-backend-console", "replay", "-p", str(self.port), "-d", pipe],
                                  stdout=subprocess.DEVNULL)
        last = write_dump(f"/dev/fd/{feed.fileno()}", pipe)
        if replay.wait() != 0:
            sys.exit("balboa's replay failed")
        pipe.unlink()
        # Nothing is acknowledged; a connection's observations are taken in order.
        while not self.client.ask(rrname=last["rrname"], rdata=last["rdata"]):
            time.sleep(0.01)
        self.settle()
        return self.backend.cpu_since(before[0]), self.written() - before[1]

    def written(self):
        text = pathlib.Path(f"/proc/{self.backend.child.pid}/io").read_text(encoding="ascii")
        return int(re.search(r"^write_bytes: (\d+)$", text, re.MULTILINE)[1])

    def settle(self):
        """Compactions end, which are a part of what the observations cost."""
        quiet = 0
        while quiet < 2:
            before = self.backend.cpu_seconds()
            time.sleep(0.5)
            quiet = quiet + 0.5 if self.backend.cpu_seconds() - before < 0.03 else 0

    def tell(self):
        self.client.socket.close()
        self.backend.stop()


def measure(store, make_feed, numbers, batch):
    """What it costs a store to take what make_feed prints."""
    with Peak(store.path) as peak:
        feed = subprocess.Popen([make_feed, *map(str, numbers)], stdout=subprocess.PIPE)
        began = time.monotonic()
        cpu, written = store.take(feed.stdout, batch)
        seconds = time.monotonic() - began
        feed.stdout.close()
        feed.wait()
    return {"seconds": seconds, "cpu": cpu, "written": written, "most": peak.most,
            "rests": disk_octets(store.path)}


def row(store, given, observations, new, cost, records):
    print(f"| {store.name} | {given.records:,} | {given.windows:,} x {given.size:,} | {new} | "
          f"{cost['written'] / observations:.0f} | {observations / cost['seconds']:,.0f} | "
          f"{cost['cpu'] / observations * 1e6:.1f} | {cost['most'] / records:.1f} | "
          f"{cost['rests'] / records:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=TOP / "build" / "release")
    parser.add_argument("--make-feed", type=pathlib.Path)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--new-each", type=int, default=0)
    parser.add_argument("--alone", action="store_true", help="leave balboa out")
    given = parser.parse_args()
    make_feed = given.make_feed or given.build / "tests" / "bench" / "make_feed"
    observations = given.windows * given.size
    new = observations // given.new_each if given.new_each else 0
    parent = os.environ.get("BENCH_DIRECTORY")
    print("| store | records | windows | new | octets written an observation | observations/s | CPU "
          "us/observation | octets on disk a record, at most | at rest |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-", dir=parent) as directory:
        stores = [lambda: Dnshist(given.build, pathlib.Path(directory))]
        if not given.alone and Balboa(None, directory).is_installed():
            stores.append(lambda: Rocks(pathlib.Path(directory)))
        else:
            print("balboa is left out", file=sys.stderr)
        for make in stores:
            store = make()
            cost = measure(store, make_feed, [given.records], 1_000_000)
            print(f"{store.name}, the first import: {given.records / cost['seconds']:,.0f}/s, "
                  f"{cost['written'] / given.records:.0f} octets written a record, "
                  f"{cost['most'] / given.records:.1f} on disk at most, "
                  f"{cost['rests'] / given.records:.1f} after it", file=sys.stderr, flush=True)
            cost = measure(store, make_feed,
                           ["windows", given.records, observations, given.new_each], given.size)
            row(store, given, observations, new, cost, given.records + new)
            store.tell()


if __name__ == "__main__":
    main()
