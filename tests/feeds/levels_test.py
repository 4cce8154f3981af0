"""Levels of a store, merged while it is written: whatever is killed, the store is the same in the end,
and no file is left behind."""

import broken_off
from windows import base, level_files, windows

WINDOWS, WINDOW = 14, 6000


class Levels(broken_off.Case):
    def setUp(self):
        super().setUp()
        self.feeds = [self.file("base", base()),
                      self.file("windows", windows(self.chance, WINDOWS, WINDOW))]

    def old_levels(self, store):
        """How many files the store lists; they are those that lie there."""
        files = sum(level["files"] for level in self.stats(store)["levels"]["old"])
        self.assertEqual(len(level_files(self.directory / store)), files)
        return files

    def test_killed_within_windows_and_merges(self):
        # All at once: nothing is merged.
        self.imports("expected", *self.feeds)
        self.assertEqual(self.old_levels("expected"), 0)
        self.imports_killed_until_done(self.export("expected"))

    def imports_killed_until_done(self, expected):
        kills = broken_off.repetitions("DNSHIST_KILLS", 10, 200)
        killed = rounds = 0
        while killed < kills:
            store = f"store{rounds}"
            rounds += 1
            killed += self.break_off(store, self.feeds[0], 10_000)
            killed += self.break_off(store, self.feeds[1], WINDOW)
            # What the last kill has left, the next writer removes.
            self.imports(store, self.feeds[1])
            self.assertGreater(self.old_levels(store), 0)
            self.check(store)
            self.assertEqual(self.export(store), expected)
        print(f"killed {killed} times in {rounds} stores")

    def break_off(self, store, feed, batch):
        """Imports the feed, and is killed again and again at that; how often."""
        return self.break_off_until_done(store, feed, 4.0, batch=batch)
