"""A responder is asked without a pause while the levels of its store are merged: every answer is right,
and no file that was merged away stays open."""

import os
import pathlib
import random
import re
import threading

from dns_client import NOERROR, NXDOMAIN, Answer, question
from harness import ZONEGEN, FolderCase, Responder, import_text, record, run, until
from observed import Observed
from windows import address, base, level_files, owner, windows

WINDOWS, WINDOW, ROUNDS = 10, 6000, 2


class Questioner(threading.Thread):
    """Asks about names that are not seen again, by name and by address, and about none."""

    def __init__(self, responder):
        super().__init__()
        self.responder = responder
        self.asked = 0
        self.problem = None
        self._stopped = threading.Event()

    def run(self):
        chance = random.Random(1)
        try:
            with self.responder.udp() as client:
                while not self._stopped.is_set():
                    self._round(client, chance.randrange(100))
        except Exception as error:  # pylint: disable=broad-except
            self.problem = repr(error)

    def stop(self):
        self._stopped.set()
        self.join()

    def _ask(self, client, name):
        self.asked += 1
        client.send(question(f"{name}.pdns.local", number=self.asked & 0xffff))
        answer = Answer(client.recv(65535))
        if answer.number != self.asked & 0xffff:
            raise AssertionError(f"an answer to another question than {name}")
        return answer.rcode, answer.lines

    def _round(self, client, number):
        line = f" 1 rests{number}.example. A 192.0.2.{number}"
        for name in (f"history.rests{number}.example", f"pivot.192.0.2.{number}"):
            rcode, lines = self._ask(client, name)
            if rcode != NOERROR or len(lines) != 1 or line not in lines[0]:
                raise AssertionError(f"{name}: {rcode} {lines}")
        rcode, lines = self._ask(client, f"history.none{number}.domain5.example")
        if rcode != NXDOMAIN:
            raise AssertionError(f"none{number}: {rcode} {lines}")
        rcode, lines = self._ask(client, f"history.{owner(number * 7)}")
        if rcode != NOERROR or address(number * 7) not in lines[0]:
            raise AssertionError(f"{owner(number * 7)}: {rcode} {lines}")


def dead_files(process):
    """The files of levels that the process has open, or mapped, and that no directory has any more."""
    links = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{process}/fd").iterdir()
             if entry.exists() or entry.is_symlink()]
    maps = pathlib.Path(f"/proc/{process}/maps").read_text().splitlines()
    return [text for text in links + maps if re.search(r"level\.\d+\.mdb \(deleted\)$", text)]


class LevelsTest(FolderCase):
    def test_every_answer_is_right_while_levels_are_merged(self):
        chance = random.Random(1)
        import_text(self.store, base() + "".join(
            record(f"rests{n}.example.", f"192.0.2.{n}", first=1_500_000_000) for n in range(100)))
        with Observed(self.store, self.folder, "threads = 2") as responder:
            asking = Questioner(responder)
            asking.start()
            lists = [frozenset()]
            try:
                for turn in range(ROUNDS):
                    feed = self.folder / f"windows{turn}"
                    feed.write_text(windows(chance, WINDOWS, WINDOW))
                    result = run(ZONEGEN, "--store", self.store, "import", "--batch", WINDOW, feed,
                                 timeout=120)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    lists.append(frozenset(level_files(self.store)))
            finally:
                asking.stop()
            self.assertIsNone(asking.problem)
            self.assertGreater(asking.asked, 100)
            # Files were replaced.
            self.assertNotEqual(lists[1], frozenset())
            self.assertNotEqual(lists[1], lists[-1])
            until(lambda: not dead_files(responder.pid))
            numbers = responder.scrape()[1]
            for name in ('level_bytes{level="young"}', 'level_bytes{level="3"}',
                         'level_files{level="3"}', "observations_total", "written_bytes_total"):
                self.assertGreater(numbers["dnshist_store_" + name], 0, name)
            self.assertEqual(numbers["dnshist_store_damaged_total"], 0)
        self.assertIn("no problem", run(ZONEGEN, "--store", self.store, "check").stdout)
        self.said_of_missing_indexes()

    def said_of_missing_indexes(self):
        """By both programs, until there are indexes."""
        feed = self.folder / "one"
        feed.write_text(record("one.example."))
        config = self.folder / "search.toml"
        config.write_text("[store]\nsearch = true\n")

        def said():
            done = run(ZONEGEN, "--store", self.store, "--config", config, "import", "--again", feed)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout + done.stderr

        self.assertRegex(said(), r"of \d+ files of old levels have no index for searches")
        with Responder(self.store, config=config) as responder:
            responder.wait_for(r"store\.search is true, but \d+ of \d+ files of old levels have no index")
        self.assertEqual(run(ZONEGEN, "--store", self.store, "index").returncode, 0)
        self.assertNotIn("no index", said())
