"""Imports that are broken off at any instant, and started again until they are done.

The environment says how often at least, in DNSHIST_KILLS. The seed is printed; DNSHIST_SEED repeats
it.
"""

import os
import random
import signal
import subprocess
import sys
import time

import zonegen
from harness import repetitions

SEED = int(os.environ.get("DNSHIST_SEED", random.SystemRandom().getrandbits(32)))
GROWS = 20  # tries after which an import gets as much time again


class Case(zonegen.Case):
    def setUp(self):
        super().setUp()
        print(f"seed {SEED}", file=sys.stderr, flush=True)
        self.chance = random.Random(SEED)

    def imports_broken_off(self, feeds, kills, signals=(signal.SIGKILL,)):
        """Feeds of the same observations end in the store of an import that was left alone, each
        broken off by one of the signals, over and over, until `kills` were killed."""
        kills = repetitions("DNSHIST_KILLS", kills, 200)
        started = time.monotonic()
        self.imports("expected", "--batch", "500", feeds[0])
        took = time.monotonic() - started
        expected = self.export("expected")
        killed = rounds = 0
        while killed < kills:
            store = f"store{rounds}"
            killed += self.break_off_until_done(store, feeds[rounds % len(feeds)], took, signals)
            rounds += 1
            with self.subTest(round=rounds):
                self.check(store)
                self.assertEqual(self.export(store), expected)
        print(f"killed {killed} times in {rounds} imports", file=sys.stderr, flush=True)

    def break_off_until_done(self, store, path, took, signals=(signal.SIGKILL,), batch=500):
        """How many imports were killed."""
        killed = 0
        for tries in range(1000):
            importing = zonegen.start("--store", self.directory / store, "import", "--batch", batch,
                                      path, stderr=subprocess.PIPE)
            try:
                # Often at once, so that starting is hit too; at first an eighth of the work in the
                # mean, and then more, as the machine may be busier than it was.
                importing.wait(self.chance.uniform(0, took / 4 * (1 + tries / GROWS)))
            except subprocess.TimeoutExpired:
                importing.send_signal(self.chance.choice(signals))
            _, said = importing.communicate(timeout=zonegen.PATIENCE)
            if importing.returncode == 0:
                return killed
            # An import that is asked to stop exits with 1 if it got that far, and says that there is more.
            expected = {-number for number in signals} | ({1} if signal.SIGTERM in signals else set())
            self.assertIn(importing.returncode, expected, said)
            killed += importing.returncode == -signal.SIGKILL
        return self.fail("broken off a thousand times, and still not done")
