#!/usr/bin/env python3
"""An import that is killed at any instant, and started again until it is done, ends in the same store
as one that never was.

Kills at least DNSHIST_KILLS (50) times. The seed is printed; DNSHIST_SEED repeats it.
"""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import zonegen

KILLS = int(os.environ.get("DNSHIST_KILLS", "50"))
SEED = int(os.environ.get("DNSHIST_SEED", random.SystemRandom().getrandbits(32)))


def feed(chance, size):
    """Records of which many come again, with counts that add up to something else if one is lost."""
    lines = []
    for _ in range(size):
        domain = int(chance.paretovariate(0.3)) % 3000
        first = chance.randrange(1_400_000_000, 1_700_000_000)
        lines.append(zonegen.record(
            f"{chance.choice(['www', 'mail', 'a.b'])}.domain{domain}.example",
            count=chance.randrange(1, 1000), first=first, last=first + chance.randrange(10**6),
            **chance.choice([{"rrtype": "A", "rdata": [f"192.0.2.{domain % 250}", "198.51.100.7"]},
                             {"rrtype": "NS", "rdata": f"ns{domain % 7}.provider.example"},
                             {"rrtype": "TXT", "rdata": '"v=spf1 -all"'}])))
    return lines


class Killed(zonegen.Case):
    def test_killed_at_any_instant(self):
        print(f"seed {SEED}", file=sys.stderr, flush=True)
        chance = random.Random(SEED)
        lines = feed(chance, 20000)
        array = json.dumps([json.loads(line) for line in lines]).encode()
        feeds = [self.file("lines", "".join(lines)), self.file("array", array),
                 self.file("lines.gz", gzip.compress("".join(lines).encode()))]

        started = time.monotonic()
        self.imports("expected", "--batch", "500", feeds[0])
        took = time.monotonic() - started
        expected = self.export("expected")

        kills = 0
        rounds = 0
        while kills < KILLS:
            store = f"store{rounds}"
            kills += self.kill_until_done(store, feeds[rounds % len(feeds)], took, chance)
            rounds += 1
            with self.subTest(round=rounds):
                self.check(store)
                self.assertEqual(self.export(store), expected)
        print(f"killed {kills} times in {rounds} imports", file=sys.stderr, flush=True)

    def kill_until_done(self, store, path, took, chance):
        kills = 0
        for _ in range(1000):
            importing = zonegen.start("--store", self.directory / store, "import", "--batch", "500",
                                      path, stderr=subprocess.PIPE)
            try:
                # Often at once, so that starting is hit too; on the average an eighth of the work.
                importing.wait(chance.uniform(0, took / 4))
            except subprocess.TimeoutExpired:
                importing.send_signal(signal.SIGKILL)
            _, said = importing.communicate(timeout=zonegen.PATIENCE)
            if importing.returncode != -signal.SIGKILL:
                self.assertEqual(importing.returncode, 0, said)
                return kills
            kills += 1
        return self.fail("killed a thousand times, and still not done")


if __name__ == "__main__":
    unittest.main(verbosity=2)
