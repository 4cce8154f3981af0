"""A `listen` that is killed at any instant, in merges of levels too, has lost at most one window of what
it took, and nothing of what is in the store is half there.

Kills DNSHIST_KILLS times. The seed is printed; DNSHIST_SEED repeats it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading

from dns_client import PATIENCE
from harness import ZONEGEN, import_text, record, repetitions, run, until
from listening import Case, Listen, finish, shake_hands, told
from windows import RECORDS, address, base, level_files, owner

KILLS = repetitions("DNSHIST_KILLS", 30, 200)
SEED = int(os.environ.get("DNSHIST_SEED", random.SystemRandom().getrandbits(32)))
WINDOW = 200  # observations
STREAM = 40  # records of each
LIVES = 10  # with one store
MERGE_KILLS = repetitions("DNSHIST_KILLS", 4, 40)
MERGE_WINDOW = 8000  # observations


class Sender(threading.Thread):
    """Sends numbered records, stream by stream: a stream that was finished has been taken whole."""

    def __init__(self, listen, life):
        super().__init__(daemon=True)
        self.listen = listen
        self.life = life
        self.sent = 0
        self.taken = 0

    def run(self):
        try:
            while True:
                with self.listen.connect() as client:
                    shake_hands(client)
                    for _ in range(STREAM):
                        client.sendall(told(f"n{self.sent}.life{self.life}.example.com"))
                        self.sent += 1
                    finish(client)
                    self.taken = self.sent
        except (OSError, EOFError):
            pass  # it was killed


class KillTest(Case):
    def test_killed_at_any_instant(self):
        print(f"seed {SEED}", file=sys.stderr, flush=True)
        chance = random.Random(SEED)
        config = self.folder / "dnshist.toml"
        config.write_text(f"[listen]\nwindow = \"1s\"\nwindow_observations = {WINDOW}\n")
        there = there_before = taken = most = 0
        for life in range(KILLS):
            if life % LIVES == 0:
                self.store = self.folder / f"store{life}"
                there_before = there
            listen = self.enterContext(Listen(self.store, self.socket, config=config))
            sender = Sender(listen, life)
            sender.start()
            try:
                # Often early, so that the first windows are hit too.
                listen.process.wait(chance.uniform(0, 0.4) ** 2 * 2.5)
            except subprocess.TimeoutExpired:
                pass
            self.assertIsNone(listen.process.poll(), listen.log)
            listen.stop(signal.SIGKILL)
            sender.join(PATIENCE)
            self.assertFalse(sender.is_alive())
            with self.subTest(life=life, taken=sender.taken, sent=sender.sent):
                found = self.check_life(sender)
                most = max(most, sender.taken - found)
                there += found
                taken += sender.taken
            if life % LIVES == LIVES - 1:
                # All that was there at some time still is.
                self.assertEqual(len(self.exported()), there - there_before)
        self.assertGreater(there, KILLS)
        print(f"killed {KILLS} times: {there} records are there, {taken} were taken for sure, at "
              f"most {most} were lost at once", file=sys.stderr, flush=True)

    def check_life(self, sender):
        """How many of the sender's records are in the store: the first ones, each once."""
        self.check_store()
        rows = self.exported(f"*.life{sender.life}.example.com")
        numbers = sorted(int(row["rrname"].split(".")[0][1:]) for row in rows)
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertLessEqual(len(numbers), sender.sent)
        self.assertGreaterEqual(len(numbers), sender.taken - WINDOW)
        for row in rows:
            self.assertEqual((row["count"], row["rdata"]), (1, "192.0.2.1"))
        return len(numbers)


class Resolver(threading.Thread):
    """Sends what it sees again of the records of a large store, and as many new ones."""

    def __init__(self, listen, life, chance):
        super().__init__(daemon=True)
        self.listen = listen
        self.frames = [
            frame for n in chance.sample(range(RECORDS), 30_000)
            for frame in (told(owner(n), address(n), "example"),
                          told(f"life{life}.{owner(n)}", address(n), "example"))]
        self.sent = 0

    def run(self):
        try:
            with self.listen.connect() as client:
                shake_hands(client)
                while True:
                    client.sendall(self.frames[self.sent % len(self.frames)])
                    self.sent += 1
        except (OSError, EOFError):
            pass  # it was killed


class MergeKillTest(Case):
    def test_killed_in_merges(self):
        print(f"seed {SEED}", file=sys.stderr, flush=True)
        chance = random.Random(SEED)
        config = self.folder / "dnshist.toml"
        config.write_text(f"[listen]\nwindow = \"1s\"\nwindow_observations = {MERGE_WINDOW}\n")
        import_text(self.store, base())
        for life in range(MERGE_KILLS):
            listen = self.enterContext(Listen(self.store, self.socket, config=config))
            before = level_files(self.store)
            sender = Resolver(listen, life, chance)
            sender.start()
            # A file comes as soon as something is merged, and then it is killed somewhere in that.
            until(lambda: level_files(self.store) != before)
            try:
                listen.process.wait(chance.uniform(0, 0.3))
            except subprocess.TimeoutExpired:
                pass
            self.assertIsNone(listen.process.poll(), listen.log)
            listen.stop(signal.SIGKILL)
            sender.join(PATIENCE)
            with self.subTest(life=life):
                self.check_store()
        # What the last kill has left, the next writer removes.
        import_text(self.store, record(owner(0), address(0)))
        stats = json.loads(run(ZONEGEN, "--store", self.store, "stats", "--json").stdout)
        self.assertEqual(len(level_files(self.store)),
                         sum(level["files"] for level in stats["levels"]["old"]))
        names = [row["rrname"] for row in self.exported()]
        self.assertEqual({name for name in names if not name.startswith("life")},
                         {owner(n) + "." for n in range(RECORDS)})
        self.assertEqual(len(set(names)), len(names))
