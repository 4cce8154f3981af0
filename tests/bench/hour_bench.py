#!/usr/bin/env python3
"""A large store that is written for an hour, with a reader that asks all the time.

    hour_bench.py [--build DIR] [--records N] [--rate N] [--size N] [--new-each N] [--seconds N]
                  [--picture FILE] [--keep DIR]

Imports as many records, and then so many observations a second in windows of --size, one in --new-each of
a new record, in one import that reads from a pipe. Meanwhile a responder is asked for the history of
names that were just observed, one question at a time, a hundred a second at most. Each ten seconds it
takes down the rate, the octets that the kernel counted as written by the importer, the disk space, and
how long answers took; at the end it prints what came of it and writes a picture. --keep names a directory
for the store, which is left as the importer's last window left it, merges still to come among it: to
measure what a question costs there, beside one of `copy`.
"""

import argparse
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

from comparison.plot import course, plot
from windows_bench import disk_octets

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(TOP / "tests" / "support"))
import dns_client  # pylint: disable=wrong-import-position

ADDRESS = "127.0.0.2"
SAMPLE = 10  # seconds
QUESTIONS = 100  # a second, at most


def written_by(pid):
    text = pathlib.Path(f"/proc/{pid}/io").read_text(encoding="ascii")
    return int(re.search(r"^write_bytes: (\d+)$", text, re.MULTILINE)[1])


class Reader(threading.Thread):
    """Asks for names that were observed, and takes down how long each answer took."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.connect((ADDRESS, port))
        self.client.settimeout(5)
        self.names = []  # what may be asked
        self.took = []  # seconds, since they were last looked at
        self.failed = 0  # no answer, or one that is no history
        self.ended = False

    def run(self):
        while not self.ended:
            began = time.monotonic()
            if self.names:
                self.ask(random.choice(self.names))
            time.sleep(max(0, 1 / QUESTIONS - (time.monotonic() - began)))

    def ask(self, name):
        began = time.monotonic()
        try:
            self.client.send(dns_client.question(f"history.{name}pdns.local"))
            answer = self.client.recv(65535)
        except TimeoutError:
            self.failed += 1
            return
        self.took.append(time.monotonic() - began)
        self.failed += answer[3] & 15 != 0 or answer[6:8] == b"\0\0"


def start_responder(build, store):
    child = subprocess.Popen([build / "responder" / "dnshist-responder", "--config", "/dev/null",
                              "--store", store, "--listen", f"{ADDRESS}@0"],
                             stderr=subprocess.PIPE, text=True)
    for line in child.stderr:
        if found := re.search(r"listening on \S+@(\d+)", line):
            threading.Thread(target=child.stderr.read, daemon=True).start()
            return child, int(found[1])
    sys.exit("the responder did not start")


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0


class Course:
    """What was taken down each ten seconds."""

    def __init__(self, store, importer, reader):
        self.store, self.importer, self.reader = store, importer, reader
        self.began = self.last = time.monotonic()
        self.given = self.written = 0
        self.rows, self.took = [], []

    def due(self):
        return time.monotonic() - self.last >= SAMPLE

    def take(self, given):
        now, written = time.monotonic(), written_by(self.importer.pid)
        took, self.reader.took = self.reader.took, []
        self.took += took
        self.rows.append((now - self.began, (given - self.given) / (now - self.last),
                          (written - self.written) / (now - self.last), disk_octets(self.store),
                          percentile(took, 0.99)))
        self.last, self.given, self.written = now, given, written

    def picture(self):
        titles = ("observations a second", "MB written a second", "MB on disk", "p99 of an answer, ms")
        scales = (1, 1e-6, 1e-6, 1e3)
        return plot([(title, [(row[0], row[column + 1] * scale) for row in self.rows])
                     for column, (title, scale) in enumerate(zip(titles, scales))], course)

    def tell(self, records):
        took, most = self.took, max(row[3] for row in self.rows)
        print(f"{self.given:,} observations in {self.rows[-1][0]:.0f} s, "
              f"{self.written / self.given:.0f} octets written each; on disk {most / records:.1f} "
              f"octets a record at most and {self.rows[-1][3] / records:.1f} at the end; "
              f"{len(took):,} answers, p50 {percentile(took, .5) * 1e3:.2f} ms, "
              f"p99 {percentile(took, .99) * 1e3:.2f} ms, longest {max(took) * 1e3:.0f} ms, "
              f"{self.reader.failed} failed", flush=True)


def feed(make_feed, given, importer, course_of):
    """Gives observations at the rate, as far as the importer takes them; how many."""
    source = subprocess.Popen([make_feed, "windows", str(given.records), str(10**12),
                               str(given.new_each)], stdout=subprocess.PIPE)
    count, began = 0, time.monotonic()
    while (elapsed := time.monotonic() - began) < given.seconds:
        for _ in range(min(1000, int(elapsed * given.rate) - count)):
            line = source.stdout.readline()
            importer.stdin.write(line)
            count += 1
            if count % 500 == 0:
                course_of.reader.names.append(re.search(rb'"rrname":"([^"]+)"', line)[1].decode())
        del course_of.reader.names[:-1000]
        if course_of.due():
            course_of.take(count)
        if int((time.monotonic() - began) * given.rate) <= count:
            time.sleep(0.01)
    source.kill()
    source.wait()
    return count


def measure(given, directory):
    store = directory / "store"
    zonegen = [given.build / "zonegen" / "dnshist-zonegen", "--config", "/dev/null", "--store", store]
    make_feed = given.build / "tests" / "bench" / "make_feed"
    first = subprocess.Popen([make_feed, str(given.records)], stdout=subprocess.PIPE)
    subprocess.run([*zonegen, "import", "-"], stdin=first.stdout, stderr=subprocess.DEVNULL, check=True)
    first.wait()
    print(f"{given.records:,} records, {disk_octets(store) / given.records:.1f} octets each", flush=True)
    responder, port = start_responder(given.build, store)
    importer = subprocess.Popen([*zonegen, "import", "--batch", str(given.size), "-"],
                                stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    reader = Reader(port)
    try:
        reader.start()
        taken = Course(store, importer, reader)
        count = feed(make_feed, given, importer, taken)
        taken.take(count)
        taken.tell(given.records + (count // given.new_each if given.new_each else 0))
        if given.picture:
            given.picture.write_text(taken.picture(), encoding="ascii")
    finally:
        reader.ended = True
        reader.join()
        for child in importer, responder:
            child.kill()
            child.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=TOP / "build" / "release")
    parser.add_argument("--records", type=int, default=50_000_000)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--new-each", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--picture", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True)
        return measure(given, given.keep)
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-",
                                     dir=os.environ.get("BENCH_DIRECTORY")) as directory:
        return measure(given, pathlib.Path(directory))


if __name__ == "__main__":
    main()
