"""A disk that is full: every command says so and fails, the store stays whole and readable, and once
there is room the same command goes on.

The disk is a tmpfs of many sizes, so that it is full at every step there is, in a mount namespace
of the test's own.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import unittest

import zonegen
from harness import ZONEGEN, record
from windows import base, level_files, windows

# In octets: of a page or two up to more than all of it needs.
SIZES = [4096 * pages for pages in
         (1, 2, 3, 4, 5, 8, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 33, 36, 40, 45,
          50, 60, 75, 90, 110, 140, 170, 200, 230, 260, 300, 1000)]
PLENTY = 64 << 20
LIBRARY = pathlib.Path(ZONEGEN).parents[1] / "tests/support/libdnshist_write_log.so"
FULL = r"No space left on device|Input/output error"


def before_tests():
    """Runs this test again where what it mounts is its own; does not return where that works."""
    if "DNSHIST_NAMESPACE" in os.environ:
        return
    os.environ["DNSHIST_NAMESPACE"] = "1"
    if shutil.which("unshare") and subprocess.run(
            ["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0:
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-B", *sys.argv])


class Disk:
    """A tmpfs, which can be made larger and filled up."""

    def __init__(self, case, octets):
        self.path = case.directory / f"disk{octets}"
        self.path.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={octets}", "none",
                                  self.path], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            case.skipTest(f"nothing can be mounted here: {mounted.stderr.strip()}")
        case.addCleanup(subprocess.run, ["umount", "--lazy", self.path], check=False)

    def resize(self, octets):
        subprocess.run(["mount", "-o", f"remount,size={octets}", self.path], check=True)

    def used(self):
        status = os.statvfs(self.path)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def leave_free(self, octets):
        self.resize(self.used() + octets)


class FullDisk(zonegen.Case):
    def setUp(self):
        super().setUp()
        chance = random.Random(1)
        lines = []
        for _ in range(6000):
            domain = chance.randrange(2000)
            first = chance.randrange(1_400_000_000, 1_600_000_000)
            lines.append(record(
                f"www{domain % 7}.domain{domain}.example", count=chance.randrange(1, 9),
                first=first, last=first + chance.randrange(10**6),
                **chance.choice([{"rdata": f"192.0.2.{domain % 250}"},
                                 {"rrtype": "NS", "rdata": f"ns{domain % 7}.provider.example"}])))
        self.feed = self.file("feed", "".join(lines))
        self.arguments = ("--batch", "250", self.feed)
        self.imports("expected", *self.arguments)
        self.expected = self.export("expected")

    def command(self, store, *arguments):
        return zonegen.run("--store", store, *arguments)

    def full(self, result):
        """The command failed, by itself and with a clear message; whether it did."""
        if result.returncode == 0:
            return False
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, FULL)
        self.assertNotIn("terminate called", result.stderr)
        return True

    def whole(self, store):
        """The store as it is now is without fault, where there is one yet; its export."""
        checked = self.command(store, "check")
        if checked.returncode != 0 and "there is no store in" in checked.stderr:
            return ""
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), checked.stdout)
        exported = self.command(store, "export")
        self.assertEqual((exported.returncode, exported.stderr),
                         (0, "the store is empty\n" if exported.stdout == "" else ""))
        return exported.stdout

    def test_import(self):
        failed = gone_on = 0
        for size in SIZES:
            with self.subTest(size=size):
                disk = Disk(self, size)
                store = disk.path / "store"
                if not self.full(self.command(store, "import", *self.arguments)):
                    self.assertEqual(self.whole(store), self.expected)
                    continue
                failed += 1
                before = self.whole(store)
                # Still full: the same again, and nothing is lost or counted twice.
                if self.full(self.command(store, "import", *self.arguments)):
                    self.assertGreaterEqual(len(self.whole(store)), len(before))
                disk.resize(PLENTY)
                result = self.command(store, "import", *self.arguments)
                self.assertEqual(result.returncode, 0, result.stderr)
                gone_on += "resuming" in result.stderr
                self.assertEqual(self.whole(store), self.expected)
        print(f"full {failed} times of {len(SIZES)}, gone on in the midst {gone_on} times",
              file=sys.stderr)
        self.assertGreater(failed, 10)
        self.assertGreater(gone_on, 3)
        self.assertLess(failed, len(SIZES))

    def test_prune(self):
        prune = ("prune", "--last-before", "2018")
        self.imports("pruned", *self.arguments)
        self.assertEqual(self.command(self.directory / "pruned", *prune).returncode, 0)
        expected = self.export("pruned")
        failed = 0
        for pages in (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 48, 96, 200):
            with self.subTest(free=pages):
                disk = Disk(self, PLENTY + 4096 * pages)
                store = disk.path / "store"
                # A copy has no free pages of its own.
                copied = self.command(self.directory / "expected", "copy", store)
                self.assertEqual(copied.returncode, 0, copied.stderr)
                self.command(store, "stats")
                disk.leave_free(4096 * pages)
                if self.full(self.command(store, *prune)):
                    failed += 1
                    self.whole(store)
                    disk.resize(PLENTY)
                    result = self.command(store, *prune)
                    self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.whole(store), expected)
        self.assertGreater(failed, 2)

    def test_merge(self):
        """Levels are merged where there is room for a range twice; where there is less, the store
        takes in all the same."""
        first, then = self.file("base", base()), self.file("windows", windows(
            random.Random(1), 10, 2500))
        self.imports("merged", first)
        told = failed = 0
        for free in (3 << 20, 8 << 20, 14 << 20):
            with self.subTest(free=free):
                disk = Disk(self, PLENTY + free)
                store = disk.path / "store"
                self.assertEqual(
                    self.command(self.directory / "merged", "copy", store).returncode, 0)
                self.command(store, "stats")
                disk.leave_free(free)
                result = self.command(store, "import", "--batch", "2500", then)
                failed += self.full(result)
                if "cannot be merged: that needs" in result.stderr:
                    told += 1
                    self.assertRegex(result.stderr, r"needs \d+ MB of disk space for a moment, and "
                                                    r"there are \d+ MB; the store takes in all")
                before = self.whole(store)
                disk.resize(PLENTY)
                result = self.command(store, "import", "--batch", "2500", then)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertGreaterEqual(len(self.whole(store)), len(before))
                self.assertNotEqual(level_files(store), set())
        self.assertGreater(told, 0)
        self.assertLess(failed, 3)

    def test_copy(self):
        store = self.directory / "expected"
        failed = 0
        for size in SIZES:
            with self.subTest(size=size):
                disk = Disk(self, size)
                copy = disk.path / "copy"
                if self.full(self.command(store, "copy", copy)):
                    failed += 1
                    self.assertEqual(list(disk.path.iterdir()), [])
                    disk.resize(PLENTY)
                    result = self.command(store, "copy", copy)
                    self.assertEqual(result.returncode, 0, result.stderr)
                disk.resize(PLENTY)  # for its readers, who need lock.mdb
                self.assertEqual(self.whole(copy), self.expected)
        self.assertGreater(failed, 10)
        self.assertLess(failed, len(SIZES))
        self.assertEqual(self.whole(store), self.expected)


@unittest.skipIf(os.environ.get("DNSHIST_SANITIZE"), "a sanitizer wants to be the first library")
class FullWithinAMerge(zonegen.Case):
    """The disk is full in the middle of a merge, though there was room when it began: others wrote too."""

    def test_the_store_takes_in_all_the_same(self):
        chance = random.Random(1)
        first, then = self.file("base", base()), self.file("windows", windows(chance, 8, 6000))
        last = self.file("last", windows(chance, 6, 6000))
        self.imports("expected", first, then, last)
        expected = self.export("expected")
        for number in (1, 5, 9):
            with self.subTest(write=number):
                store = f"store{number}"
                self.imports(store, first)
                said = self.imports(store, "--batch", 6000, then, env={
                    **os.environ, "LD_PRELOAD": str(LIBRARY), "WRITE_FAILS": f"level. {number}"})
                self.assertRegex(said, "No space left on device")
                self.check(store)
                listed = sum(level["files"] for level in self.stats(store)["levels"]["old"])
                self.assertEqual(len(level_files(self.directory / store)), listed)
                # With room again it is merged.
                self.imports(store, "--batch", 6000, last)
                self.assertNotEqual(level_files(self.directory / store), set())
                self.check(store)
                self.assertEqual(self.export(store), expected)
