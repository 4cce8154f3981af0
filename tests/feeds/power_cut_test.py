"""A power cut at any instant leaves a whole store with everything that an import had acknowledged: the
programs wait for the disk before they say that something is written.

The writes of real imports are logged, and replayed up to a cut; of what nothing had waited for, a random
part is lost. The seed is printed; DNSHIST_SEED repeats it.
"""

import os
import pathlib
import random
import unittest

import zonegen
from harness import ZONEGEN, record
from power_cut import WriteLog
from windows import RECORDS as BASE_RECORDS
from windows import base, level_files, windows

SEED = int(os.environ.get("DNSHIST_SEED", random.SystemRandom().getrandbits(32)))
LIBRARY = pathlib.Path(ZONEGEN).parents[1] / "tests/support/libdnshist_write_log.so"
FEEDS, RECORDS, BATCH = 3, 640, 150  # the last transaction of an import has records too
CUTS = 8
WINDOWS, WINDOW, LEVEL_CUTS = 16, 10_000, 6


@unittest.skipIf(os.environ.get("DNSHIST_SANITIZE"), "a sanitizer wants to be the first library")
class Case(zonegen.Case):
    def setUp(self):
        super().setUp()
        print("DNSHIST_SEED =", SEED)
        self.chance = random.Random(SEED)
        self.path = self.directory / "log"
        self.logged = {**os.environ, "LD_PRELOAD": str(LIBRARY), "WRITE_LOG": str(self.path)}
        self.cuts = 0

    def cut(self, log, end, survives):
        """The name of a store as the cut leaves it."""
        self.cuts += 1
        name = f"cut{self.cuts}"
        (self.directory / name).mkdir()
        for file, octets in log.files(end, survives).items():
            self.file(f"{name}/{file}", octets)
        return name


class PowerCut(Case):
    def setUp(self):
        super().setUp()
        # Half of the records of each feed come again in the next.
        self.feeds = [self.file(f"feed{n}", "".join(
            record(f"host{i}.example", rdata=f"10.0.{i >> 8}.{i & 255}", first=1_600_000_000 + n)
            for i in range(n * RECORDS // 2, n * RECORDS // 2 + RECORDS))) for n in range(FEEDS)]

    def import_all(self, store, **options):
        """Imports the feeds, and returns the number of events after each, if they are logged."""
        ends = []
        for feed in self.feeds:
            self.imports(store, "--batch", BATCH, feed, **options)
            if options:
                ends.append(len(WriteLog(self.path).events))
        return ends

    def test_a_copy_is_on_the_disk_before_it_is_called_a_store(self):
        self.imports("store", self.feeds[0])
        done = zonegen.run("--store", self.directory / "store", "copy", self.directory / "copy",
                           env=self.logged)
        self.assertEqual(done.returncode, 0, done.stderr)
        log = WriteLog(self.path)
        self.assertEqual((self.directory / "copy/data.mdb").read_bytes(),
                         log.files(len(log.events), lambda: False)["data.mdb.partial"])

    def test_what_was_acknowledged_is_there(self):
        ends = self.import_all("store", env=self.logged)
        log = WriteLog(self.path)
        self.assertEqual((self.directory / "store/data.mdb").read_bytes(),
                         log.files(len(log.events), lambda: True)["data.mdb"],
                         "the log misses a write")

        # At the end of each import, everything that nothing had waited for is lost.
        exports = []
        for n, end in enumerate(ends):
            store = self.cut(log, end, lambda: False)
            self.check(store)
            self.assertEqual(self.stats(store)["records"], RECORDS + n * RECORDS // 2)
            exports.append(self.export(store))
        self.assertEqual(exports[-1], self.export("store"))

        # And at any instant after the first of them a part of it.
        for end in self.chance.sample(range(ends[0] + 1, ends[-1]), CUTS):
            with self.subTest(seed=SEED, end=end):
                store = self.cut(log, end, lambda: self.chance.random() < 0.5)
                self.check(store)
                acknowledged = sum(known <= end for known in ends) - 1
                self.assertGreaterEqual(self.stats(store)["records"],
                                        RECORDS + acknowledged * RECORDS // 2)
        # The same imports again complete it, and count nothing twice.
        self.import_all(store)
        self.assertEqual(self.export(store), exports[-1])


class Levels(Case):
    def test_a_listed_file_of_a_level_is_on_the_disk(self):
        feeds = [self.file("base", base()), self.file("windows", windows(self.chance, WINDOWS, WINDOW))]
        self.imports("store", feeds[0], env=self.logged)
        begin = len(WriteLog(self.path).events)
        self.imports("store", "--batch", WINDOW, feeds[1], env=self.logged)
        log = WriteLog(self.path)
        store = self.directory / "store"
        written = log.files(len(log.events), lambda: True)
        self.assertEqual(written, {name: (store / name).read_bytes() for name in written},
                         "the log misses a write")
        self.assertEqual(written.keys(), level_files(store) | {"data.mdb"})
        kinds = [kind for kind, _, _, _ in log.events]
        self.assertIn(b"c", kinds[begin:])
        self.assertIn(b"u", kinds[begin:])

        expected = self.export("store")
        # When files were just made, removed or waited for, and at any other instant.
        moments = [i + 1 for i in range(begin, len(kinds)) if kinds[i] in b"cuDs"]
        ends = (self.chance.sample(moments, LEVEL_CUTS // 2) +
                self.chance.sample(range(begin, len(kinds)), LEVEL_CUTS // 2) + [len(kinds)])
        for n, end in enumerate(ends):
            with self.subTest(seed=SEED, end=end):
                cut = self.cut(log, end, lambda: self.chance.random() < 0.5)
                self.check(cut)
                self.assertGreaterEqual(self.stats(cut)["records"], BASE_RECORDS)
                if n % 3 == 0:
                    self.imports(cut, "--batch", WINDOW, feeds[1])
                    self.check(cut)
                    self.assertEqual(self.export(cut), expected)
        # Nothing that was not waited for.
        cut = self.cut(log, len(kinds), lambda: False)
        self.check(cut)
        self.assertEqual(self.export(cut), expected)
