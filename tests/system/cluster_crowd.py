"""Writers and readers of a store in a cluster, for the checker of histories (tests/support/check_history.cpp).

A writer imports one file after the other; a file is a batch. It may be killed at any moment, and then
imports the same file again. Each is acknowledged when an import of it ends without an error and no batch
is unfinished: another writer may be ending it just then. A reader exports all.
"""

import collections
import json
import random
import subprocess
import threading
import time

NAMES = 40
MOST_AT_ONCE = 12  # observations of a batch


class Crowd:
    def __init__(self, folder, zonegen, seed, seconds):
        """`zonegen` is the command, up to its subcommand."""
        self.folder = folder
        self.command = zonegen
        self.seed = seed
        self.ends = time.monotonic() + seconds
        self.events = []
        self.kills = 0
        self.lock = threading.Lock()  # of the two before
        self.failures = []

    def note(self, event, *words):
        with self.lock:
            self.events.append(" ".join((event, *words)))

    def start(self, *arguments):
        return subprocess.Popen([*self.command, *map(str, arguments)], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def output(self, *arguments):
        """Of a command that may be killed by nobody; nothing where it fails."""
        with self.start(*arguments) as process:
            text = process.communicate()[0]
        return text if process.returncode == 0 else None

    def write_batch(self, chosen, path):
        counts = collections.Counter()
        with open(path, "w", encoding="ascii") as out:
            for _ in range(1 + chosen.randrange(MOST_AT_ONCE)):
                name, count = f"n{chosen.randrange(NAMES)}.example.", 1 + chosen.randrange(3)
                counts[name] += count
                out.write(json.dumps({"rrname": name, "rrtype": "A", "rdata": "192.0.2.1", "count": count,
                                      "time_first": 1_600_000_000, "time_last": 1_600_000_000}) + "\n")
            # No other file begins alike.
            out.write(json.dumps({"rrname": f"{path.stem}.files.example.", "rrtype": "A",
                                  "rdata": "192.0.2.2", "count": 1, "time_first": 1_600_000_000,
                                  "time_last": 1_600_000_000}) + "\n")
        counts[f"{path.stem}.files.example."] += 1
        return [f"{name}={count}" for name, count in counts.items()]

    def is_imported(self, chosen, path):
        """Whether it is there as a whole: an import of it came to its end, and so did all others'."""
        with self.start("import", path) as process:
            if time.monotonic() < self.ends and chosen.randrange(2) == 0:
                try:
                    process.wait(chosen.uniform(0.05, 0.8))
                except subprocess.TimeoutExpired:
                    process.kill()
                    with self.lock:
                        self.kills += 1
            process.communicate()
        if process.returncode != 0:
            return False
        statistics = self.output("stats", "--json")
        return statistics is not None and not any(
            lane["unfinished"] for lane in json.loads(statistics)["cluster"]["lanes"])

    def write(self, number):
        chosen = random.Random(f"{self.seed} writer {number}")
        batch = 0
        while time.monotonic() < self.ends:
            path = self.folder / f"w{number}-{batch}.ndjson"
            self.note("send", path.stem, *self.write_batch(chosen, path))
            while not self.is_imported(chosen, path):
                pass
            self.note("acknowledge", path.stem)
            batch += 1

    def read_all(self):
        text = self.output("export")
        if text is None:
            return None
        counts = collections.Counter()
        for line in text.splitlines():
            record = json.loads(line)
            counts[record["rrname"].rstrip(".") + "."] += record["count"]
        return [f"{name}={count}" for name, count in counts.items()]

    def read(self, number):
        while time.monotonic() < self.ends:
            self.note("begin", f"r{number}")
            counts = self.read_all()
            if counts is not None:
                self.note("end", f"r{number}", *counts)

    def guarded(self, act, number):
        try:
            act(number)
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(error)

    def run(self, writers, readers, meanwhile):
        """Calls meanwhile(random) again and again; the log, once all is over."""
        threads = [threading.Thread(target=self.guarded, args=(act, number))
                   for act, count in ((self.write, writers), (self.read, readers))
                   for number in range(count)]
        for thread in threads:
            thread.start()
        chosen = random.Random(f"{self.seed} meanwhile")
        try:
            while time.monotonic() < self.ends:
                meanwhile(chosen)
        finally:
            for thread in threads:
                thread.join()
        if self.failures:
            raise self.failures[0]
        self.note("last", *self.read_all())
        return self.events
