#!/usr/bin/env python3
"""What it costs to write into a large store: octets on the disk for an observation, merges included.

    windows_bench.py MAKE_FEED ZONEGEN [RECORDS [WINDOWS [SIZE [NEW_EACH]]]]

Imports RECORDS, and then WINDOWS windows of SIZE observations each, in a transaction of their own, of
records that the store has (one in NEW_EACH is new; 0: none). Octets are those that the kernel counts
for the process (getrusage(2)), which do not depend on how busy the machine is; the disk space is looked
at all the time. Prints a line of a Markdown table.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

BLOCK = 512  # octets of ru_oublock


def disk_octets(directory):
    total = 0
    for path in directory.iterdir():
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

    def run(self):
        while not self._ended.wait(0.05):
            if self.directory.exists():
                self.most = max(self.most, disk_octets(self.directory))

    def end(self):
        self._ended.set()
        self.join()
        return self.most


def importing(make_feed, zonegen, store, numbers, batch):
    """Imports what make_feed prints: seconds, processor seconds, octets written, the largest size."""
    peak = Peak(store)
    peak.start()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    feed = subprocess.Popen([make_feed, *map(str, numbers)], stdout=subprocess.PIPE)
    started = time.monotonic()
    subprocess.run([zonegen, "--store", store, "import", "--batch", str(batch), "-"],
                   stdin=feed.stdout, stderr=subprocess.DEVNULL, check=True)
    seconds = time.monotonic() - started
    feed.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, (after.ru_oublock - before.ru_oublock) * BLOCK, peak.end()


def main():
    make_feed, zonegen = sys.argv[1:3]
    given = [int(number) for number in sys.argv[3:]]
    records, windows, size, new_each = given + [2_000_000, 100, 10_000, 0][len(given):]
    parent = os.environ.get("BENCH_DIRECTORY")
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-", dir=parent) as directory:
        store = pathlib.Path(directory) / "store"
        seconds, octets, peak = importing(make_feed, zonegen, store, [records], 1_000_000)
        print(f"base: {records} records, {records / seconds:.0f}/s, {octets / records:.0f} octets "
              f"written each, {peak / records:.1f} on disk at most, "
              f"{disk_octets(store) / records:.1f} after it", file=sys.stderr)
        observations = windows * size
        seconds, octets, peak = importing(
            make_feed, zonegen, store, ["windows", records, observations, new_each], size)
        stats = json.loads(subprocess.run([zonegen, "--store", store, "stats", "--json"],
                                          stdout=subprocess.PIPE, check=True).stdout)
        held = stats["records"]
        print(f"| {records} | {windows} x {size} | {new_each or 'none'} | "
              f"{octets / observations:.0f} | {observations / seconds:.0f} | {peak / held:.1f} | "
              f"{disk_octets(store) / held:.1f} |")
        print(json.dumps(stats.get("levels")), file=sys.stderr)


if __name__ == "__main__":
    main()
