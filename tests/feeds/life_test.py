"""prune and copy from end to end: what they say, what they leave, and that neither a signal nor a
kill leaves less than a whole store.

The seed is printed; DNSHIST_SEED repeats it.
"""

import os
import random
import signal
import subprocess
import sys
import time

import zonegen
from harness import record

SEED = int(os.environ.get("DNSHIST_SEED", random.SystemRandom().getrandbits(32)))
YEAR_2019, YEAR_2020, YEAR_2021 = 1546300800, 1577836800, 1609459200


class Life(zonegen.Case):
    def command(self, store, *arguments, code=0):
        result = zonegen.run("--store", self.directory / store, *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def few(self):
        """Three names: one old, one old and often seen, one new; the first two share an address."""
        self.imports("store", self.file("few", "".join([
            record("old.example", first=YEAR_2019, last=YEAR_2020 - 1),
            record("busy.example", first=YEAR_2019, last=YEAR_2019 + 9, count=500),
            record("new.example", first=YEAR_2019 + 5, last=YEAR_2020),
        ])))

    def owners(self, store="store"):
        return [row["rrname"].rstrip(".") for row in self.exported(store)]

    def test_every_way_to_write_the_time(self):
        for when in ("2020", "2020-01", "2020-01-01", "20200101", "2020-01-01T00:00:00Z",
                     "2020-01-01t00:00:00z", f"@{YEAR_2020}"):
            with self.subTest(when=when):
                self.few()
                said = self.command("store", "prune", "--last-before", when, "--dry-run")
                self.assertIn("2 of 3 records would be removed, and with them 2 of 3 names", said)
                self.assertEqual(self.stats("store")["records"], 3)
                said = self.command("store", "prune", "--last-before", when)
                self.assertIn("2 records removed, and with them 2 names and 2 pivots; "
                              "1 records are left", said)
                self.assertIn("the disk space of what was removed is given back", said)
                self.assertEqual(self.owners(), ["new.example"])
                self.check("store")
                subprocess.run(["rm", "-r", self.directory / "store"], check=True)

    def test_what_a_small_prune_removes_is_merged_away_later(self):
        self.few()
        self.imports("store", self.file("many", "".join(
            record(f"host{i}.example", first=YEAR_2020, last=YEAR_2021) for i in range(40))))
        said = self.command("store", "prune", "--last-before", "2020")
        self.assertIn("2 records removed", said)
        self.assertIn("comes back with the merges that follow imports; 'dnshist-zonegen copy DIR'", said)
        self.assertEqual(len(self.owners()), 41)
        self.check("store")

    def test_an_age_and_what_is_seen_often(self):
        self.few()
        said = self.command("store", "prune", "--last-before", "1y", "--min", "500")
        self.assertIn("2 records removed", said)
        self.assertEqual(self.owners(), ["busy.example"])
        said = self.command("store", "prune", "--last-before", "1y", "--min", "500")
        self.assertIn("0 records removed, and with them 0 names and 0 pivots; 1 records are left",
                      said)
        self.assertNotIn("copy DIR", said)
        stats = self.stats("store")
        self.assertEqual((stats["earliest"], stats["latest"]),
                         ("2019-01-01T00:00:00Z", "2019-01-01T00:00:09Z"))
        self.check("store")

    def test_wrong_usage_writes_nothing(self):
        self.few()
        for arguments in ([], ["--min", "3"], ["--last-before", "soon"], ["--last-before", "5"],
                          ["--last-before", "2020", "--min", "0"], ["--last-before", "3000"]):
            with self.subTest(arguments=arguments):
                self.command("store", "prune", *arguments, code=2)
        self.assertEqual(self.stats("store")["records"], 3)
        self.assertIn("there is no store", self.command("none", "prune", "--last-before", "2y",
                                                        code=1))
        self.assertFalse((self.directory / "none").exists())

    def test_a_wrong_feed_is_taken_out_again(self):
        times = {"first": YEAR_2019, "last": YEAR_2020}
        self.imports("store", self.file("right", record("shared.example", **times)))
        self.imports("store", "--sensor", "wrong", self.file("wrong", "".join(
            record(f"{owner}.example", **times) for owner in ("one", "shared", "two"))))
        shared = self.exported("store", "shared.example")
        self.assertEqual(shared[0]["sources"], [{}, {"sensor_id": "wrong"}])

        self.assertIn("no record came from 'nobody'",
                      self.command("store", "prune", "--source", "nobody", code=2))
        self.assertIn("take a word",
                      self.command("store", "prune", "--source", "", code=2))
        self.assertIn("0 of 3 records would be removed", self.command(
            "store", "prune", "--sensor", "wrong", "--last-before", "2020", "--dry-run"))
        told = zonegen.run("--store", self.directory / "store", "prune", "--source", "wrong",
                           "--dry-run", "--verbose")
        line = "2019-01-01T00:00:00Z 2020-01-01T00:00:00Z"
        self.assertEqual((told.returncode, told.stdout.splitlines()), (0, [
            f"- {line} 1 one.example. A 192.0.2.1", f"- {line} 1 two.example. A 192.0.2.1",
            f"= {line} 2 shared.example. A 192.0.2.1"]))
        for said in (told.stderr, self.command("store", "prune", "--sensor", "wrong")):
            self.assertIn("1 records of the source stay, because others have seen them too", said)
        self.assertEqual(self.exported("store"), shared)
        self.check("store")
        # The export of what stays makes an equal store, and the prune finds nothing more.
        self.imports("again", self.file("export", self.export("store")))
        self.assertEqual(self.export("again"), self.export("store"))
        self.assertIn("0 records removed", self.command("again", "prune", "--source", "wrong"))

    def test_a_feed_does_not_bring_back_what_was_pruned_from_it(self):
        self.few()
        self.command("store", "prune", "--last-before", "2020")
        self.assertIn("already imported whole", self.imports("store", self.directory / "few"))
        self.assertEqual(self.owners(), ["new.example"])

    def test_a_copy_is_the_store(self):
        self.few()
        said = self.command("store", "copy", self.directory / "copy")
        self.assertRegex(said, r"copied to .*: 3 names, 3 records, .* \(the store has .*\)")
        self.assertEqual(self.export("copy"), self.export("store"))
        self.check("copy")
        # It knows the feeds that the store knows.
        self.assertIn("already imported whole", self.imports("copy", self.directory / "few"))
        self.assertIn("holds a store already",
                      self.command("store", "copy", self.directory / "copy", code=1))
        self.assertIn("is not empty", self.command("store", "copy", self.directory, code=1))

    def large(self):
        chance = random.Random(SEED)
        lines = [record(f"host{n}.d{n % 977}.example", count=chance.randrange(1, 9),
                                first=YEAR_2019,
                                last=chance.choice([YEAR_2019 + 5, YEAR_2021]),
                                **chance.choice([
                                    {"rdata": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"},
                                    {"rrtype": "TXT", "rdata": f"\"v=spf1 t{n % 50} -all\""}]))
                 for n in range(30000)]
        self.imports("expected", self.file("large", "".join(lines)))
        self.command("expected", "copy", self.directory / "store")
        self.command("expected", "prune", "--last-before", "2020")
        return self.export("expected")

    def test_killed_at_any_instant(self):
        print(f"seed {SEED}", file=sys.stderr, flush=True)
        chance = random.Random(SEED)
        expected = self.large()
        started = time.monotonic()
        self.command("store", "copy", self.directory / "whole")
        self.command("whole", "prune", "--last-before", "2020")
        took = time.monotonic() - started
        self.assertEqual(self.export("whole"), expected)
        kills = 0
        for _ in range(1000):
            pruning = zonegen.start("--store", self.directory / "store", "prune", "--last-before",
                                    "2020", stderr=subprocess.PIPE)
            try:
                pruning.wait(chance.uniform(0, took / 2))
            except subprocess.TimeoutExpired:
                pruning.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
            _, said = pruning.communicate(timeout=zonegen.PATIENCE)
            self.check("store")
            if pruning.returncode == 0:
                break
            if pruning.returncode == 1:
                self.assertIn(b"the same command goes on from there", said)
            kills += 1
        print(f"killed {kills} times", file=sys.stderr, flush=True)
        self.assertEqual(self.export("store"), expected)
        self.assertEqual(self.stats("store")["pivots"], self.stats("expected")["pivots"])
